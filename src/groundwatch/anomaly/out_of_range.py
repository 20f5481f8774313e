"""Values outside everything seen so far."""

from dataclasses import dataclass

RESOLUTION = 1e-9
"""A range is never taken as narrower than this share of the value."""
CAP = 50.0


@dataclass(slots=True)
class OutOfRange:
    """How far a value lies beyond the least and the greatest so far, in widths of that range.

    One new record is reported, the same height again is not: the number of reports grows with the
    logarithm of the length of a series, whatever its distribution.
    """

    warm_up: int = 50
    seen: int = 0
    low: float = 0.0
    high: float = 0.0

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  time does not matter here
        """The excess over the range; 0 inside it and until `warm_up` values were learned."""
        if self.seen < self.warm_up or self.low <= value <= self.high:
            return 0.0
        width = max(self.high - self.low, RESOLUTION * (1.0 + abs(value)))
        excess = value - self.high if value > self.high else self.low - value
        return min(excess / width, CAP)

    def learn(self, at: float, value: float) -> None:  # noqa: ARG002
        """Widen the range."""
        if not self.seen or value < self.low:
            self.low = value
        if not self.seen or value > self.high:
            self.high = value
        self.seen += 1
