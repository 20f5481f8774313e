"""How much came in, and what became of it."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from groundwatch.domain import metrics
from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import Point
from groundwatch.errors import Transient

AddPoints = Callable[[datetime, str, Sequence[Point]], object]
"""Adds points of an application to the minute of a moment, durably."""


class IntakeCounts:
    """Counts in memory and writes now and then: a commit a request would cost more than the rest.

    What was counted since the last `write` is lost at kill -9; what was counted of is not.
    """

    def __init__(self, add_points: AddPoints, clock: Clock) -> None:
        self._add_points = add_points
        self._clock = clock
        self._counts: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self._log = structlog.get_logger("intake")

    def add(self, application: str, outcome: str, count: int = 1) -> None:
        """Count, under an outcome of `metrics.INTAKE`."""
        if count:
            with self._lock:
                self._counts[application, outcome] += count

    def write(self) -> None:
        """Write what was counted; what the store does not take now is tried again."""
        with self._lock:
            counted, self._counts = self._counts, Counter()
        written: set[str] = set()
        try:
            for application in sorted({key[0] for key in counted}):
                self._add_points(self._clock(), application, _points(counted, application))
                written.add(application)
        except Transient as error:
            self._log.warning("counts of the intake wait", error=str(error))
        with self._lock:
            left = {key: count for key, count in counted.items() if key[0] not in written}
            self._counts.update(left)


def _points(counted: Counter[tuple[str, str]], application: str) -> list[Point]:
    mine = {outcome: count for (name, outcome), count in counted.items() if name == application}
    name = metrics.INTAKE.name
    split = [Point(name, float(count), "outcome", outcome) for outcome, count in mine.items()]
    return [Point(name, float(sum(mine.values()))), *split]
