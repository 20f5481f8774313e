"""Unusual combinations of several metrics, by an isolation forest (the extra `anomaly`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from groundwatch.anomaly.calibration import Tail
from groundwatch.errors import Unusable

Floats = NDArray[np.float64]
_TOO_RARE = 4.0
"""A vector as rare as one in ten thousand teaches nothing."""


class _Fitted(Protocol):
    def score_samples(self, X: Floats) -> Floats: ...  # noqa: N803  scikit-learn's name


@dataclass(slots=True)
class Forest:
    """Liu, Ting and Zhou's isolation forest over vectors such as latency, cost, tokens, quality.

    Scores come in micro-batches: one vector costs as much as a thousand. Scores are calibrated to
    -log10 of their probability among earlier ones; no share of vectors is declared unusual. The
    forest is grown anew from the kept vectors every `refit` of them, with a fixed seed, so that the
    same vectors give the same forest after a restart.

    Attributes:
        width: metrics in a vector; a missing one is not finite and counts as the median.
        kept: how many vectors are kept to learn from.
        refit: after how many learned vectors a new forest is grown.
        vectors: the kept ones, oldest first.
        grown_from: those the present forest was grown from.
    """

    width: int
    kept: int = 2000
    refit: int = 500
    trees: int = 50
    seed: int = 20
    learned: int = 0
    vectors: list[list[float | None]] = field(default_factory=list)
    grown_from: list[list[float | None]] = field(default_factory=list)
    tail: Tail = field(default_factory=lambda: Tail(rate=0.002))
    _forest: _Fitted | None = field(default=None, init=False, compare=False, repr=False)
    _filled: Floats | None = field(default=None, init=False, compare=False, repr=False)

    def score(self, vectors: Sequence[Sequence[float]]) -> list[float]:
        """How rare each vector of a batch is; 0 until the first forest is grown.

        Raises:
            Unusable: scikit-learn is not installed.
        """
        return [self.tail.score(each) for each in self._raw(vectors)]

    def learn(self, vectors: Sequence[Sequence[float]]) -> None:
        """Keep a batch to learn from, but what is very unusual.

        Raises:
            Unusable: scikit-learn is not installed, when a forest is due.
        """
        for vector, raw in zip(vectors, self._raw(vectors), strict=True):
            rare = self.tail.score(raw) >= _TOO_RARE
            if self._grown:
                self.tail.learn(raw)
            if rare:
                continue
            self.vectors.append([each if isfinite(each) else None for each in vector])
            self.learned += 1
            if self.learned % self.refit == 0:
                self._grow()
        del self.vectors[: -self.kept]

    @property
    def _grown(self) -> bool:
        return bool(self.grown_from)

    def _grow(self) -> None:
        self.grown_from = self.vectors[-self.kept :]
        self._forest = None

    def _raw(self, vectors: Sequence[Sequence[float]]) -> list[float]:
        assert all(len(vector) == self.width for vector in vectors)
        if not self._grown or not vectors:
            return [0.0] * len(vectors)
        if self._forest is None:
            self._fit()
        assert self._forest is not None
        assert self._filled is not None
        rows = np.array(vectors, dtype=np.float64)
        rows = np.where(np.isfinite(rows), rows, self._filled)
        return cast("list[float]", (-self._forest.score_samples(rows)).tolist())

    def _fit(self) -> None:
        try:
            from sklearn.ensemble import IsolationForest  # type: ignore[import-untyped]
        except ImportError as error:
            message = (
                "the layer of learned combinations needs scikit-learn: "
                "pip install 'groundwatch[anomaly]', or switch the layer off"
            )
            raise Unusable(message) from error
        rows = np.array(self.grown_from, dtype=np.float64)
        known = [column[np.isfinite(column)] for column in rows.T]
        self._filled = np.array([np.median(each) if len(each) else 0.0 for each in known])
        rows = np.where(np.isfinite(rows), rows, self._filled)
        forest = IsolationForest(n_estimators=self.trees, random_state=self.seed, n_jobs=1)
        self._forest = cast("_Fitted", forest.fit(rows))
