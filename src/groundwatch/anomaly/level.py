"""How far a value is from where the series has been lately."""

from dataclasses import dataclass

_CLIP = 8.0
_WARM_UP = 50
_TINY = 1e-9


@dataclass(slots=True)
class Level:
    """Distance from a slow moving level, in units of the usual distance.

    Attributes:
        rate: share of a new value in the level.
        scale_rate: share of a new distance, at most eight times the usual one, in the scale.
    """

    rate: float = 0.01
    scale_rate: float = 0.005
    seen: int = 0
    level: float = 0.0
    scale: float = 0.0

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  time does not matter here
        """The distance in units of the usual one; 0 while too little is known."""
        if self.seen < _WARM_UP:
            return 0.0
        return abs(value - self.level) / (self.scale + _TINY * (1.0 + abs(value)))

    def learn(self, at: float, value: float) -> None:  # noqa: ARG002
        """Move level and scale towards the value."""
        if not self.seen:
            self.level = value
        distance = abs(value - self.level)
        if self.seen < _WARM_UP:
            self.scale += (distance - self.scale) / (self.seen + 1)
        else:
            distance = min(distance, _CLIP * self.scale)
            self.scale += self.scale_rate * (distance - self.scale)
        self.level += self.rate * (value - self.level)
        self.seen += 1
