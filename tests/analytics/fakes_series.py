"""Cells made by hand, read as the event store gives them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from groundwatch.domain.metrics import BUILT_IN, Metric, Spread
from groundwatch.store.events.cells import Cell, CellQuery
from groundwatch.store.events.histogram import Histogram

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}


class MadeCells:
    """Minute cells in a dictionary; coarser ones are summed when they are asked for."""

    def __init__(self) -> None:
        self.minutes: dict[tuple[str, str], dict[datetime, Cell]] = {}
        self.queries: list[CellQuery] = []

    def add(
        self,
        metric: Metric,
        at: datetime,
        values: Iterable[float],
        application: str = "demo",
        weight: float = 1.0,
    ) -> None:
        minute = at - (at - EPOCH) % LENGTHS["minute"]
        given = list(values)
        spread = BUILT_IN[metric.name].spread
        histogram = None if spread is Spread.NONE else Histogram(spread)
        for value in given if histogram is not None else ():
            assert histogram is not None
            histogram.add(value, weight)
        cell = Cell(
            minute,
            metric.name,
            application,
            "",
            "",
            len(given),
            len(given) * weight,
            sum(given) * weight,
            histogram,
        )
        cells = self.minutes.setdefault((metric.name, application), {})
        cells[minute] = merged(cells[minute], cell) if minute in cells else cell

    def cells(self, query: CellQuery) -> list[Cell]:
        self.queries.append(query)
        assert not query.dimension
        length = LENGTHS[query.step]
        first = query.since - (query.since - EPOCH) % length
        found: dict[datetime, Cell] = {}
        for (metric, application), cells in self.minutes.items():
            if metric != query.metric or query.application not in {None, application}:
                continue
            for at, cell in cells.items():
                step = at - (at - EPOCH) % length
                if first <= step < query.until:
                    found[step] = (
                        merged(found[step], cell, step) if step in found else moved(cell, step)
                    )
        return [found[at] for at in sorted(found)]


def moved(cell: Cell, at: datetime) -> Cell:
    histogram = None
    if cell.histogram is not None:
        histogram = Histogram(cell.histogram.spread)
        histogram.merge(cell.histogram)
    return Cell(at, cell.metric, "", "", "", cell.count, cell.weight, cell.total, histogram)


def merged(one: Cell, other: Cell, at: datetime | None = None) -> Cell:
    whole = moved(one, at or one.at)
    if whole.histogram is not None and other.histogram is not None:
        whole.histogram.merge(other.histogram)
    return Cell(
        whole.at,
        whole.metric,
        one.application,
        "",
        "",
        one.count + other.count,
        one.weight + other.weight,
        one.total + other.total,
        whole.histogram,
    )
