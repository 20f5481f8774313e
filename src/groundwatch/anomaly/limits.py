"""The layer of thresholds: limits of the configuration, minute by minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import isfinite, nan

from groundwatch.anomaly.board import SeriesKey, counted
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Episode, Sighting
from groundwatch.anomaly.feed import MINUTE
from groundwatch.anomaly.settings import ThresholdSettings
from groundwatch.anomaly.surroundings import Numbers
from groundwatch.anomaly.threshold import Limit, Operator, State, Threshold
from groundwatch.anomaly.watched import MACHINE, is_of_machine
from groundwatch.store.events.cells import CellQuery

Told = tuple[SeriesKey, Episode]
_LONGEST = timedelta(hours=1)
"""Minutes longer ago are not made up for."""
_CERTAIN = 6.0


@dataclass(frozen=True, slots=True)
class Place:
    """A limit on a series."""

    series: SeriesKey
    limit: Limit


@dataclass(slots=True)
class Held:
    """Where a limit stands, and the episode while it is breached."""

    threshold: Threshold
    current: Episode | None = None

    def take(self, at: float, value: float) -> Episode | None:
        """Take a minute's value, not finite for none; returns the episode that lasts or ended."""
        self.threshold.learn(at, value)
        state, limit = self.threshold.state, self.threshold.limit
        if state is State.BREACHED and isfinite(value):
            seen = _sighting(at, value, limit)
            if self.current is None:
                self.current = Episode(self.threshold.since, at, seen, last=at)
            worse = seen.score > self.current.peak.score
            self.current = replace(self.current, last=at, peak=seen if worse else self.current.peak)
            return self.current
        if state is State.CLEAR and self.current is not None:
            ended, self.current = replace(self.current, end=self.current.last), None
            return ended
        return self.current


@dataclass(slots=True)
class Limits:
    """Every limit on every series that it is about.

    Attributes:
        next: the first minute that was not judged yet.
    """

    held: dict[Place, Held] = field(default_factory=dict)
    next: datetime | None = None

    def turn(
        self,
        numbers: Numbers,
        wanted: Sequence[ThresholdSettings],
        applications: Iterable[str],
        until: datetime,
    ) -> list[Told]:
        """Judge each minute before `until` once; returns the episodes that last or ended."""
        since = max(self.next or until - MINUTE, until - _LONGEST)
        self.next = until
        if since >= until:
            return []
        found: list[Told] = []
        for each in wanted:
            everywhere = [MACHINE] if is_of_machine(each.metric) else applications
            for application in [each.application] if each.application else everywhere:
                found += self._judge(numbers, each, application, since, until)
        return found

    def _judge(
        self,
        numbers: Numbers,
        wanted: ThresholdSettings,
        application: str,
        since: datetime,
        until: datetime,
    ) -> list[Told]:
        query = CellQuery(
            wanted.metric, since, until, "minute", application, wanted.dimension, wanted.label
        )
        values: dict[str, dict[datetime, float]] = {}
        for cell in numbers.cells(query):
            value = cell.weight if counted(wanted.metric) else cell.total / cell.weight
            values.setdefault(cell.label, {})[cell.at] = value
        limit, none = wanted.limit, 0.0 if counted(wanted.metric) else nan
        known = {place.series.label for place in self.held if _is_of(place, wanted, application)}
        found: list[Told] = []
        for label in sorted(known | values.keys() | ({""} if not wanted.dimension else set())):
            series = SeriesKey(wanted.metric, application, wanted.dimension, label)
            held = self.held.setdefault(Place(series, limit), Held(Threshold(limit)))
            at = since
            while at < until:
                value = values.get(label, {}).get(at, none)
                episode = held.take(at.timestamp(), value)
                found += [] if episode is None else [(series, episode)]
                at += MINUTE
        return found


def _is_of(place: Place, wanted: ThresholdSettings, application: str) -> bool:
    series = place.series
    named = (series.metric, series.application, series.dimension)
    return place.limit == wanted.limit and named == (wanted.metric, application, wanted.dimension)


def _sighting(at: float, value: float, limit: Limit) -> Sighting:
    """How far beyond, against the limit itself; what is allowed is what was to be expected."""
    upward = limit.operator in {Operator.GT, Operator.GTE}
    reach = abs(limit.value) or 1.0
    expected = (limit.value - reach, limit.value) if upward else (limit.value, limit.value + reach)
    layers = {Layer.THRESHOLD: _CERTAIN}
    allowed = None if limit.operator is Operator.EQ else expected
    return Sighting(at, value, abs(value - limit.value) / reach, _CERTAIN, layers, allowed)
