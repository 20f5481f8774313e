"""What a metric came to: counts, sums and distributions, read from cells."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.analytics.windows import Piece, Window, covering, to_the_hour
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric, Spread
from groundwatch.store.events.cells import Cell, CellQuery, Detail
from groundwatch.store.events.histogram import Histogram

_MANY = frozenset({"user", "session"})
"""Dimensions of thousands of labels."""


class Cells(Protocol):
    """Where cells are read."""

    def cells(self, query: CellQuery) -> list[Cell]: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """What observations came to.

    Attributes:
        count: how many there were; exact, never sampled.
        weight: how many they stand for.
        total: the sum of their values, weighted.
    """

    count: int = 0
    weight: float = 0.0
    total: float = 0.0
    histogram: Histogram | None = None

    @property
    def mean(self) -> float | None:
        return self.total / self.weight if self.weight > 0 else None

    def quantile(self, q: float) -> float | None:
        """A quantile within 2 %; None without observations or where none are kept."""
        if self.histogram is None or self.count <= 0:
            return None
        return self.histogram.quantile(q)

    def share_below(self, x: float) -> float | None:
        if self.histogram is None or self.count <= 0:
            return None
        return self.histogram.share_below(x)


NOTHING = Tally()


def joined(found: Iterable[Tally | Cell]) -> Tally:
    """Several tallies, or cells, as one."""
    parts = list(found)
    if len(parts) == 1:
        (one,) = parts
        return Tally(one.count, one.weight, one.total, one.histogram)
    count, weight, total = 0, 0.0, 0.0
    histogram: Histogram | None = None
    for each in parts:
        count += each.count
        weight += each.weight
        total += each.total
        if each.histogram is not None:
            histogram = histogram or Histogram(each.histogram.spread)
            histogram.merge(each.histogram)
    return Tally(count, weight, total, histogram)


def by_bucket(
    source: Cells, metric: Metric | str, window: Window, detail: Detail = "spread"
) -> dict[datetime, Tally]:
    """A metric step by step; a step without observations is missing."""
    found: dict[datetime, list[Cell]] = {}
    for cell in source.cells(replace(_query(metric, window), detail=detail)):
        found.setdefault(cell.at, []).append(cell)
    return {at: joined(cells) for at, cells in found.items()}


def total(source: Cells, metric: Metric | str, window: Window, detail: Detail = "spread") -> Tally:
    """A metric over the whole window, exact to the minute; `whole` is without a distribution."""
    detail = _cheapest(metric, detail)
    return joined(
        cell
        for piece in covering(window)
        for cell in source.cells(replace(_part(metric, window, piece), detail=detail))
    )


def by_label(
    source: Cells,
    metric: Metric | str,
    window: Window,
    dimension: str,
    detail: Detail = "spread",
) -> dict[str, Tally]:
    """A metric over the window, by the labels of a dimension, exact to the minute.

    Without distributions where only the `whole` is wanted.

    By person and session there are only sums, and a window before one of hours or days ends at
    the nearest hour. A window of one group cannot be split further: cells have one dimension each.
    """
    queries = _split(metric, window, dimension, detail)
    cells = [cell for query in queries for cell in source.cells(query)]
    if queries and queries[0].detail == "whole":
        return _sums_by_label(cells)
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.label, []).append(cell)
    return {label: joined(some) for label, some in found.items()}


def _sums_by_label(cells: Iterable[Cell]) -> dict[str, Tally]:
    """Without distributions, in one pass."""
    found: dict[str, tuple[int, float, float]] = {}
    for cell in cells:
        count, weight, total = found.get(cell.label, (0, 0.0, 0.0))
        found[cell.label] = (count + cell.count, weight + cell.weight, total + cell.total)
    return {label: Tally(*sums) for label, sums in found.items()}


@dataclass(frozen=True, slots=True)
class Distinct:
    """The labels of a dimension that were seen, and the sum over all of them."""

    labels: frozenset[str]
    total: float

    @property
    def each(self) -> float | None:
        return self.total / len(self.labels) if self.labels else None


def distinct(source: Cells, metric: Metric | str, window: Window, dimension: str) -> Distinct:
    """As `by_label`, for what only has to be counted: of sessions there are tens of thousands."""
    labels: set[str] = set()
    total = 0.0
    for query in _split(metric, window, dimension, "whole"):
        found = source.cells(query)
        labels.update([cell.label for cell in found])
        total += sum([cell.total for cell in found])
    return Distinct(frozenset(labels), total)


def label_buckets(
    source: Cells, metric: Metric | str, window: Window, dimension: str, label: str
) -> dict[datetime, Tally]:
    """One label of a metric, step by step."""
    query = CellQuery(
        _name(metric), window.since, window.until, window.step, window.application, dimension, label
    )
    found: dict[datetime, list[Cell]] = {}
    for cell in source.cells(query):
        found.setdefault(cell.at, []).append(cell)
    return {at: joined(cells) for at, cells in found.items()}


def _split(metric: Metric | str, window: Window, dimension: str, detail: Detail) -> list[CellQuery]:
    """What is asked to split a window by a dimension."""
    if dimension in _MANY:
        window, detail = to_the_hour(window), "whole"
    name, detail = _name(metric), _cheapest(metric, detail)
    return [
        CellQuery(name, since, until, step, window.application, dimension, detail=detail)
        for step, since, until in covering(window)
    ]


def _cheapest(metric: Metric | str, detail: Detail) -> Detail:
    """What has no distribution is asked for without one."""
    is_plain = isinstance(metric, Metric) and metric.spread is Spread.NONE
    return "whole" if is_plain else detail


def _query(metric: Metric | str, window: Window) -> CellQuery:
    return _part(metric, window, (window.step, window.since, window.until))


def _part(metric: Metric | str, window: Window, piece: Piece) -> CellQuery:
    step, since, until = piece
    is_split = window.group and isinstance(metric, Metric) and "group" in metric.dimensions
    dimension, label = ("group", window.group) if is_split else ("", None)
    return CellQuery(_name(metric), since, until, step, window.application, dimension, label)


def _name(metric: Metric | str) -> str:
    return metric if isinstance(metric, str) else metric.name


def compared(source: Cells, window: Window) -> Window:
    """The window, knowing whether the span before it was observed from its beginning on."""
    before = window.before()
    day = timedelta(days=1)
    begin = before.since + (before.until - before.since) / 10
    query = CellQuery(metrics.REQUESTS.name, before.since - day, begin, "hour", window.application)
    return replace(window, is_comparable=bool(source.cells(query)))
