"""How much arrived and what became of it, by application."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import INTAKE, Point
from groundwatch.errors import Transient
from groundwatch.telemetry.rejections import reason_of

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
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._total: Counter[str] = Counter()

    def add(self, application: str, outcome: str, number: int = 1) -> None:
        """Count; nothing for 0."""
        if number:
            with self._lock:
                self._waiting[application, outcome] += number
                self._total[outcome] += number

    def reject(self, application: str, reasons: Mapping[str, int]) -> None:
        """Count what was rejected, by the reasons that the sender was told."""
        self.add(application, "rejected", sum(reasons.values()))
        with self._lock:
            for reason, number in reasons.items():
                if number:
                    self._reasons[application, reason_of(reason)] += number

    def total(self) -> dict[str, int]:
        """By outcome, since the start."""
        with self._lock:
            return dict(self._total)

    def flush(self) -> None:
        """Write what was counted; what cannot be written now waits for the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
            reasons, self._reasons = self._reasons, Counter()
        by_application: dict[str, list[Point]] = {}
        for (application, outcome), number in waiting.items():
            points = by_application.setdefault(application, [])
            points += [
                Point(INTAKE.name, float(number)),
                Point(INTAKE.name, float(number), "outcome", outcome),
            ]
        for (application, reason), number in reasons.items():
            points = by_application.setdefault(application, [])
            points.append(Point(INTAKE.name, float(number), "reason", reason))
        now = self._clock()
        for application, points in by_application.items():
            try:
                self._add_points(now, application, points)
            except Transient:
                with self._lock:
                    _put_back(self._waiting, waiting, application)
                    _put_back(self._reasons, reasons, application)


def _put_back(
    into: Counter[tuple[str, str]], taken: Counter[tuple[str, str]], application: str
) -> None:
    into.update({key: number for key, number in taken.items() if key[0] == application})
