"""How far a value is from where the series has been lately."""

from dataclasses import dataclass

_CLIP = 8.0
_WARM_UP = 50
_RESOLUTION = 1e-4
_SPARSE, _SPREAD_RATE, _SPREAD_CLIP = 0.1, 0.0005, 1000.0
_TINY = 1e-12


@dataclass(slots=True)
class Level:
    """Distance from a slow moving level, in units of the usual distance.

    A value teaches as if it were eight usual distances away at most.

    Attributes:
        rate: share of a new value in the level.
        scale_rate: share of a new distance in the scale.
        spread: mean distance, nearly however great, followed slowly; a tenth of it is the least
            scale.
    """

    rate: float = 0.01
    scale_rate: float = 0.005
    seen: int = 0
    level: float = 0.0
    scale: float = 0.0
    spread: float = 0.0

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  time does not matter here
        """The distance in units of the usual one; 0 while too little is known."""
        if self.seen < _WARM_UP:
            return 0.0
        return abs(value - self.level) / self._usual()

    def learn(self, at: float, value: float) -> None:  # noqa: ARG002
        """Move level and scale towards the value."""
        if not self.seen:
            self.level = value
        step = value - self.level
        if self.seen < _WARM_UP:
            self.scale += (abs(step) - self.scale) / (self.seen + 1)
            self.spread = self.scale
        else:
            clipped = min(abs(step), _SPREAD_CLIP * self._usual())
            self.spread += _SPREAD_RATE * (clipped - self.spread)
            most = _CLIP * self._usual()
            step = max(-most, min(most, step))
            self.scale += self.scale_rate * (abs(step) - self.scale)
        self.level += self.rate * step
        self.seen += 1

    def _usual(self) -> float:
        return max(self.scale, _SPARSE * self.spread, _RESOLUTION * abs(self.level), _TINY)
