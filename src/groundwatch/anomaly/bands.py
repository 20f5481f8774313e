"""The minutes around a finding, as a chart shows them."""

from dataclasses import dataclass
from datetime import datetime

from groundwatch.anomaly.board import SeriesKey, counted
from groundwatch.anomaly.surroundings import Numbers
from groundwatch.store.events.cells import CellQuery

Expected = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class BandPoint:
    """One minute: the value as it was judged, and what would have been ordinary."""

    at: datetime
    value: float
    low: float | None
    high: float | None


def minutes_of(
    numbers: Numbers, key: SeriesKey, since: datetime, until: datetime, expected: Expected
) -> list[BandPoint]:
    """Of a series that is not judged by the minute, with the range of its single answers."""
    query = CellQuery(
        key.metric, since, until, "minute", key.application, key.dimension, key.label or None
    )
    low, high = expected or (None, None)
    is_count = counted(key.metric)
    return [
        BandPoint(cell.at, cell.weight if is_count else cell.total / cell.weight, low, high)
        for cell in numbers.cells(query)
        if cell.weight
    ]
