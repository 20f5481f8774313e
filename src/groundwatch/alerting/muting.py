"""What keeps an alert from being told by somebody's word: inhibition, times, silences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundwatch.alerting.inhibiting import Inhibitor
from groundwatch.alerting.intervals import Intervals
from groundwatch.alerting.matchers import Matchers, matcher, matches
from groundwatch.alerting.routing import Route
from groundwatch.domain.alerts import Silence, SilenceState


class Cause(StrEnum):
    """What kept it quiet."""

    INHIBITED = "inhibited"
    MUTE_TIME = "mute time"
    NOT_ACTIVE = "outside active time"
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True)
class Mute:
    """Why an alert is not told now.

    Attributes:
        by: fingerprints, names of time intervals, or ids of silences.
        words: the same for people: names of alerts, or who silenced and why.
    """

    cause: Cause
    by: tuple[str, ...]
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = "; ".join(dict.fromkeys(self.words)) or ", ".join(self.by)
        return f"{self.cause} by {said}" if said else str(self.cause)


@dataclass(frozen=True, slots=True)
class Active:
    """A silence that holds, ready to be asked."""

    id: str
    matchers: Matchers
    words: str


def active(silences: Sequence[Silence], now: datetime) -> tuple[Active, ...]:
    """Those that hold now."""
    return tuple(
        Active(
            each.id,
            tuple(matcher(one) for one in each.conditions),
            f"{each.created_by} ({each.comment})",
        )
        for each in silences
        if each.state(now) is SilenceState.ACTIVE
    )


@dataclass(frozen=True, slots=True)
class Quiet:
    """Everything that can keep alerts quiet at one moment."""

    inhibitor: Inhibitor
    silences: tuple[Active, ...]
    intervals: Intervals
    now: datetime

    def mutes(self, route: Route, labels: Mapping[str, str]) -> tuple[Mute, ...]:
        """Why an alert is not told on a route, in the order it is asked; empty when it may be."""
        inhibitors = self.inhibitor.inhibited_by(labels)
        found = self.times(route)
        if inhibitors:
            names = tuple(self.inhibitor.name_of(each) for each in inhibitors)
            found.insert(0, Mute(Cause.INHIBITED, inhibitors, names))
        hit = [each for each in self.silences if matches(each.matchers, labels)]
        if hit:
            ids, words = zip(*((each.id, each.words) for each in hit), strict=True)
            found.append(Mute(Cause.SILENCED, ids, words))
        return tuple(found)

    def times(self, route: Route) -> list[Mute]:
        """Why a whole route tells nothing now."""
        muted = tuple(name for name in route.muted_in if self._holds(name))
        found = [Mute(Cause.MUTE_TIME, muted)] if muted else []
        if route.active_in and not any(self._holds(name) for name in route.active_in):
            found.append(Mute(Cause.NOT_ACTIVE, route.active_in))
        return found

    def _holds(self, name: str) -> bool:
        return any(each.holds(self.now) for each in self.intervals.get(name, ()))
