"""From scores of any scale to how rare they are in their own series."""

from dataclasses import dataclass, field
from math import log, log10, sqrt

_QUANTILE = 0.95
_LOG10_OF_TAIL = 1.301
"""-log10 of the share of scores above the quantile."""
_LOG10_E = 0.4343
_CLIP = 8.0
_MOST = 60.0
_YOUNG, _YOUNG_RATE = 5.0, 0.01
_LOWEST, _WIDTH, _STEPS = 0.01, 0.2, 160
_OFTEN = 3.0
"""As many scores of a height must have come before the past limits its rarity."""
_GROWN = 1e6
_TINY = 1e-12


@dataclass(slots=True)
class Heights:
    """How often scores of about a height came before, without believing in any shape of the tail.

    Where almost all values are alike and a few are not, as with counts of rare events, no
    exponential tail fits: each event looks impossible although it comes every few hours.

    Attributes:
        memory: scores that are remembered; older ones fade.
        counts: faded number of scores by height, in steps of a fifth.
        unit: what a score counts now; grows instead of all counts shrinking.
        total: of all scores.
    """

    memory: float = 20_000.0
    counts: list[float] = field(default_factory=lambda: [0.0] * (_STEPS + 1))
    unit: float = 1.0
    total: float = 0.0

    def most(self, raw: float) -> float:
        """The greatest -log10 of a probability that earlier scores this high leave open."""
        as_high = sum(self.counts[_step(raw) :])
        if as_high < _OFTEN * self.unit:
            return _MOST
        return log10(self.total / as_high)

    def learn(self, raw: float) -> None:
        """Count a score."""
        self.counts[_step(raw)] += self.unit
        self.total += self.unit
        self.unit /= 1.0 - 1.0 / self.memory
        if self.unit > _GROWN:
            self.counts = [each / self.unit for each in self.counts]
            self.total, self.unit = self.total / self.unit, 1.0


def _step(raw: float) -> int:
    """Logarithmic steps of a fifth from a hundredth upwards."""
    if raw <= _LOWEST:
        return 0
    return min(int(log(raw / _LOWEST) / _WIDTH) + 1, _STEPS)


@dataclass(slots=True)
class Tail:
    """-log10 of the probability of a score, from an exponential tail fitted as scores arrive.

    The .95 quantile and the mean excess over it are followed slowly. The mean excess has a floor,
    a fifth of the distance from the median to the quantile: where a series is flat or has few
    values, a change must not look infinitely unlikely.

    Attributes:
        warm_up: how many scores are awaited.
        rate: share of a new excess in the mean; an excess counts eight times the mean at most. A
            young tail follows faster, since the first scores are those of detectors that knew
            little.
        first: the scores of the time before.
        seen: scores learned since.
        heights: limits the rarity by what came before; None to trust the fitted tail alone.
        quantile, median, excess: what is followed since.
    """

    warm_up: int = 100
    rate: float = 0.01
    first: list[float] = field(default_factory=list)
    ready: bool = False
    quantile: float = 0.0
    median: float = 0.0
    excess: float = 0.0
    seen: int = 0
    heights: Heights | None = None

    def score(self, raw: float) -> float:
        """How rare a score of this height is; 0 until `warm_up` were learned."""
        if not self.ready:
            return 0.0
        if raw > self.quantile:
            beyond = (raw - self.quantile) / self._scale()
            rarity = min(_MOST, _LOG10_OF_TAIL + _LOG10_E * beyond)
            return min(rarity, self.heights.most(raw)) if self.heights else rarity
        return _LOG10_OF_TAIL * raw / self.quantile if self.quantile > 0.0 else 0.0

    def raw_at(self, rarity: float) -> float:
        """The score that has a rarity: the inverse of `score`; 0 until enough was learned."""
        if not self.ready:
            return 0.0
        if rarity <= _LOG10_OF_TAIL:
            return self.quantile * rarity / _LOG10_OF_TAIL
        return self.quantile + (rarity - _LOG10_OF_TAIL) / _LOG10_E * self._scale()

    def learn(self, raw: float) -> None:
        """Follow the quantile, the median and the mean excess."""
        if not self.ready:
            self._collect(raw)
            return
        self.seen += 1
        if self.heights:
            self.heights.learn(raw)
        rate = max(self.rate, min(_YOUNG_RATE, _YOUNG / self.seen))
        step = rate * max(
            self.quantile - self.median, self.excess, 1e-9 * (1.0 + abs(self.quantile))
        )
        if raw > self.quantile:
            self.quantile += 2.0 * _QUANTILE * step
            beyond = min(raw - self.quantile, _CLIP * self._scale())
            self.excess = max(self.excess + rate * (beyond - self.excess), 0.0)
        else:
            self.quantile = max(self.quantile - 2.0 * (1.0 - _QUANTILE) * step, 0.0)
        self.median += 0.5 * step if raw > self.median else -0.5 * step

    def _scale(self) -> float:
        return max(
            self.excess, 0.2 * (self.quantile - self.median), 1e-6 * abs(self.quantile), _TINY
        )

    def _collect(self, raw: float) -> None:
        self.first.append(raw)
        if len(self.first) < self.warm_up:
            return
        ordered = sorted(self.first)
        self.median = ordered[len(ordered) // 2]
        self.quantile = ordered[int(_QUANTILE * len(ordered))]
        beyond = [each - self.quantile for each in ordered if each > self.quantile]
        self.excess = sum(beyond) / len(beyond) if beyond else 0.0
        self.first = []
        self.ready = True


@dataclass(slots=True)
class Peaks:
    """How a score compares with the highest scores that this series usually reaches.

    A series that has produced a high score every few hours earns less with the next one. Mean and
    variance of the greatest score of each block of values start from a belief that counts as
    `belief` blocks, so that a young series is judged as series usually are.

    Attributes:
        block: values in a block.
        blocks: blocks known, the belief included.
        mean, variance: of the greatest scores.
        highest, filled: of the block that is not complete.
    """

    block: int = 100
    blocks: float = 10.0
    mean: float = 2.5
    variance: float = 1.0
    highest: float = 0.0
    filled: int = 0

    def score(self, rarity: float) -> float:
        """In standard deviations above the usual highest score of a block."""
        return (rarity - self.mean) / sqrt(self.variance)

    def learn(self, rarity: float) -> None:
        """Count the score; the mean moves when a block is complete."""
        self.highest = max(self.highest, rarity)
        self.filled += 1
        if self.filled < self.block:
            return
        self.blocks += 1.0
        step = self.highest - self.mean
        self.mean += step / self.blocks
        self.variance += (step * (self.highest - self.mean) - self.variance) / self.blocks
        self.variance = max(self.variance, 0.05)
        self.highest, self.filled = 0.0, 0
