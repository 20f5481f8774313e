"""From scores to episodes: one for each thing that happened."""

from dataclasses import dataclass, field
from enum import StrEnum

from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.refractory import Refractory

OPENS_AT = 1.5
"""Standard deviations above a series' usual peaks at which an episode opens."""
CLEARS_AT = 0.5
"""Below this a value is ordinary again."""


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
        expected: the least and the greatest value that would have been ordinary; None if unknown.
        rarity: mean -log10 of the probability, over the layers that give one.
        layers: what each layer said.
    """

    at: float
    value: float
    score: float
    rarity: float
    layers: dict[Layer, float]
    expected: tuple[float, float] | None = None


@dataclass(slots=True)
class Episode:
    """A stretch of a series that is unusual as a whole.

    Attributes:
        start: of the value that opened it.
        end: of its last unusual value; None while it lasts.
        values: how many it spans.
    """

    start: float
    peak: Sighting
    end: float | None = None
    last: float = 0.0
    values: int = 1


@dataclass(slots=True)
class Episodes:
    """Follows one series and says when something begins, gets worse and ends.

    An episode opens at a score that is also the greatest of the refractory time, so that the echo
    of one event opens no second one. It ends after `quiet` values below the lower limit.

    Attributes:
        opens_at, clears_at: limits of the score; between them an episode neither opens nor ends.
        quiet: ordinary values in a row that end it.
        calm: how many there are now.
        current: the episode that lasts.
    """

    opens_at: float = OPENS_AT
    clears_at: float = CLEARS_AT
    quiet: int = 5
    calm: int = 0
    refractory: Refractory = field(default_factory=Refractory)
    current: Episode | None = None

    def take(self, seen: Sighting) -> tuple[Change, Episode | None]:
        """Take the next value; returns what changed and the episode it changed."""
        news = self.refractory.take(seen.score)
        if self.current is None:
            return self._open(seen, news)
        episode = self.current
        episode.values += 1
        if seen.score >= self.clears_at:
            self.calm = 0
            episode.last = seen.at
            if seen.score <= episode.peak.score:
                return Change.NONE, episode
            episode.peak = seen
            return Change.ROSE, episode
        self.calm += 1
        if self.calm < self.quiet:
            return Change.NONE, episode
        episode.end, self.current = episode.last, None
        episode.values -= self.calm
        return Change.ENDED, episode

    def _open(self, seen: Sighting, news: float) -> tuple[Change, Episode | None]:
        if news < self.opens_at:
            return Change.NONE, None
        self.calm = 0
        self.current = Episode(seen.at, seen, last=seen.at)
        return Change.OPENED, self.current
