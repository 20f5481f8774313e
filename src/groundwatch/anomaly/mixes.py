"""Watches what answers are made of: the mix of errors and topics, and how scores are spread."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import sqrt
from statistics import fmean, median, pstdev

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.contributors import Contributor
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Change, Episode, Sighting
from groundwatch.anomaly.increments import Reader
from groundwatch.anomaly.shift import DistributionShift, MixShift, parts_of_change
from groundwatch.anomaly.watched import Split
from groundwatch.domain import metrics
from groundwatch.domain.metrics import BUILT_IN
from groundwatch.store.events.histogram import middle

Told = tuple[SeriesKey, Layer, Episode]
MIXES = (Split(metrics.ERRORS, "error_type"), Split(metrics.REQUESTS, "topic"))
SPREADS = (Split(metrics.OVERALL),)
MARKED = 0.25
"""Population stability index of a marked change, by convention."""
_LEAST, _BEYOND_PEAKS, _PEAKS = 6.0, 1.5, 14
_DAY = 86_400.0
_REACH = 0.87
_MOST = 3


@dataclass(slots=True)
class Crossing:
    """An episode while a rarity is beyond a limit, and until it is below half of it.

    The limit is one in a million, or half as much again as the greatest of an ordinary day.
    """

    day: int = 0
    peak: float = 0.0
    peaks: list[float] = field(default_factory=list)
    current: Episode | None = None

    def take(self, seen: Sighting) -> tuple[Change, Episode | None]:
        """Take what was seen at a time."""
        self._next_day(int(seen.at // _DAY))
        needed = max(_LEAST, _BEYOND_PEAKS * median(self.peaks or [0.0]))
        if self.current is None:
            self.peak = max(self.peak, seen.rarity)
            if seen.rarity < needed:
                return Change.NONE, None
            self.current = Episode(seen.at, seen.at, seen, last=seen.at)
            return Change.OPENED, self.current
        if seen.rarity < needed / 2.0:
            ended, self.current = replace(self.current, end=self.current.last), None
            return Change.ENDED, ended
        rose = seen.rarity > self.current.peak.rarity
        peak = seen if rose else self.current.peak
        self.current = replace(self.current, last=seen.at, peak=peak)
        return Change.ROSE if rose else Change.NONE, self.current

    def _next_day(self, day: int) -> None:
        if day > self.day:
            self.peaks = [*self.peaks, self.peak][-_PEAKS:] if self.day else []
            self.day, self.peak = day, 0.0


@dataclass(slots=True)
class Mixes:
    """One shift detector for each mix and spread of each application.

    Attributes:
        is_mixed, is_spread: which of the two layers are on.
    """

    is_mixed: bool = True
    is_spread: bool = True
    mixes: dict[SeriesKey, MixShift] = field(default_factory=dict)
    spreads: dict[SeriesKey, DistributionShift] = field(default_factory=dict)
    crossings: dict[SeriesKey, Crossing] = field(default_factory=dict)

    def turn(self, reader: Reader, applications: Iterable[str]) -> list[Told]:
        """Judge what has come; returns the episodes that lasted, changed or ended meanwhile."""
        found: list[Told] = []
        for application in applications:
            for split in MIXES if self.is_mixed else ():
                found += self._mix(reader, application, split)
            for split in SPREADS if self.is_spread else ():
                found += self._spread(reader, application, split)
        return found

    def moved(self, key: SeriesKey) -> tuple[Contributor, ...]:
        """The kinds that a change of a mix is due to."""
        mix = self.mixes.get(key)
        if mix is None:
            return ()
        split = next(each for each in MIXES if _key(each, key.application) == key)
        before, now = sum(mix.baseline.values()), sum(mix.present.values())
        found = [
            Contributor(
                split.dimension,
                kind,
                round(share, 4),
                mix.present.get(kind, 0.0) / now,
                mix.baseline.get(kind, 0.0) / before,
                mix.present.get(kind, 0.0) / now,
                split.metric.name,
            )
            for kind, share in parts_of_change(mix.baseline, mix.present).items()
        ]
        return tuple(sorted(found, key=lambda one: -one.share)[:_MOST])

    def _mix(self, reader: Reader, application: str, split: Split) -> list[Told]:
        key, found = _key(split, application), list[Told]()
        minutes: dict[float, dict[str, float]] = {}
        for at, label, counts in reader.added(application, split):
            minutes.setdefault(at, {})[label] = sum(counts.values())
        for at, kinds in minutes.items():
            mix = self.mixes.setdefault(key, MixShift())
            rarity = mix.score(kinds)
            mix.learn(kinds, teaches=self._teaches(key, at))
            index = mix.stability
            seen = Sighting(
                at,
                index,
                index / MARKED,
                rarity if index >= MARKED else 0.0,
                {Layer.MIX: rarity},
                (0.0, MARKED),
            )
            found += self._take(key, Layer.MIX, seen)
        return found

    def _spread(self, reader: Reader, application: str, split: Split) -> list[Told]:
        key, found = SeriesKey(split.metric.name, application), list[Told]()
        spread = BUILT_IN[split.metric.name].spread
        for at, _, counts in reader.added(application, split):
            shift = self.spreads.setdefault(key, DistributionShift())
            values = [middle(b, spread) for b, n in counts.items() for _ in range(round(n))]
            values = values[-shift.window :]
            take = shift.learn if self._teaches(key, at) else shift.pass_by
            for value in values[:-1]:
                take(at, value)
            rarity = shift.score(at, values[-1]) if values else 0.0
            if values:
                take(at, values[-1])
            found += self._take(key, Layer.DISTRIBUTION, _of_spread(at, shift, rarity))
        return found

    def _teaches(self, key: SeriesKey, at: float) -> bool:
        """Whether what is seen becomes usual: during an episode only once it has gone on a day."""
        crossing = self.crossings.get(key)
        lasting = crossing.current if crossing is not None else None
        return lasting is None or at - lasting.start >= _DAY

    def _take(self, key: SeriesKey, layer: Layer, seen: Sighting) -> list[Told]:
        crossing = self.crossings.setdefault(key, Crossing())
        _, episode = crossing.take(seen)
        return [] if episode is None else [(key, layer, episode)]


def _key(split: Split, application: str) -> SeriesKey:
    return SeriesKey(f"{split.metric.name}.mix", application)


def _of_spread(at: float, shift: DistributionShift, rarity: float) -> Sighting:
    before, now = shift.baseline, shift.present
    if not before:
        return Sighting(at, fmean(now or [0.0]), 0.0, 0.0, {})
    mean, reach = fmean(before), max(_REACH * pstdev(before), 0.01)
    value = fmean(now)
    beyond = max(abs(value - mean) / reach - 1.0, 0.0) / sqrt(2.0)
    layers = {Layer.DISTRIBUTION: rarity}
    return Sighting(at, value, beyond, rarity, layers, (mean - reach, mean + reach))
