"""A number beside the same number of the span before."""

import math
from dataclasses import dataclass

_Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure and what it was before.

    Attributes:
        value, before: None where there is nothing to measure.
        reason: why there is no value, or why the two must not be compared.
    """

    value: float | None
    before: float | None = None
    reason: str = ""

    @property
    def change(self) -> float | None:
        """The relative change; None where it has no meaning."""
        if self.value is None or not self.before or self.reason:
            return None
        return (self.value - self.before) / self.before


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, exactly counted."""

    part: float
    whole: float

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole > 0 else None


def share(now: Share, before: Share, reason: str) -> Compared:
    """A rate beside the rate before."""
    return Compared(now.value, before.value, reason if now.value is None else "")


def is_clear(now: Share, before: Share) -> bool:
    """Whether two rates differ by more than chance (two proportions, 95 %)."""
    if now.whole <= 0 or before.whole <= 0:
        return False
    pooled = (now.part + before.part) / (now.whole + before.whole)
    error = math.sqrt(max(0.0, pooled * (1 - pooled)) * (1 / now.whole + 1 / before.whole))
    difference = abs(now.part / now.whole - before.part / before.whole)
    return error > 0 and difference / error > _Z_95
