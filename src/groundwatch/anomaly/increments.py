"""What has been added to cells since they were last read, the minute that runs included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.feed import LATE
from groundwatch.anomaly.surroundings import Numbers
from groundwatch.anomaly.watched import Split
from groundwatch.store.events.cells import Cell, CellQuery

ONLY = 0
"""The bucket of everything, for a metric that only counts."""

Minutes = dict[float, dict[str, dict[int, float]]]
"""Counts by minute, in seconds since the epoch, label and bucket of the histogram."""
Added = list[tuple[float, str, dict[int, float]]]
"""Minute, label and counts by bucket, in the order of time."""


def counts_of(cell: Cell) -> dict[int, float]:
    """The observations of a cell, each counted once whatever it stands for."""
    if cell.histogram is None:
        return {ONLY: float(cell.count)}
    weight = cell.histogram.weight
    if weight <= 0.0:
        return {}
    return {b: float(w) * cell.count / weight for b, w in cell.histogram.buckets.items() if w > 0}


@dataclass(slots=True)
class Increments:
    """Compares what is read with what was read before.

    Attributes:
        until: from where on minutes may still grow, seconds since the epoch.
        known: what was read of those.
    """

    until: float
    known: Minutes = field(default_factory=dict)

    def take(self, cells: list[Cell], now: float) -> Iterator[tuple[float, str, dict[int, float]]]:
        """Yield minute, label and what is new, in the order of time; what shrank is left."""
        for cell in cells:
            at = cell.at.timestamp()
            counts = counts_of(cell)
            before = self.known.get(at, {}).get(cell.label, {})
            new = {b: n - before.get(b, 0.0) for b, n in counts.items()}
            new = {bucket: count for bucket, count in new.items() if count > 0.0}
            self.known.setdefault(at, {})[cell.label] = counts
            if new:
                yield at, cell.label, new
        self.until = max(self.until, now - LATE.total_seconds())
        for at in [at for at in self.known if at < self.until - 60.0]:
            del self.known[at]


@dataclass(slots=True)
class Reader:
    """Reads what is new, once in each turn whoever asks for it.

    Attributes:
        days: of the past, where nothing was read yet.
        read: how far the cells of each application, metric and dimension were read.
    """

    numbers: Numbers
    days: int
    read: dict[SeriesKey, Increments] = field(default_factory=dict)
    _now: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)
    _new: dict[SeriesKey, Added] = field(default_factory=dict, init=False)

    def begin(self, now: datetime) -> None:
        """Begin a turn."""
        self._now = now
        self._new.clear()

    def added(self, application: str, split: Split) -> Added:
        """What has come since the turn before; at first the past."""
        source = SeriesKey(split.metric.name, application, split.dimension)
        if source not in self._new:
            self._new[source] = self._read(source)
        return self._new[source]

    def _read(self, source: SeriesKey) -> Added:
        past = self._now - timedelta(days=self.days)
        read = self.read.setdefault(source, Increments(past.timestamp()))
        since = max(datetime.fromtimestamp(read.until, UTC), past)
        query = CellQuery(
            source.metric, since, self._now, "minute", source.application, source.dimension
        )
        return [*read.take(self.numbers.cells(query), self._now.timestamp())]
