"""How long changes took until they could be found, from what the worker tracked."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from groundwatch.domain import metrics
from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import Metric, Point
from groundwatch.store import ledger, values
from groundwatch.store.database import Database
from groundwatch.store.ledger import Event, State, Tracked
from groundwatch.telemetry.system import MACHINE

AddPoints = Callable[[datetime, str, list[Point]], object]
_TAKEN = "freshness.taken"
_SETTLE = timedelta(seconds=2)
"""Transactions end in another order than their numbers were given; so long is waited."""
_BATCH = 500
_MEANING = {
    (Event.CHANGED, State.DONE): metrics.FRESHNESS,
    (Event.DELETED, State.TOMBSTONE): metrics.DELETION,
    (Event.CHANGED, State.TOMBSTONE): metrics.DELETION,
    (Event.ACCESS, State.DONE): metrics.REVOCATION,
}


class Freshness:
    """Takes tracking records into the cells, each once.

    Args:
        database: holds the records, and how far they were taken.
        add_points: adds to the minute of a moment, durably.
        clock: tells the time.
    """

    def __init__(self, database: Database, add_points: AddPoints, clock: Clock) -> None:
        self._database = database
        self._add_points = add_points
        self._clock = clock

    def take(self) -> int:
        """Take what was tracked since the last time; returns how many records that were.

        Raises:
            Transient: a store does not take it now; the next call goes on there.
        """
        taken = 0
        while found := self._batch():
            for minute, points in by_minute(record for _, record in found).items():
                self._add_points(minute, MACHINE, points)
            with self._database.write() as connection:
                values.put(connection, _TAKEN, str(found[-1][0]))
            taken += len(found)
            if len(found) < _BATCH:
                break
        return taken

    def _batch(self) -> list[tuple[int, Tracked]]:
        with self._database.read() as connection:
            number = int(values.get(connection, _TAKEN) or 0)
            return ledger.tracked_after(connection, number, self._clock() - _SETTLE, _BATCH)


def by_minute(records: Iterable[Tracked]) -> Mapping[datetime, list[Point]]:
    """What records add to the cells; what failed or is to be tried again adds nothing yet."""
    found: dict[datetime, list[Point]] = defaultdict(list)
    for record in records:
        metric = _MEANING.get((record.event, record.state))
        if metric is not None:
            found[record.finished_at.replace(second=0, microsecond=0)] += _points(metric, record)
    return found


def _points(metric: Metric, record: Tracked) -> list[Point]:
    seconds = max(0.0, (record.finished_at - record.queued_at).total_seconds())
    return [
        Point(metric.name, seconds),
        Point(metric.name, seconds, "source", record.source),
    ]
