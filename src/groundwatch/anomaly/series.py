"""One metric of one label, watched: values in, episodes out, state kept between runs."""

from dataclasses import dataclass, field, replace
from math import isfinite

from groundwatch.anomaly.ensemble import WARM_UP, Assessment, Ensemble
from groundwatch.anomaly.episodes import Change, Episode, Episodes, Sighting
from groundwatch.anomaly.memory import Plain, recall, remember
from groundwatch.anomaly.pool import Pool

VERSION = 2
LEARNS_FOR = 86_400.0
"""Seconds: a series that has not seen a whole day does not know what is usual."""
STEADY = 0.002
"""Rate of the calibration for values that come by the minute."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one value came to.

    Attributes:
        expected: the range that would have been ordinary; None while learning.
        episode: the one that `change` is about, or that lasts; None in ordinary times.
    """

    assessment: Assessment
    expected: tuple[float, float] | None
    change: Change
    episode: Episode | None


@dataclass(slots=True)
class WatchedSeries:
    """Scores each value by the earlier ones, then learns it, and follows episodes.

    A value that is not finite, or rests on nothing, is a gap: it changes nothing, but a silence of
    hours ends an episode. While the series
    is learning, no episode opens.

    Attributes:
        pool: what evens out minutes with few answers.
        first: when the first value came.
    """

    ensemble: Ensemble = field(default_factory=lambda: Ensemble(tail_rate=STEADY, steady=True))
    episodes: Episodes = field(default_factory=Episodes)
    pool: Pool = field(default_factory=lambda: Pool(enough=0.0))
    learns_for: float = LEARNS_FOR
    first: float | None = None

    def take(self, at: float, value: float, weight: float = 1.0) -> Taken:
        """Take the next value.

        Args:
            at: seconds since the epoch; may repeat or jump.
            value: the metric at that time.
            weight: how many observations it is the mean of.
        """
        if not isfinite(value) or weight <= 0.0:
            found = Assessment(0.0, learning=self._learning(at), missing=True)
            return Taken(found, None, *self.episodes.silent(at))
        value = self.pool.take(value, weight)
        self.first = at if self.first is None else min(self.first, at)
        learning = self._learning(at)
        expected = self.ensemble.expected(at)
        found = self.ensemble.take(at, value)
        if learning:
            return Taken(replace(found, learning=True), None, Change.NONE, self.episodes.current)
        seen = Sighting(at, value, found.score, found.rarity, found.layers, expected)
        change, episode = self.episodes.take(seen)
        return Taken(found, expected, change, episode)

    def _learning(self, at: float) -> bool:
        known = self.ensemble.seen >= WARM_UP and self.first is not None
        return not known or at - (self.first or at) < self.learns_for

    def state(self) -> dict[str, Plain]:
        """Everything learned, as plain data."""
        return {"version": VERSION, "series": remember(self)}


def restore(state: dict[str, Plain]) -> WatchedSeries | None:
    """The series as it was; None when the state is of another version, to learn anew.

    Raises:
        InvalidInput: the state is damaged.
    """
    if state.get("version") != VERSION:
        return None
    return recall(WatchedSeries, state.get("series"))
