"""Endpoints under test: the stub on loopback, and a clock whose sleeps are noted, not slept."""

import time
from dataclasses import dataclass, field

from groundwatch.models.retry import Timing

KEY = "sk-very-secret"


@dataclass
class Clock:
    """Runs like the real one, plus what was slept."""

    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    @property
    def pauses(self) -> list[float]:
        return [seconds for seconds in self.slept if seconds]

    def timing(self) -> Timing:
        return Timing(self.monotonic, self.sleep, lambda: 1.0)
