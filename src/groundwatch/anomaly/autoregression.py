"""How badly the last few values foretold this one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_ORDER = 8
_FORGETTING = 0.9995
_INPUT_RATE = 0.002
_ERROR_RATE = 0.005
_CLIP_TEACHING = 5.0
_CLIP_SCALE = 8.0
_INPUT_LIMIT = 50.0
_WARM_UP = 50
_BLOWN_UP = 1e4
_TINY = 1e-9


def _start_weights() -> list[float]:
    return [0.9, *[0.0] * _ORDER]


@dataclass(slots=True)
class Autoregression:
    """Error of a linear prediction from the last eight values, fitted by recursive least squares.

    Attributes:
        weights: of the last values, newest first, and of a constant.
        covariance: of the weights.
        inputs: the last values, newest first, about `center` in units of `width`.
        usual: size of an ordinary error in those units.
    """

    seen: int = 0
    center: float = 0.0
    width: float = 0.0
    usual: float = 0.0
    weights: list[float] = field(default_factory=_start_weights)
    covariance: NDArray[np.float64] = field(default_factory=lambda: np.eye(_ORDER + 1) * 10.0)
    inputs: list[float] = field(default_factory=lambda: [0.0] * _ORDER)

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  order matters, not time
        """The error in units of the ordinary one; 0 while too little is known."""
        if self.seen < _WARM_UP:
            return 0.0
        return abs(self._error(value)) / (self.usual + _TINY)

    def learn(self, at: float, value: float) -> None:  # noqa: ARG002
        """Move the weights towards what would have foretold the value."""
        if self.seen == 0:
            self.center = value
        if self.seen <= 1:
            self.width = max(abs(value - self.center), _TINY * (1.0 + abs(value)))
        error = self._error(value)
        self._learn_usual(abs(error))
        limit = _CLIP_TEACHING * self.usual
        self._fit(max(-limit, min(limit, error)))
        self.inputs = [self._scaled(value), *self.inputs[:-1]]
        step = value - self.center
        self.center += _INPUT_RATE * step
        width = self.width + _INPUT_RATE * (1.25 * abs(step) - self.width)
        self.width = max(width, _TINY * (1.0 + abs(value)))
        self.seen += 1

    def _learn_usual(self, error: float) -> None:
        if self.seen < _WARM_UP:
            self.usual += (error - self.usual) / (self.seen + 1)
        else:
            self.usual += _ERROR_RATE * (min(error, _CLIP_SCALE * self.usual) - self.usual)

    def _scaled(self, value: float) -> float:
        scaled = (value - self.center) / self.width if self.width else 0.0
        return max(-_INPUT_LIMIT, min(_INPUT_LIMIT, scaled))

    def _error(self, value: float) -> float:
        foretold = self.weights[_ORDER]
        for weight, known in zip(self.weights, self.inputs, strict=False):
            foretold += weight * known
        return self._scaled(value) - foretold

    def _fit(self, error: float) -> None:
        known = np.array([*self.inputs, 1.0])
        turned = self.covariance @ known
        gain = turned / (_FORGETTING + float(known @ turned))
        weights = np.array(self.weights) + gain * error
        self.covariance = (self.covariance - gain[:, None] * turned) / _FORGETTING
        if self.covariance[0, 0] > _BLOWN_UP or not np.isfinite(weights).all():
            self.covariance = np.eye(_ORDER + 1) * 10.0
            weights = np.array(_start_weights())
        self.weights = weights.tolist()
