"""What stands behind a knowledge gap: examples, and what seems to be missing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.analytics.knowledge import Gap, gaps
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.scoring.accuracy import UNSUPPORTED
from groundwatch.scoring.text import read
from groundwatch.scoring.topics.asked import asked
from groundwatch.store.events.recorded import Filter, Recorded

MOST_GAPS = 10
EXAMPLES = 5
_LOOKED_AT = 300
"""Interactions of a kind that are read, newest first."""

_EXAMPLES_FROM = timedelta(days=7)
"""Older ones are not looked for: rows of many days would have to be read."""

_WORDS = 3
_LEAST_QUESTIONS = 2
"""A word of one question alone is that person's and is not told."""


class Interactions(Cells, Protocol):
    """Where cells and interactions are read."""

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[Recorded]: ...


@dataclass(frozen=True, slots=True)
class Explained:
    """A gap with what is known of its cause.

    Attributes:
        examples: ids of interactions, newest first; empty when their rows are gone.
        missing: what seems to be missing, in words; empty when nothing can be said.
        words: of the questions, which stand in nothing that was found for them.
        looked_in: sources in which something was found, the most frequent first.
    """

    gap: Gap
    examples: tuple[str, ...] = ()
    missing: str = ""
    words: tuple[str, ...] = ()
    looked_in: tuple[str, ...] = ()


def explained(source: Interactions, window: Window) -> tuple[Explained, ...]:
    """The largest gaps of a window with their evidence."""
    found = gaps(source, window)[:MOST_GAPS]
    if not found:
        return ()
    by_topic = _unanswered(source, window)
    return tuple(_explain(gap, by_topic.get(gap.topic, ())) for gap in found)


def _unanswered(source: Interactions, window: Window) -> dict[str, list[Interaction]]:
    """What was declined or answered without support, by topic, newest first."""
    span = Filter(
        application=window.application,
        group=window.group or None,
        since=max(window.since, window.until - _EXAMPLES_FROM),
        until=window.until,
    )
    declined = source.page(replace(span, outcome=Outcome.DECLINED), limit=_LOOKED_AT)
    unsupported = source.page(replace(span, flag=UNSUPPORTED), limit=_LOOKED_AT)
    found: dict[str, list[Interaction]] = {}
    seen: set[str] = set()
    for each in sorted((*declined, *unsupported), key=_newest_first):
        one = each.interaction
        if each.quality is not None and each.quality.topic and one.id not in seen:
            seen.add(one.id)
            found.setdefault(each.quality.topic, []).append(one)
    return found


def _newest_first(each: Recorded) -> tuple[float, str]:
    return -each.interaction.started_at.timestamp(), each.interaction.id


def _explain(gap: Gap, ones: Sequence[Interaction]) -> Explained:
    if not ones:
        return Explained(gap)
    words = _absent(ones)
    looked_in = _sources(ones)
    examples = tuple(one.id for one in ones[:EXAMPLES])
    return Explained(gap, examples, _missing(ones, words, looked_in), words, looked_in)


def _missing(ones: Sequence[Interaction], words: Sequence[str], looked_in: Sequence[str]) -> str:
    if not any(one.passages for one in ones):
        return "no source holds anything about it: nothing was found for any of these questions"
    where = f" in {', '.join(looked_in)}" if looked_in else ""
    if words:
        return f"a source about {', '.join(words)}: nothing that was found{where} speaks of it"
    return f"something more precise: what was found{where} is near but does not answer"


def _absent(ones: Sequence[Interaction]) -> tuple[str, ...]:
    """Words of several questions that stand in none of the passages of those questions."""
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    known: set[str] = set()
    for one in _distinct(ones):
        question = asked(one.query, {})
        held = {stem for each in one.passages for stem in read(each.text).positions}
        known |= held & question.terms.keys()
        counts.update(question.terms.keys() - held)
        written |= question.words
    lacking = [
        (-count, stem)
        for stem, count in counts.items()
        if count >= _LEAST_QUESTIONS and stem not in known
    ]
    return tuple(written[stem] for _, stem in sorted(lacking)[:_WORDS])


def _distinct(ones: Iterable[Interaction]) -> list[Interaction]:
    """One interaction a question, the newest."""
    found: dict[str, Interaction] = {}
    for one in ones:
        found.setdefault(" ".join(one.query.lower().split()), one)
    return list(found.values())


def _sources(ones: Sequence[Interaction]) -> tuple[str, ...]:
    counts = Counter(
        source for one in ones for source in {each.source for each in one.passages if each.source}
    )
    return tuple(source for source, _ in counts.most_common(3))
