"""Points added up in memory, so that every cell is written once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from groundwatch.domain.metrics import BUILT_IN, Point, Spread
from groundwatch.store.events.histogram import Weight, bucket, combine, quantized

HIGHEST = 1e15
"""Greater amounts are no measurements, and sums with them would swallow all others."""
_NOTHING = 1e-9

DERIVED, LOOSE = 0, 1
"""Where a series comes from: from rows that are kept, so it can be counted again; or not."""


class Series(NamedTuple):
    """What a cell belongs to."""

    metric: str
    dimension: str
    label: str
    application: str
    origin: int = DERIVED


class Sums:
    """What is added to a cell, or taken away."""

    __slots__ = ("buckets", "count", "total", "weight")

    def __init__(
        self,
        count: int = 0,
        weight: Weight = 0,
        total: float = 0.0,
        buckets: dict[int, Weight] | None = None,
    ) -> None:
        self.count = count
        self.weight = weight
        self.total = total
        self.buckets: dict[int, Weight] = {} if buckets is None else buckets

    def __bool__(self) -> bool:
        return bool(self.count or self.weight or self.buckets or abs(self.total) > _NOTHING)

    def add(self, other: "Sums") -> None:
        """Take another's sums in."""
        self.count += other.count
        self.weight += other.weight
        self.total += other.total
        combine(self.buckets, other.buckets)


_SPREADS = {name: metric.spread for name, metric in BUILT_IN.items()}


def spread_of(metric: str) -> Spread:
    """How the values of a metric are put into buckets; one's own are like times."""
    return _SPREADS.get(metric, Spread.LOG)


SeriesKey = tuple[str, str, str, str, int]
"""A `Series`, or a tuple of the same, which is made faster."""

Cells = dict[tuple[int, SeriesKey], Sums]
"""By minute since 1970 and series."""


class Tally:
    """Sums by minute and series."""

    def __init__(self) -> None:
        self.cells: Cells = {}

    def add(
        self,
        minute: int,
        application: str,
        points: Iterable[Point],
        *,
        sign: int = 1,
        origin: int = DERIVED,
    ) -> None:
        """Add observations, or with `sign=-1` take them away; values that are no number are none.

        A value is usually there once for each label it is split by, so its bucket is kept in mind.
        """
        cells = self.cells
        last_metric, last_value, last_weight = "", 0.0, 1.0
        index: int | None = None
        amount: Weight = sign
        for metric, value, dimension, label, weight in points:
            if value != last_value or metric != last_metric:
                if not -HIGHEST <= value <= HIGHEST:
                    continue
                last_metric, last_value = metric, value
                spread = spread_of(metric)
                index = None if spread is Spread.NONE else bucket(value, spread)
            if weight != last_weight:
                last_weight, amount = weight, sign * quantized(weight)
            key = (minute, (metric, dimension, label, application, origin))
            sums = cells.get(key)
            if sums is None:
                sums = cells[key] = Sums()
            sums.count += sign
            sums.weight += amount
            sums.total += value * amount
            if index is not None:
                buckets = sums.buckets
                now = buckets.get(index, 0) + amount
                if now:
                    buckets[index] = now
                else:
                    buckets.pop(index, None)

    def merge(self, other: Mapping[tuple[int, SeriesKey], Sums]) -> None:
        """Take all of another's cells in."""
        for key, sums in other.items():
            mine = self.cells.get(key)
            if mine is None:
                self.cells[key] = sums
            else:
                mine.add(sums)
