"""What is asked and not answered: with examples, and with what seems to be missing."""

from dataclasses import dataclass
from datetime import datetime

from nicegui import ui

from groundwatch.analytics.gap_evidence import Explained, explained
from groundwatch.analytics.knowledge import Gap
from groundwatch.dashboard.interaction import neighbour_link
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked
from groundwatch.dashboard.withheld import may_read_texts
from groundwatch.domain.interactions import Interaction
from groundwatch.store.events import Cell, CellQuery, Filter, Recorded

_EXAMPLES = 3
_SECONDS = 60.0
"""Hundreds of interactions are read for it."""
_LEAST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class ExplainedGap:
    """A gap, and interactions in which it showed."""

    found: Explained
    examples: tuple[Interaction, ...]

    @property
    def gap(self) -> Gap:
        return self.found.gap


@dataclass(frozen=True, slots=True)
class _Source:
    """Cells of this page, interactions of the store."""

    asked: Asked

    def cells(self, query: CellQuery) -> list[Cell]:
        return self.asked.source.cells(query)

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Recorded]:
        return self.asked.watch.events.page(wanted, after=after, limit=limit)


def read_gaps(asked: Asked) -> tuple[ExplainedGap, ...]:
    """The largest gaps of which a tenth or more went unanswered, as of a minute ago at most."""
    window = asked.window
    key = (
        "gaps",
        window.since,
        window.until if not window.is_open else None,
        window.application,
        window.group,
    )
    return asked.readings.get(key, _SECONDS, lambda: _read(asked))


def _read(asked: Asked) -> tuple[ExplainedGap, ...]:
    found = explained(_Source(asked), asked.window)
    return tuple(
        ExplainedGap(each, _examples(asked, each))
        for each in found
        if each.gap.unanswered >= _LEAST_SHARE * each.gap.asked
    )


def draw_gaps(place: ui.html, found: tuple[ExplainedGap, ...], asked: Asked) -> None:
    """Draw them; questions only for those who may read them."""
    values: dict[str, object] = {
        "gaps": found,
        "link": lambda one: neighbour_link(asked, one.id),
        "all": linked(asked.selection.shared())("/interactions?outcome=declined"),
        "may_read": lambda one: may_read_texts(one, asked.identity),
    }
    content = render("watch/gaps.html", values)
    if content != place.content:
        place.set_content(content)


def _examples(asked: Asked, each: Explained) -> tuple[Interaction, ...]:
    """A few questions that differ."""
    found: dict[str, Interaction] = {}
    for id_ in each.examples:
        recorded = asked.watch.events.get(id_)
        if recorded is not None:
            found.setdefault(recorded.interaction.query, recorded.interaction)
    return tuple(found.values())[:_EXAMPLES]
