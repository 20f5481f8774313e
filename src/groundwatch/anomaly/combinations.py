"""Answers that are unusual as a whole, though no single number of theirs is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import log1p, nan
from typing import Protocol

import structlog

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.contributors import Contributor, Part, Stretch, contributors
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Episode, Sighting
from groundwatch.anomaly.evidence import Evidence
from groundwatch.anomaly.forest import Forest
from groundwatch.domain.scores import Dimension
from groundwatch.errors import Unusable
from groundwatch.store.events.recorded import Filter, Recorded

METRIC = "combination"
Told = tuple[SeriesKey, Episode]
_WAITS = timedelta(seconds=60)
"""For scores, which come after the answer."""
_BATCH, _PAST = 200, 2000
_UNUSUAL, _USUAL_SHARE = 1.301, 0.05
"""Rarity from which an answer counts as unusual, and how many do in ordinary times."""
_WIDTH = 5
_LABELLED = 300
_log = structlog.get_logger("anomalies")


class Listed(Protocol):
    """Where interactions are read."""

    def page(self, wanted: Filter, *, limit: int = 50) -> list[Recorded]: ...


def vector(one: Recorded) -> list[float]:
    """Latency, cost, tokens, overall quality and retrieval score; what is unknown is not finite."""
    told, quality = one.interaction, one.quality
    retrieval = quality.score(Dimension.RETRIEVAL) if quality else None
    return [
        log1p(told.duration),
        nan if told.cost is None else log1p(1000.0 * told.cost),
        log1p(told.input_tokens + told.output_tokens),
        nan if quality is None or quality.overall is None else quality.overall,
        nan if retrieval is None or retrieval.value is None else retrieval.value,
    ]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one answer."""

    at: float
    rarity: float
    labels: tuple[tuple[str, str], ...]


def _evidence() -> Evidence:
    return Evidence(drift=0.5, height=9.0)


@dataclass(slots=True)
class Combination:
    """The forest of one application, and what it said of the last answers.

    Attributes:
        since: from where on answers are read, seconds since the epoch.
        began: when the evidence that is there began to grow.
    """

    since: float
    forest: Forest = field(default_factory=lambda: Forest(_WIDTH))
    evidence: Evidence = field(default_factory=_evidence)
    judged: list[Judged] = field(default_factory=list)
    began: float | None = None
    current: Episode | None = None

    def take(self, answers: Sequence[Recorded]) -> Episode | None:
        """Judge answers batch by batch, and learn each; returns the episode that lasts or ended."""
        ended: Episode | None = None
        for first in range(0, len(answers), _BATCH):
            batch = answers[first : first + _BATCH]
            vectors = [vector(each) for each in batch]
            for one, rarity in zip(batch, self.forest.score(vectors), strict=True):
                at = one.interaction.started_at.timestamp()
                self.judged = [*self.judged, Judged(at, rarity, _labels(one))][-_LABELLED:]
                self.evidence.take(rarity if rarity >= _UNUSUAL else 0.0)
                ended = self._follow(at) or ended
            self.forest.learn(vectors)
        return self.current or ended

    def moved(self, start: float) -> tuple[Contributor, ...]:
        """Labels that unusual answers have in common."""
        before, during = (
            _stretch([each for each in self.judged if (each.at >= start) is later])
            for later in (False, True)
        )
        return contributors(before, during, counted=False)

    def _follow(self, at: float) -> Episode | None:
        if self.evidence.share <= 0.0:
            self.began = None
        elif self.began is None:
            self.began = at
        if self.current is None:
            if self.evidence.reached:
                seen = self._sighting(at)
                self.current = Episode(self.began or at, at, seen, last=at)
            return None
        if self.evidence.share <= 0.1:
            ended, self.current = replace(self.current, end=self.current.last), None
            return ended
        seen = self._sighting(at)
        peak = seen if seen.value > self.current.peak.value else self.current.peak
        self.current = replace(self.current, last=at, peak=peak)
        return None

    def _sighting(self, at: float) -> Sighting:
        start = self.began or at
        own = [each.rarity for each in self.judged if each.at >= start] or [0.0]
        share = sum(each >= _UNUSUAL for each in own) / len(own)
        rarity = sum(own) / len(own)
        layers = {Layer.COMBINATION: rarity}
        return Sighting(at, share, share / _USUAL_SHARE, rarity, layers, (0.0, _USUAL_SHARE))


@dataclass(slots=True)
class Combinations:
    """Every application's answers as vectors, in batches; off where scikit-learn is missing."""

    each: dict[str, Combination] = field(default_factory=dict)
    is_off: bool = field(default=False, init=False)

    def turn(
        self, listed: Listed, applications: Iterable[str], now: datetime, days: int
    ) -> list[Told]:
        """Judge the answers that have their scores by now."""
        if self.is_off:
            return []
        until, found = now - _WAITS, list[Told]()
        for application in applications:
            own = self.each.get(application)
            if own is None:
                past = until - timedelta(days=days)
                own = self.each[application] = Combination(past.timestamp())
            try:
                episode = own.take(_answers(listed, application, own, until))
            except Unusable as error:
                _log.warning("combinations are not looked at", error=str(error))
                self.is_off = True
                return []
            if episode is not None:
                found.append((SeriesKey(METRIC, application), episode))
        return found

    def moved(self, key: SeriesKey, episode: Episode) -> tuple[Contributor, ...]:
        """What unusual answers have in common; nothing for another series."""
        own = self.each.get(key.application)
        return own.moved(episode.start) if own is not None and key.metric == METRIC else ()


def _answers(listed: Listed, application: str, own: Combination, until: datetime) -> list[Recorded]:
    """Those that began since the last look, in their order."""
    since = datetime.fromtimestamp(own.since, UTC)
    wanted = Filter(application=application, since=since, until=until)
    found = listed.page(wanted, limit=_PAST)
    own.since = until.timestamp()
    return found[::-1]


def _labels(one: Recorded) -> tuple[tuple[str, str], ...]:
    told, quality = one.interaction, one.quality
    pairs = [
        ("model", told.model),
        ("group", told.group),
        ("endpoint", told.endpoint),
        ("topic", quality.topic if quality else ""),
        *(("source", each) for each in sorted({passage.source for passage in told.passages})),
    ]
    return tuple((name, label) for name, label in pairs if label)


def _stretch(judged: Sequence[Judged]) -> Stretch:
    """How many there were, and how many of them are unusual, by label."""
    sums: dict[tuple[str, str], tuple[float, float]] = {}
    for one in judged:
        for label in one.labels:
            weight, total = sums.get(label, (0.0, 0.0))
            sums[label] = (weight + 1.0, total + float(one.rarity >= _UNUSUAL))
    parts = tuple(Part(*label, *pair) for label, pair in sums.items())
    unusual = sum(one.rarity >= _UNUSUAL for one in judged)
    return Stretch(1.0, float(len(judged)), float(unusual), parts)
