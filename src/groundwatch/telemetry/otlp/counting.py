"""How much arrived and what became of it, by application."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import INTAKE, Point
from groundwatch.errors import Transient

AddPoints = Callable[[datetime, str, list[Point]], object]


class IntakeCounts:
    """Counts in memory, written to the cells now and then.

    Args:
        add_points: adds to the cells of a moment and an application, durably.
        clock: tells the time.
    """

    def __init__(self, add_points: AddPoints, clock: Clock) -> None:
        self._add_points = add_points
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._total: Counter[str] = Counter()

    def add(self, application: str, outcome: str, number: int = 1) -> None:
        """Count; nothing for 0."""
        if number:
            with self._lock:
                self._waiting[application, outcome] += number
                self._total[outcome] += number

    def total(self) -> dict[str, int]:
        """By outcome, since the start."""
        with self._lock:
            return dict(self._total)

    def flush(self) -> None:
        """Write what was counted; what cannot be written now waits for the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
        by_application: dict[str, list[Point]] = {}
        for (application, outcome), number in waiting.items():
            points = by_application.setdefault(application, [])
            points += [
                Point(INTAKE.name, float(number)),
                Point(INTAKE.name, float(number), "outcome", outcome),
            ]
        now = self._clock()
        for application, points in by_application.items():
            try:
                self._add_points(now, application, points)
            except Transient:
                self._put_back(application, waiting)

    def _put_back(self, application: str, waiting: Counter[tuple[str, str]]) -> None:
        with self._lock:
            for (name, outcome), number in waiting.items():
                if name == application:
                    self._waiting[name, outcome] += number
