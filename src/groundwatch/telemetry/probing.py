"""Asks the server as a user would, again and again: what nobody asks may fail unseen."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import PROBES, Point
from groundwatch.telemetry.system import MACHINE

AddPoints = Callable[[datetime, str, list[Point]], object]
Question = Callable[[], None]
"""Returns when it was answered, and raises when it was not."""


class Prober:
    """Asks a few questions in turn; all of them answered is 1, else 0.

    Args:
        questions: what is asked, by name; each has a limit of its own on time.
        is_expected: whether somebody should be there to answer; nothing is asked otherwise.
        add_points: adds to the minute of a moment, durably.
        clock: tells the time.
    """

    def __init__(
        self,
        questions: Sequence[tuple[str, Question]],
        is_expected: Callable[[], bool],
        add_points: AddPoints,
        clock: Clock,
    ) -> None:
        self._questions = questions
        self._is_expected = is_expected
        self._add_points = add_points
        self._clock = clock
        self._log = structlog.get_logger("probing")

    def probe(self) -> None:
        """Ask once.

        Raises:
            Transient: the outcome cannot be kept now.
        """
        if not self._is_expected():
            return
        at = self._clock()
        outcomes = [self._is_answered(name, ask) for name, ask in self._questions]
        self._add_points(at, MACHINE, [Point(PROBES.name, float(all(outcomes)))])

    def _is_answered(self, name: str, ask: Question) -> bool:
        try:
            ask()
        except Exception as error:  # noqa: BLE001  whatever went wrong, nobody was answered
            self._log.warning("a probe was not answered", probe=name, error=str(error)[:200])
            return False
        return True
