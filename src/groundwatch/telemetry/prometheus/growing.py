"""Totals that only grow, made of cells that may still change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import BUILT_IN, Spread
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.store.events.histogram import combine, middle

SETTLED = timedelta(hours=1)
"""Older minutes are read no more; scores that come later than that are not in the totals."""
_AHEAD = timedelta(minutes=2)


class Cells(Protocol):
    """Where cells are read."""

    def cells(self, query: CellQuery) -> list[Cell]: ...


@dataclass(slots=True)
class Totals:
    """What a series came to since the server began.

    Attributes:
        weight: observations, each for as many as it stands for.
        total: the sum of their values.
        buckets: weights by bucket of the metric's spread.
    """

    weight: float = 0.0
    total: float = 0.0
    buckets: dict[int, float] = field(default_factory=dict)

    def add(self, other: "Totals | Cell") -> None:
        self.weight += other.weight
        self.total += other.total
        if isinstance(other, Totals):
            combine(self.buckets, other.buckets)
        elif other.histogram is not None:
            combine(self.buckets, other.histogram.buckets)

    def below(self, limits: Sequence[float], spread: Spread) -> list[float]:
        """How much does not exceed each of the limits, which rise."""
        ordered = sorted((middle(index, spread), weight) for index, weight in self.buckets.items())
        found, passed, place = [], 0.0, 0
        for limit in limits:
            while place < len(ordered) and ordered[place][0] <= limit + 1e-9:
                passed += ordered[place][1]
                place += 1
            found.append(passed)
        return found


@dataclass(slots=True)
class _Series:
    """One metric, split by one dimension, of one application."""

    read_from: datetime
    settled: dict[str, Totals] = field(default_factory=dict)


class Growing:
    """Reads what was added since the server began; each minute is settled once it is old.

    Cells of the last hour may still change: late spans correct them, scores come behind. What was
    shown before never shrinks; whoever shows it keeps the larger of the two.
    """

    def __init__(self, cells: Cells, clock: Clock) -> None:
        self._cells = cells
        self._clock = clock
        self._began = clock().replace(second=0, microsecond=0)
        self._series: dict[tuple[str, str | None, str], _Series] = {}

    @property
    def began(self) -> datetime:
        """The minute from which on is counted."""
        return self._began

    def read(
        self, metric: str, application: str | None = None, dimension: str = ""
    ) -> Mapping[str, Totals]:
        """Totals by label; under the empty label without a dimension."""
        key = (metric, application, dimension)
        series = self._series.setdefault(key, _Series(self._began))
        now = self._clock()
        edge = (now - SETTLED).replace(second=0, microsecond=0)
        query = CellQuery(
            metric,
            series.read_from,
            now + _AHEAD,
            application=application,
            dimension=dimension,
        )
        found = self._cells.cells(query)
        for cell in found:
            if cell.at < edge:
                series.settled.setdefault(cell.label, Totals()).add(cell)
        series.read_from = max(series.read_from, edge)
        return _summed(series.settled, [cell for cell in found if cell.at >= edge])


def spread_of(metric: str) -> Spread:
    return BUILT_IN[metric].spread


def _summed(settled: Mapping[str, Totals], open_cells: Sequence[Cell]) -> dict[str, Totals]:
    whole: dict[str, Totals] = {}
    for label, totals in settled.items():
        whole.setdefault(label, Totals()).add(totals)
    for cell in open_cells:
        whole.setdefault(cell.label, Totals()).add(cell)
    return whole
