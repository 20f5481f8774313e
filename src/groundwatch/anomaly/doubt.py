"""Doubt that single observations are still as they were, adding up as they arrive."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

_MOST = 60.0
_RECOVERED = log(1000.0)
_LEAST_CHANGE = 0.25
_BARELY = 1.0
"""Doubt of a factor of e comes and goes all day: a change begins with what raises it further."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came together, as it speaks for one direction of change.

    Attributes:
        factors: ln of the factor of each way to change, over all observations.
        seen: observations.
        hits: how many of them speak for the change.
        usual: share of hits in ordinary times.
        total: sum of the values.
    """

    factors: tuple[float, ...]
    seen: float
    hits: float
    usual: float
    total: float


@dataclass(slots=True)
class Way:
    """One way in which things may have changed.

    Attributes:
        log: ln of the statistic; 0 where nothing speaks for it.
        began: when it grew beyond what comes and goes; None while it is 0.
        seen, hits, total: of the observations since then; `expected` hits in ordinary times.
    """

    log: float = 0.0
    began: float | None = None
    seen: float = 0.0
    hits: float = 0.0
    total: float = 0.0
    expected: float = 0.0

    def take(self, at: float, factor: float, batch: Batch) -> None:
        """Multiply by a factor; what is below 1 begins anew."""
        grown = min(max(self.log + factor, 0.0), _MOST)
        if self.log <= _BARELY or grown <= 0.0:
            self.began = None
            self.seen = self.hits = self.total = self.expected = 0.0
        self.log = grown
        if grown <= 0.0:
            return
        self.began = at if self.began is None else self.began
        self.seen += batch.seen
        self.hits += batch.hits
        self.total += batch.total
        self.expected += batch.usual * batch.seen


@dataclass(slots=True)
class Doubt:
    """Page's procedure (1954) over several ways in which things may have changed.

    Each way is a bet whose expected factor is 1 while nothing has changed, whatever the
    distribution. So on average it takes A observations at least until the mean of the statistics
    exceeds A: the rate of false alarms is what was chosen (Lorden 1971; with bets on ranks, Vovk et
    al. 2021).

    Attributes:
        changed: share of hits since the change began, as it was at the last one.
        recovered: how much what came last speaks for things being as they were.
    """

    ways: list[Way] = field(default_factory=list)
    changed: float = 1.0
    recovered: float = 0.0

    def take(self, at: float, batch: Batch) -> None:
        """Take what came together at a time, in seconds since the epoch."""
        if not self.ways:
            self.ways = [Way() for _ in batch.factors]
        for way, factor in zip(self.ways, batch.factors, strict=True):
            way.take(at, factor, batch)

    @property
    def amount(self) -> float:
        """Natural logarithm of what the mean of the statistics is at least."""
        return self.lead.log - log(len(self.ways) or 1)

    @property
    def lead(self) -> Way:
        """The way that most speaks for."""
        return max(self.ways, key=lambda way: way.log, default=Way())

    def settle(self, usual: float) -> None:
        """Remember the share of hits as it is now."""
        lead = self.lead
        least = usual + _LEAST_CHANGE * (1.0 - usual)
        self.changed = min(max((lead.hits + 0.5) / (lead.seen + 1.0), least), 0.99)

    def recover(self, batch: Batch) -> bool:
        """Whether things are as they were: the likelihood ratio of hits, the other way round."""
        usual = min(max(batch.usual, 1e-4), 0.98)
        changed = max(self.changed, min(1.05 * usual, 0.99))
        hit, miss = log(usual / changed), log((1.0 - usual) / (1.0 - changed))
        speaks = batch.hits * hit + (batch.seen - batch.hits) * miss
        self.recovered = max(self.recovered + speaks, 0.0)
        if batch.hits:
            self.settle(batch.usual)
        return self.recovered >= _RECOVERED

    def forget(self) -> None:
        """Begin anew."""
        self.ways, self.recovered = [], 0.0


def combined(batches: Sequence[Batch]) -> Batch:
    """Several that came together, such as those of several topics, as one."""
    seen = sum(each.seen for each in batches)
    return Batch(
        tuple(sum(factors) for factors in zip(*(each.factors for each in batches), strict=True)),
        seen,
        sum(each.hits for each in batches),
        sum(each.usual * each.seen for each in batches) / seen if seen else 0.0,
        sum(each.total for each in batches),
    )
