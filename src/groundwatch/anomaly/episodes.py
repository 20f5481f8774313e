"""From scores to episodes: one for each thing that happened."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.evidence import Evidence

CLEARS_AT = 0.1
"""Share of the height below which evidence counts as worn off."""
CALM = 5
"""So many values in a row as usual end an episode, however much evidence there was."""
SILENT = 3 * 3600.0
"""Seconds without a value after which an episode is over."""


class Change(StrEnum):
    """What a value did to the episodes of a series."""

    NONE = "none"
    OPENED = "opened"
    ROSE = "rose"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One value as it was seen.

    Attributes:
        at: seconds since the epoch.
        value: the metric, as it was scored.
        score: standard deviations above the usual peaks of the series.
        rarity: mean -log10 of the probability, over the layers that give one.
        layers: what each layer said.
        expected: the least and the greatest value that would have been ordinary; None if unknown.
    """

    at: float
    value: float
    score: float
    rarity: float
    layers: dict[Layer, float]
    expected: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of a series that is unusual as a whole.

    Attributes:
        start: of the first value that added to the evidence.
        opened: when the evidence was enough.
        peak: the most unusual value.
        last: of the newest value that was unusual.
        end: `last` once it is over; None while it lasts.
    """

    start: float
    opened: float
    peak: Sighting
    last: float
    end: float | None = None


def _fast() -> Evidence:
    return Evidence(drift=1.5, height=4.5)


def _slow() -> Evidence:
    return Evidence(drift=1.0, height=9.0)


@dataclass(slots=True)
class Episodes:
    """Follows one series and says when something begins, gets worse and ends.

    Two sums of evidence run beside each other: one for what is plain within minutes, one for what
    is slight and lasts. Either opens an episode; it ends when both have worn off, so that limits
    for opening and ending are far apart, or when values are back in their range. For `refractory`
    seconds afterwards, only a value more unusual than that episode's peak opens another.

    Attributes:
        calm: values in a row, up to now, that were as usual.
        began: when the evidence that is now there began to grow; `burst` that of what is plain.
        worst: the most unusual value since then.
        former: score of the last episode's peak.
        ended: when it ended.
    """

    fast: Evidence = field(default_factory=_fast)
    slow: Evidence = field(default_factory=_slow)
    refractory: float = 1800.0
    current: Episode | None = None
    began: float | None = None
    burst: float | None = None
    worst: Sighting | None = None
    former: float = 0.0
    ended: float | None = None
    calm: int = 0

    def take(self, seen: Sighting) -> tuple[Change, Episode | None]:
        """Take the next value; returns what changed and the episode it changed."""
        self.fast.take(seen.rarity)
        self.slow.take(seen.rarity)
        self.calm = self.calm + 1 if self._is_usual(seen) else 0
        worn_off = max(self.fast.share, self.slow.share) <= CLEARS_AT
        if self.current is not None:
            return self._follow(self.current, seen, worn_off)
        if self.fast.share <= CLEARS_AT:
            self.burst = None
        elif self.burst is None:
            self.burst = seen.at
        if worn_off:
            self.began = self.worst = None
            return Change.NONE, None
        if self.began is None:
            self.began = seen.at
        if self.worst is None or seen.score > self.worst.score:
            self.worst = seen
        if not (self.fast.reached or self.slow.reached) or self._echo(self.worst):
            return Change.NONE, None
        start = min(self.burst, self.worst.at) if self.fast.reached and self.burst else self.began
        self.current = Episode(start, seen.at, self.worst, last=seen.at)
        return Change.OPENED, self.current

    def _follow(
        self,
        episode: Episode,
        seen: Sighting,
        worn_off: bool,
    ) -> tuple[Change, Episode]:
        if worn_off or self.calm >= CALM:
            return Change.ENDED, self._end(episode, seen.at)
        if seen.rarity > self.fast.drift:
            episode = replace(episode, last=seen.at)
        rose = seen.score > episode.peak.score
        self.current = replace(episode, peak=seen) if rose else episode
        return Change.ROSE if rose else Change.NONE, self.current

    def silent(self, at: float) -> tuple[Change, Episode | None]:
        """Nothing came at a time: what was heard of long ago is over."""
        if self.current is None or at - self.current.last < SILENT:
            return Change.NONE, self.current
        return Change.ENDED, self._end(self.current, at)

    def _end(self, episode: Episode, at: float) -> Episode:
        self.ended, self.former = at, episode.peak.score
        self.current = self.began = self.burst = self.worst = None
        self.fast.amount = self.slow.amount = 0.0
        return replace(episode, end=episode.last)

    def _is_usual(self, seen: Sighting) -> bool:
        if seen.expected is None or seen.rarity >= self.slow.drift:
            return False
        return seen.expected[0] <= seen.value <= seen.expected[1]

    def _echo(self, worst: Sighting) -> bool:
        recent = self.ended is not None and 0.0 <= worst.at - self.ended < self.refractory
        return recent and worst.score <= self.former
