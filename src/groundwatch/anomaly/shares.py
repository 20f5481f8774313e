"""A stream of yes and no, such as whether an answer rests on a source, failed or was flagged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log, sqrt

from groundwatch.anomaly.doubt import Batch, combined
from groundwatch.anomaly.episodes import Change, Episode
from groundwatch.anomaly.reference import Reference
from groundwatch.anomaly.stream import Side, Stream, Told

YES, NO = 1, 0
_ENOUGH, _ENOUGH_OF_ONE = 200.0, 30.0
_TOWARDS = (0.1, 0.5, 0.95)
"""Ways to change: so far towards always, or never ..."""
_ODDS = 5.0
"""... and the odds so many times greater, or smaller."""
_REACH, _MOST_TOLD = 2.6, 30.0

Pairs = Mapping[str, tuple[float, float]]
"""Of each stratum, how often it was so, of how many."""


@dataclass(slots=True)
class ShareStream:
    """Judges how often something is so by how often it used to be, at this time of the day.

    Strata, such as topics, each have their own share; their evidence adds up, so that a question
    without an answer counts much where there always was one and little where there never was.
    """

    strata: dict[str, Reference] = field(default_factory=dict)
    stream: Stream = field(default_factory=Stream)

    def take(self, at: float, pairs: Pairs) -> tuple[Change, Episode | None]:
        """Judge what came together, then learn it.

        Args:
            at: the minute, seconds since the epoch.
            pairs: by stratum; one that is not stratified has the name "".
        """
        change: tuple[Change, Episode | None] = (Change.NONE, None)
        known = [each for each in pairs if self._knows(each)]
        if known and self.stream.knows(at, _ENOUGH):
            both = [_batches(*self.strata[each].share(at, YES), *pairs[each]) for each in known]
            up, down = (combined([each[side] for each in both]) for side in (0, 1))
            self.stream.take(at, up, down)
            batch = up if self.stream.side is Side.UP else down
            change = self.stream.changed(at, batch, lambda: self._told(at))
        self.stream.count(at, sum(pair[1] for pair in pairs.values()))
        for name, (yes, of) in pairs.items():
            counts = {YES: yes, NO: max(of - yes, 0.0)}
            own = self.strata.setdefault(name, Reference())
            own.learn(at, counts, self.stream.teaches(at))
        return change

    def shortfall(self) -> tuple[float, float, float]:
        """How often it was so since doubt began, how often it would have been, and of how many."""
        doubt = self.stream.doubt.lead
        usual = doubt.expected
        if self.stream.side is Side.DOWN:
            usual = doubt.seen - usual
        return doubt.total, usual, doubt.seen

    def _knows(self, stratum: str) -> bool:
        own = self.strata.get(stratum)
        return own is not None and own.size >= _ENOUGH_OF_ONE

    def _told(self, at: float) -> Told:
        """Both as what comes in a minute."""
        doubt = self.stream.doubt.lead
        if not doubt.seen or doubt.began is None:
            return Told(0.0, (0.0, 0.0))
        yes, usual, seen = self.shortfall()
        share, a_minute = usual / seen, seen / ((at - doubt.began) / 60.0 + 1.0)
        reach = _REACH * sqrt(max(share * (1.0 - share), 0.0) / min(seen, _MOST_TOLD))
        low, high = max(share - reach, 0.0), min(share + reach, 1.0)
        return Told(yes / seen * a_minute, (low * a_minute, high * a_minute))


def _batches(low: float, high: float, yes: float, of: float) -> tuple[Batch, Batch]:
    """What speaks for more, and for less, than a share that lies between two."""
    of = max(of, yes)
    return _more(high, yes, of, yes), _more(1.0 - low, of - yes, of, yes)


def _more(usual: float, hits: float, seen: float, total: float) -> Batch:
    usual = min(max(usual, 1e-6), 1.0 - 1e-6)
    odds = _ODDS * usual / (1.0 - usual)
    ways = [*(usual + each * (1.0 - usual) for each in _TOWARDS), odds / (1.0 + odds)]
    factors = tuple(
        hits * log(way / usual) + (seen - hits) * log((1.0 - way) / (1.0 - usual)) for way in ways
    )
    return Batch(factors, seen, hits, usual, total)
