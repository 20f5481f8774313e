"""A small sequence model: foretells the next window of a series from the last one."""

from dataclasses import dataclass, field
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DAY = 86_400.0
_HARMONICS = 3
_TINY = 1e-9
_LEAST = 1e-300
_CLIP = 5.0
_WARM_UP = 100


@dataclass(slots=True)
class NextWindow:
    """Ridge regression from the last `past` values and the time of day to the next `ahead`.

    All values ahead share one set of normal equations, which fade, so a refit costs one small
    solution every `refit` values and never looks at old values again. A window is scored when it is
    complete, against what was foretold before it began: many small errors of one sign count, which
    no single value shows. The weights are those of the last refit; windows that were far off teach
    at five usual errors at most.

    Attributes:
        fade: of the equations, per value.
        gram, cross: the normal equations.
        weights: from inputs to the next values; empty until the first refit.
        usual: size of an ordinary window error, in units of `width`.
    """

    past: int = 24
    ahead: int = 6
    refit: int = 60
    fade: float = 0.999
    strength: float = 1.0
    seen: int = 0
    center: float = 0.0
    width: float = 0.0
    usual: float = 0.0
    scored: int = 0
    history: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    gram: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    cross: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  the window's start counts
        """Error of the window that ends with the value, in units of the usual one."""
        error = self._error(value)
        if error is None or self.scored < _WARM_UP:
            return 0.0
        return error / (self.usual + _TINY)

    def learn(self, at: float, value: float) -> None:
        """Take the value into the equations and, now and then, solve them."""
        if not self.seen:
            self.center = value
        error = self._error(value)
        if error is not None:
            rate = max(0.005, 1.0 / (self.scored + 1))
            clipped = error if self.scored < _WARM_UP else min(error, _CLIP * self.usual)
            self.usual += rate * (clipped - self.usual)
            self.scored += 1
        step = value - self.center
        rate = max(0.002, 1.0 / (self.seen + 1))
        self.width += rate * (abs(step) - self.width)
        self.center += rate * step
        self.history.append(value)
        self.times.append(at)
        del self.history[: -(self.past + self.ahead)], self.times[: -(self.past + self.ahead)]
        self.seen += 1
        self._accumulate()

    def foretell(self) -> list[float]:
        """The next `ahead` values; empty until the model has been fitted."""
        if not self.weights.size or len(self.history) < self.past:
            return []
        known = self._inputs(self.history[-self.past :], self.times[-1])
        return [self.center + self._unit() * float(each) for each in known @ self.weights]

    def _error(self, value: float) -> float | None:
        if not self.weights.size or len(self.history) < self.past + self.ahead - 1:
            return None
        window = [*self.history, value][-(self.past + self.ahead) :]
        times = self.times[-(self.past + self.ahead - 1) :]
        known = self._inputs(window[: self.past], times[self.past - 1])
        actual = (np.array(window[self.past :]) - self.center) / self._unit()
        off = actual - known @ self.weights
        return abs(float(off.mean())) * sqrt(self.ahead) + float(np.abs(off).mean())

    def _inputs(self, values: list[float], last: float) -> Floats:
        turn = 2.0 * pi * (last % DAY) / DAY * np.arange(1, _HARMONICS + 1)
        known = np.clip((np.array(values) - self.center) / self._unit(), -50.0, 50.0)
        return np.concatenate([known, np.sin(turn), np.cos(turn), [1.0]])

    def _unit(self) -> float:
        return self.width + _TINY * abs(self.center) + _LEAST

    def _accumulate(self) -> None:
        if len(self.history) < self.past + self.ahead:
            return
        known = self._inputs(self.history[: self.past], self.times[self.past - 1])
        actual: Floats = (np.array(self.history[self.past :]) - self.center) / self._unit()
        if not self.gram.size:
            self.gram = np.zeros((len(known), len(known)))
            self.cross = np.zeros((len(known), self.ahead))
        if self.weights.size:
            foretold: Floats = known @ self.weights
            limit = _CLIP * (self.usual + _TINY)
            actual = (foretold + np.clip(actual - foretold, -limit, limit)).astype(np.float64)
        self.gram = self.fade * self.gram + np.outer(known, known)
        self.cross = self.fade * self.cross + np.outer(known, actual)
        if self.seen % self.refit == 0:
            ridge = self.gram + self.strength * np.eye(len(known))
            self.weights = np.linalg.solve(ridge, self.cross).astype(np.float64)
