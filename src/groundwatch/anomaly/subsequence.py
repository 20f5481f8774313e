"""How little the last hours resemble any earlier stretch of a series."""

from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

_ENOUGH = 30
_TINY = 1e-9


@dataclass(slots=True)
class Subsequence:
    """Distance of the last window of values to its nearest windows of the past.

    A window is compared only with windows that ended at least one window length earlier, so that
    it never matches itself. The fourth nearest counts, not the nearest: what happened only once is
    still new.

    Attributes:
        length: values in a window.
        stride: every how many values a window is kept.
        kept: how many windows are kept; the oldest go.
        history: the values the kept windows are made of.
        seen, mean, spread: of all values (Welford), to measure distances in standard deviations.
    """

    length: int = 24
    stride: int = 3
    kept: int = 600
    nearest: int = 4
    seen: int = 0
    mean: float = 0.0
    spread: float = 0.0
    origin: float = 0.0
    stored: int = 0
    history: list[float] = field(default_factory=list)
    _windows: NDArray[np.float64] | None = field(
        default=None, init=False, compare=False, repr=False
    )
    _squares: NDArray[np.float64] | None = field(
        default=None, init=False, compare=False, repr=False
    )

    def score(self, at: float, value: float) -> float:  # noqa: ARG002  order matters, not time
        """Root mean square distance, in standard deviations; 0 until enough windows are kept."""
        if self.stored < _ENOUGH:
            return 0.0
        if self._windows is None:
            self._rebuild()
        assert self._windows is not None
        assert self._squares is not None
        window = np.array([*self.history[1 - self.length :], value - self.origin])
        count = min(self.stored, self.kept)
        distances = self._squares[:count] - 2.0 * (self._windows[:count] @ window)
        nearest = np.partition(distances, self.nearest - 1)[self.nearest - 1]
        square = max(float(nearest) + float(window @ window), 0.0)
        deviation = sqrt(self.spread / self.seen)
        return sqrt(square / self.length) / (deviation + _TINY * (1.0 + abs(self.mean)))

    def learn(self, at: float, value: float) -> None:  # noqa: ARG002
        """Keep the value, and now and then the window that ended one length ago."""
        if not self.seen:
            self.origin = value
        self.seen += 1
        step = value - self.mean
        self.mean += step / self.seen
        self.spread += step * (value - self.mean)
        self.history.append(value - self.origin)
        if self.seen >= 2 * self.length and self.seen % self.stride == 0:
            self._keep()
        longest = self.kept * self.stride + 2 * self.length
        if len(self.history) >= 2 * longest:
            del self.history[:-longest]

    def _keep(self) -> None:
        if self._windows is None:
            self._rebuild()
        self._put(self.stored, len(self.history) - self.length)
        self.stored += 1

    def _put(self, number: int, end: int) -> None:
        assert self._windows is not None
        assert self._squares is not None
        row = number % self.kept
        self._windows[row] = self.history[end - self.length : end]
        self._squares[row] = self._windows[row] @ self._windows[row]

    def _rebuild(self) -> None:
        """Make the windows of the history again, each in the row where it was."""
        self._windows = np.zeros((self.kept, self.length))
        self._squares = np.zeros(self.kept)
        newest = len(self.history) - self.seen % self.stride - self.length
        for back in range(min(self.stored, self.kept)):
            self._put(self.stored - 1 - back, newest - back * self.stride)
