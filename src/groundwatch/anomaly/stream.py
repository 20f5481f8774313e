"""One stream of single observations: doubt in both directions, episodes, how often to be wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import log
from statistics import median

from groundwatch.anomaly.doubt import Batch, Doubt
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Change, Episode, Sighting

WEEK, DAY = 604_800.0, 86_400.0
FALSE_A_WEEK = 0.15
"""False alarms of one stream in a week, were observations exchangeable; there are about six
streams to a metric."""
FEWEST_HITS = 3.0
"""Observations that must speak for a change: one or two are never enough, however rare."""
_LEAST_A_WEEK = 500.0
_BEYOND_PEAKS = 1.5
"""Where observations hang together, doubt rises every day: an alarm must be so far beyond that."""
_PEAKS = 14
_SUSPECT = log(30.0)
_FORGOTTEN = 3 * 3600.0
_UNUSUAL = 0.125


class Side(StrEnum):
    """A direction of change."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Told:
    """How a stretch looks to a person.

    Attributes:
        value: what the observations came to.
        expected: what would have been ordinary.
    """

    value: float
    expected: tuple[float, float]


@dataclass(slots=True)
class Stream:
    """Follows the doubt of one stream and says when something begins and ends.

    Attributes:
        first, last: when the first and the newest observation came.
        seen: observations.
        day, peak, peaks: the greatest doubt of the day, and of the days before.
        current, side: the episode that lasts, and where it went.
    """

    up: Doubt = field(default_factory=Doubt)
    down: Doubt = field(default_factory=Doubt)
    first: float | None = None
    last: float = 0.0
    seen: float = 0.0
    day: int = 0
    peak: float = 0.0
    peaks: list[float] = field(default_factory=list)
    current: Episode | None = None
    side: Side = Side.UP

    def count(self, at: float, seen: float) -> None:
        """Count observations, whether they are judged or not."""
        self.first = at if self.first is None else min(self.first, at)
        self.last = max(self.last, at)
        self.seen += seen

    def knows(self, at: float, enough: float) -> bool:
        """Whether there were enough observations, over a day at least."""
        return self.first is not None and at - self.first >= DAY and self.seen >= enough

    def take(self, at: float, up: Batch, down: Batch) -> None:
        """Take observations that came together; ask `changed` next."""
        self._next_day(at)
        self.up.take(at, up)
        self.down.take(at, down)
        if self.current is None:
            self.side = Side.UP if self.up.amount >= self.down.amount else Side.DOWN
            self.peak = max(self.peak, self.doubt.amount)

    def changed(
        self, at: float, batch: Batch, told: Callable[[], Told]
    ) -> tuple[Change, Episode | None]:
        """What came of it: an episode opens, gets worse or ends.

        Args:
            at: seconds since the epoch.
            batch: what was taken, in the direction `side`.
            told: how the stretch looks since doubt began.
        """
        if self.current is not None:
            return self._follow(self.current, at, batch, told)
        if self.doubt.amount < self.needed or self.doubt.lead.hits < FEWEST_HITS:
            return Change.NONE, None
        self.doubt.settle(batch.usual)
        self.current = Episode(self.doubt.lead.began or at, at, self._sighting(at, told()), last=at)
        return Change.OPENED, self.current

    def silent(self, at: float) -> Episode | None:
        """End what nothing was heard of for hours; returns what ended."""
        if self.current is None or at - self.last < _FORGOTTEN:
            return None
        return self._end(self.current)

    @property
    def doubt(self) -> Doubt:
        """Of the episode's direction, or else the greater one."""
        return self.up if self.side is Side.UP else self.down

    def teaches(self, at: float) -> float:
        """What an observation counts for what is usual: little while an episode is young."""
        is_young = self.current is not None and at - self.current.start < DAY
        return _UNUSUAL if is_young else 1.0

    @property
    def is_suspect(self) -> bool:
        """Whether something may well have changed, though it is not enough for an alarm."""
        return self.doubt.amount >= _SUSPECT and self.doubt.lead.hits >= FEWEST_HITS

    @property
    def needed(self) -> float:
        """Logarithm of the statistic at which an alarm is raised."""
        spent = max((self.last - (self.first or 0.0)) / WEEK, DAY / WEEK)
        weekly = max(self.seen / spent, _LEAST_A_WEEK)
        usual = median(self.peaks) if self.peaks else 0.0
        return max(log(2.0 * weekly / FALSE_A_WEEK), _BEYOND_PEAKS * usual)

    def _follow(
        self, episode: Episode, at: float, batch: Batch, told: Callable[[], Told]
    ) -> tuple[Change, Episode]:
        if self.doubt.recover(batch):
            return Change.ENDED, self._end(episode)
        seen = self._sighting(at, told())
        rose = seen.score > episode.peak.score
        last = at if batch.hits else episode.last
        self.current = replace(episode, last=last, peak=seen if rose else episode.peak)
        return Change.ROSE if rose else Change.NONE, self.current

    def _end(self, episode: Episode) -> Episode:
        self.current = None
        self.up.forget()
        self.down.forget()
        return replace(episode, end=episode.last)

    def _sighting(self, at: float, told: Told) -> Sighting:
        """Rarity: the doubt over how often it could have begun meanwhile."""
        low, high = told.expected
        beyond = max(told.value - high, low - told.value, 0.0) / max(high - low, 1e-12)
        rarity = max(self.doubt.amount - log(max(self.doubt.lead.seen, 1.0)), 0.0) / log(10.0)
        return Sighting(at, told.value, beyond, rarity, {Layer.ANSWERS: rarity}, told.expected)

    def _next_day(self, at: float) -> None:
        day = int(at // DAY)
        if day <= self.day:
            return
        if self.day:
            self.peaks = [*self.peaks, self.peak][-_PEAKS:]
        self.day, self.peak = day, 0.0
