"""A stream of single values, such as the seconds of each answer of a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

from groundwatch.anomaly.doubt import Batch
from groundwatch.anomaly.episodes import Change, Episode
from groundwatch.anomaly.reference import Reference
from groundwatch.anomaly.stream import Side, Stream, Told
from groundwatch.domain.metrics import Spread
from groundwatch.store.events.histogram import middle

_ENOUGH = 200.0
_EXPONENTS = (0.1, 0.3, 0.6)
"""Of the bets: for what is plain, and for what is slight and lasts."""
_HIT = 0.05
_MOVED = {Spread.LOG: (12, 23, 35), Spread.UNIT: (10, 20, 40), Spread.NONE: ()}
_WIDTH = {Spread.LOG: 5, Spread.UNIT: 3, Spread.NONE: 0}
"""Buckets by which all values may have moved: 1.6, 2.5 and 4 times, or .1, .2 and .4; and how far
densities are evened out."""
_REACH, _MOST_TOLD = 2.6, 9.0
"""The expected range is that of a mean of so many values at most, so that a slight change that
lasts does not look severe."""
_RESOLUTION = 0.01


@dataclass(slots=True)
class ValueStream:
    """Judges each value by how those before it are spread, whatever their distribution.

    A value's probability among the former ones is uniform while nothing has changed; bets on small
    ones grow when something has (conformal test martingales: Vovk, Gammerman, Shafer 2005).
    """

    spread: Spread
    reference: Reference = field(default_factory=Reference)
    stream: Stream = field(default_factory=Stream)

    def take(self, at: float, counts: Mapping[int, float]) -> tuple[Change, Episode | None]:
        """Judge values that came together, then learn them.

        Args:
            at: their minute, seconds since the epoch.
            counts: how many there were in each bucket of the histogram.
        """
        change: tuple[Change, Episode | None] = (Change.NONE, None)
        if self.stream.knows(at, _ENOUGH):
            up, down = self._batches(at, counts)
            self.stream.take(at, up, down)
            batch = up if self.stream.side is Side.UP else down
            change = self.stream.changed(at, batch, lambda: self._told(at))
        self.stream.count(at, sum(counts.values()))
        self.reference.learn(at, counts, self.stream.teaches(at))
        return change

    def _batches(self, at: float, counts: Mapping[int, float]) -> tuple[Batch, Batch]:
        """What speaks for greater values, and for smaller ones."""
        tails = self.reference.tails(at, counts)
        by, width = _MOVED[self.spread], _WIDTH[self.spread]
        both = [*by, *(-each for each in by)]
        ratios = {each: self.reference.moved(at, each, both, width) for each in counts}
        total = sum(count * middle(bucket, self.spread) for bucket, count in counts.items())
        rows = [
            [(n, tails[each][0], ratios[each][: len(by)]) for each, n in counts.items()],
            [(n, tails[each][1], ratios[each][len(by) :]) for each, n in counts.items()],
        ]
        return _batch(rows[0], total), _batch(rows[1], total)

    def _told(self, at: float) -> Told:
        doubt = self.stream.doubt.lead
        if not doubt.seen:
            return Told(0.0, (0.0, 0.0))
        values = {bucket: middle(bucket, self.spread) for bucket in self.reference.whole}
        mean, deviation = self.reference.moments(at, values)
        reach = max(deviation / sqrt(min(doubt.seen, _MOST_TOLD)), _RESOLUTION * abs(mean))
        return Told(doubt.total / doubt.seen, (mean - _REACH * reach, mean + _REACH * reach))


def _batch(rows: Sequence[tuple[float, float, Sequence[float]]], total: float) -> Batch:
    """Bets on small probabilities, and likelihood ratios of values that have moved.

    A bet of exponent e on a uniform p pays e p^(e-1), whose mean is 1.
    """
    bets = [
        sum(count * (log(each) + (each - 1.0) * log(p)) for count, p, _ in rows)
        for each in _EXPONENTS
    ]
    bets += [
        sum(count * log(ratios[place]) for count, _, ratios in rows)
        for place in range(len(rows[0][2]))
    ]
    hits = sum(count for count, p, _ in rows if p <= _HIT)
    return Batch(tuple(bets), sum(count for count, _, _ in rows), hits, _HIT, total)
