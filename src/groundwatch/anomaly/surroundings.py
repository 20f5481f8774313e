"""What is known around an episode: which labels moved, and what was changed beside it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.anomaly.advice import AnomalyClass, class_of
from groundwatch.anomaly.board import SeriesKey, counted
from groundwatch.anomaly.contributors import Contributor, Part, Stretch, contributors
from groundwatch.anomaly.findings import Context
from groundwatch.anomaly.watched import dimensions_of
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import QUALITY
from groundwatch.domain.scores import Dimension
from groundwatch.store.events.cells import Cell, CellQuery

_BEFORE = timedelta(hours=1)
_AFTER = timedelta(minutes=5)
_LONGEST = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


class Numbers(Protocol):
    """Where numbers and events are read."""

    def cells(self, query: CellQuery) -> list[Cell]: ...

    def applications(self, since: datetime) -> list[str]: ...

    def events(
        self,
        application: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Iterable[str] = (),
        limit: int = 100,
    ) -> Sequence[Event]: ...


def context_of(
    numbers: Numbers,
    key: SeriesKey,
    start: datetime,
    until: datetime,
    suspects: Sequence[Contributor] = (),
) -> Context:
    """Everything around an episode of a series that lasted from `start` to `until` or longer.

    `suspects` are labels of other metrics that changed with it.
    """
    return Context(
        key.metric,
        key.labels,
        (*suspects, *_moved(numbers, key, start, until)),
        numbers.events(key.application or None, start - _BEFORE, start + _AFTER),
    )


def _moved(
    numbers: Numbers, key: SeriesKey, start: datetime, until: datetime
) -> tuple[Contributor, ...]:
    """Cells are split once: for a series of a label, the label itself is what moved.

    But a flag is no cause: where what is unsafe comes from, scores of safety tell.
    """
    if class_of(key.metric, key.labels) is AnomalyClass.SECURITY and key.dimension:
        safety = SeriesKey(QUALITY[Dimension.SAFETY].name, key.application)
        found = _moved(numbers, safety, start, until)
        return tuple(replace(each, metric=safety.metric) for each in found)
    if key.dimension:
        return ()
    end = min(max(until, start + _MINUTE), start + _LONGEST)
    whole = _parts(numbers, key, "", start, end)
    if not whole[0] or not whole[1]:
        return ()
    before, during = [], []
    for dimension in dimensions_of(key.metric):
        old, new = _parts(numbers, key, dimension, start, end)
        before += old
        during += new
    return contributors(
        _stretch(_BEFORE, whole[0], before),
        _stretch(end - start, whole[1], during),
        counted=counted(key.metric),
    )


def _stretch(length: timedelta, whole: Sequence[Part], parts: Sequence[Part]) -> Stretch:
    (one,) = whole
    return Stretch(length / _MINUTE, one.weight, one.total, tuple(parts))


def _parts(
    numbers: Numbers, key: SeriesKey, dimension: str, start: datetime, end: datetime
) -> tuple[list[Part], list[Part]]:
    """What each label came to before and during an episode."""
    query = CellQuery(
        key.metric, start - _BEFORE, end, "minute", key.application or None, dimension
    )
    sums: tuple[dict[str, list[float]], dict[str, list[float]]] = (
        defaultdict(lambda: [0.0, 0.0]),
        defaultdict(lambda: [0.0, 0.0]),
    )
    for cell in numbers.cells(query):
        own = sums[cell.at >= start][cell.label]
        own[0] += cell.weight
        own[1] += cell.total
    before, during = (
        [Part(dimension, label, *each) for label, each in side.items()] for side in sums
    )
    return before, during
