"""The Interactions page: find any, open one."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from anyio import to_thread
from nicegui import ui
from nicegui.events import GenericEventArguments

from groundwatch.analytics.thresholds import Thresholds
from groundwatch.analytics.variants import VARIANT, VariantRow, by_variant
from groundwatch.dashboard import places
from groundwatch.dashboard.emitted import text_of
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.grouped import groups_html
from groundwatch.dashboard.interaction import (
    Opened,
    OpenTrace,
    neighbour_link,
    open_trace,
    opened,
    texts_of,
)
from groundwatch.dashboard.panels import Panels, download
from groundwatch.dashboard.selection import Selection
from groundwatch.dashboard.taking_along import MOST, taken_along
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, View
from groundwatch.dashboard.withheld import READS_ALL
from groundwatch.domain import metrics
from groundwatch.domain.answers import Outcome
from groundwatch.domain.status import Status
from groundwatch.serving.services import Library
from groundwatch.store.events import Filter, Recorded

PARAMETERS = (
    "id", "q", "outcome", "model", "status", "user", "flag", "variant", "slower", "below", "by",
    "after",
)  # fmt: skip
_LIMIT = 50
_MOST_OPEN = 100
_T = TypeVar("_T")
_MOST_CHOICES = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of interactions.

    Attributes:
        older: link to the next page; empty on the last.
        is_first: nothing newer lies before.
        open_traces: traces that are no interaction yet, as far as counted.
        variants: of experiments, that were seen in the span.
        groups: what came of each of them, where that is wanted.
    """

    rows: tuple[Recorded, ...]
    older: str
    is_first: bool
    models: tuple[str, ...]
    open_traces: int = 0
    variants: tuple[str, ...] = ()
    groups: tuple[VariantRow, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    listed: Listed | None
    opened: Opened | None
    id: str
    pending: OpenTrace | None = None


def filter_of(asked: Asked) -> Filter:
    """What the URL asks for; what makes no sense there does not narrow."""
    given = dict(asked.selection.more)
    may_see_all = asked.identity.may(READS_ALL)
    return Filter(
        application=asked.window.application,
        group=asked.window.group or None,
        user=given.get("user") or None if may_see_all else None,
        model=given.get("model") or None,
        outcome=_member(Outcome, given.get("outcome")),
        status=_member(Status, given.get("status")),
        flag=given.get("flag") or None,
        variant=given.get("variant") or None,
        min_latency=_number(given.get("slower")),
        max_quality=_number(given.get("below")),
        text=given.get("q", "") if may_see_all else "",
        since=asked.window.since,
        until=asked.window.until,
    )


def view(library: Library) -> View[_Read]:
    """The page, over a library that says which documents may be read."""
    return View(
        places.INTERACTIONS,
        lambda asked: _read(asked, library),
        _build,
        lambda identity: f"{identity.user} {sorted(identity.permissions)}",
        PARAMETERS,
    )


def _read(asked: Asked, library: Library) -> _Read:
    given = dict(asked.selection.more)
    wanted = filter_of(asked)
    if id_ := given.get("id", ""):
        whole = replace(wanted, since=None, until=None)
        found = opened(asked, library, id_, whole)
        return _Read(None, found, id_, open_trace(asked, id_) if found is None else None)
    after = _after(given.get("after", ""))
    page = asked.watch.events.page(wanted, after=after, limit=_LIMIT + 1)
    rows = page[:_LIMIT]
    older = ""
    if len(page) > _LIMIT:
        last = rows[-1].interaction
        key = f"{last.started_at.isoformat()}/{last.id}"
        older = f"/interactions{asked.selection.query({'after': key})}"
    waiting = len(asked.watch.events.open_traces(asked.window.application, _MOST_OPEN))
    is_grouped = given.get("by") == VARIANT
    listed = Listed(
        tuple(rows),
        older,
        after is None,
        _seen(asked, "model"),
        waiting,
        _seen(asked, VARIANT),
        by_variant(asked.source, asked.window) if is_grouped else None,
    )
    return _Read(listed, None, "")


def _seen(asked: Asked, dimension: str) -> tuple[str, ...]:
    """What was seen in the span, to choose from."""
    window = asked.window
    found = asked.watch.events.labels(
        metrics.REQUESTS.name, dimension, window.since, window.until, window.application
    )
    return tuple(found)[:_MOST_CHOICES]


class _Page:
    """Draws the list or the one that is open; new rows wait until they are wanted."""

    def __init__(self) -> None:
        self._bar = html()
        self._groups = html()
        self._place = html()
        self._drawn: Listed | None = None
        self._latest: tuple[Listed, Asked] | None = None
        ui.on("show-new", self._show_new)
        ui.on("interactions-export", self._export)

    def update(self, read: _Read, asked: Asked) -> None:
        if read.listed is None:
            self._draw_one(read, asked)
            return
        self._latest = (read.listed, asked)
        is_same_order = self._drawn is not None and self._drawn.is_first
        fresh = self._fresh(read.listed) if is_same_order else 0
        if self._drawn is None or not fresh:
            self._drawn = _known(read.listed, self._drawn) if fresh else read.listed
        self._draw(asked, fresh)

    def _fresh(self, listed: Listed) -> int:
        assert self._drawn is not None
        shown = {each.interaction.id for each in self._drawn.rows}
        return sum(each.interaction.id not in shown for each in listed.rows) if shown else 0

    def _show_new(self) -> None:
        if self._latest is not None:
            self._drawn, asked = self._latest
            self._draw(asked, 0)

    async def _export(self, event: GenericEventArguments) -> None:
        """Everything that the filter finds, not the page alone."""
        if self._latest is None:
            return
        asked, kind = self._latest[1], text_of(event, "kind")
        found = await to_thread.run_sync(
            taken_along, asked.watch.events, filter_of(asked), asked.identity
        )
        download(found, "interactions", kind)

    def _draw(self, asked: Asked, fresh: int) -> None:
        assert self._drawn is not None
        values = _values(asked, self._drawn) | {
            "fresh": f"{fresh}" if fresh < _LIMIT else f"{_LIMIT}+"
        }
        _set(self._bar, render("watch/interactions_bar.html", values | {"has_new": bool(fresh)}))
        _set(self._groups, groups_html(self._drawn.groups, asked.selection))
        _set(self._place, render("watch/interactions.html", values))

    def _draw_one(self, read: _Read, asked: Asked) -> None:
        values: dict[str, object] = {
            "found": read.opened,
            "pending": read.pending,
            "id": read.id,
            "back": f"/interactions{asked.selection.query({'id': ''})}",
            "thresholds": asked.watch.thresholds,
            "look": score_look,
            "link": lambda one: neighbour_link(asked, one.id),
        }
        _set(self._place, render("watch/interaction.html", values))


def _build(_: Panels) -> Callable[[_Read, Asked], None]:
    return _Page().update


def score_look(value: float | None, thresholds: Thresholds) -> str:
    """A word for how good a score is."""
    if value is None:
        return "none"
    if value >= thresholds.quality_good:
        return "good"
    return "middling" if value >= thresholds.quality else "poor"


def _known(listed: Listed, drawn: Listed | None) -> Listed:
    return listed if drawn is None else drawn


def _values(asked: Asked, listed: Listed) -> dict[str, object]:
    selection: Selection = asked.selection
    return {
        "listed": listed,
        "given": dict.fromkeys(PARAMETERS, "") | dict(selection.more),
        "selection": selection,
        "outcomes": tuple(Outcome),
        "statuses": (Status.HEALTHY, Status.WARNING, Status.DEGRADED, Status.UNKNOWN),
        "may_search": asked.identity.may(READS_ALL),
        "may_read": lambda one: texts_of(one, asked),
        "link": lambda one: neighbour_link(asked, one.id),
        "newest": f"/interactions{selection.query({'after': ''})}",
        "clear": f"/interactions{selection.shared()}",
        "look": score_look,
        "most": MOST,
        "thresholds": asked.watch.thresholds,
        "is_filtered": any(name not in {"after", "id", "by"} for name, _ in selection.more),
        "grouping": _grouping(listed, selection),
    }


def _grouping(listed: Listed, selection: Selection) -> tuple[str, str]:
    """A link that groups by variant or ends it, and its name; empty where there are none."""
    if listed.groups is not None:
        return selection.query({"by": ""}) or "?", "Ungroup"
    if listed.variants:
        return selection.query({"by": VARIANT}), "Group by variant"
    return "", ""


def _set(place: ui.html, content: str) -> None:
    if place.content != content:
        place.set_content(content)


def _after(text: str) -> tuple[datetime, str] | None:
    """Where the page before ended; the first page where that cannot be read."""
    moment, _, id_ = text.replace(" ", "+").partition("/")
    with suppress(ValueError):
        return (datetime.fromisoformat(moment), id_) if id_ else None
    return None


def _number(text: str | None) -> float | None:
    with suppress(ValueError, TypeError):
        value = float(text or "")
        return value if 0 <= value < 1e6 else None
    return None


def _member(kind: Callable[[str], _T], text: str | None) -> _T | None:
    with suppress(ValueError):
        return kind(text) if text else None
    return None
