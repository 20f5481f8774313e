"""Watches single answers as they arrive, several times a minute, instead of means over minutes.

What is few tells nothing by the minute and much one by one: three answers of a model that each take
longer than one in a thousand did are enough.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from groundwatch.anomaly.board import SeriesKey
from groundwatch.anomaly.contributors import Contributor
from groundwatch.anomaly.episodes import Change, Episode
from groundwatch.anomaly.increments import Added, Reader
from groundwatch.anomaly.shares import ShareStream
from groundwatch.anomaly.stream import Stream
from groundwatch.anomaly.values import ValueStream
from groundwatch.anomaly.watched import MOST_LABELS, SHARES, VALUES, Among, ShareOf
from groundwatch.domain.metrics import BUILT_IN

Told = tuple[SeriesKey, Episode]
_SUSPECTS = 2
_BEFORE = 600.0


@dataclass(slots=True)
class Answers:
    """Judges what is new in cells at once, and follows episodes.

    Attributes:
        limit: how many streams there may be.
        values, shares: the streams by series.
    """

    limit: int = 300
    values: dict[SeriesKey, ValueStream] = field(default_factory=dict)
    shares: dict[SeriesKey, ShareStream] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def turn(self, reader: Reader, applications: Iterable[str], now: datetime) -> list[Told]:
        """Judge what has come; returns the episodes that lasted, changed or ended meanwhile."""
        found: list[Told] = []
        for application in applications:
            told = self._judge(reader, application)
            if application not in self.known:  # of the past, only what lasts
                self.known.add(application)
                current = {key: stream.current for key, stream in self._streams()}
                told = [each for each in told if current.get(each[0]) is each[1]]
            found += told
        for key, stream in self._streams():
            over = stream.silent(now.timestamp())
            found += [] if over is None else [(key, over)]
        return found

    def suspects(self, key: SeriesKey, episode: Episode) -> tuple[Contributor, ...]:
        """Labels whose own share changed since then, by how much of the change they explain."""
        own = self.shares.get(key)
        if own is None or key.label or own.stream.current is None:
            return ()
        yes, usual, _ = own.shortfall()
        found = [
            _contributor(other, stream, abs(yes - usual))
            for other, stream in self.shares.items()
            if other.application == key.application
            and other.metric != key.metric
            and other.label
            and stream.stream.is_suspect
            and (stream.stream.doubt.lead.began or 0.0) >= episode.start - _BEFORE
        ]
        return tuple(sorted(found, key=lambda one: -one.share)[:_SUSPECTS])

    def _streams(self) -> Iterator[tuple[SeriesKey, Stream]]:
        yield from ((key, each.stream) for key, each in self.values.items())
        yield from ((key, each.stream) for key, each in self.shares.items())

    def _judge(self, reader: Reader, application: str) -> list[Told]:
        found: list[Told] = []
        for split in VALUES:
            for at, label, counts in reader.added(application, split):
                key = SeriesKey(split.metric.name, application, split.dimension, label)
                found += _told(key, self._value(key).take(at, counts))
        for each in SHARES:
            yes, of = reader.added(application, each.yes), reader.added(application, each.of)
            found += self._shares(application, each, yes, of)
        return found

    def _value(self, key: SeriesKey) -> ValueStream:
        stream = self.values.get(key)
        if stream is None:
            stream = ValueStream(BUILT_IN[key.metric].spread)
            if self._has_room(key, self.values):
                self.values[key] = stream
        return stream

    def _shares(self, application: str, wanted: ShareOf, yes: Added, of: Added) -> Iterator[Told]:
        """Feed minute by minute what was so, of how many."""
        hits, trials = _by_minute(yes), _by_minute(of)
        for at in sorted(hits.keys() | trials.keys()):
            own, all_ = hits.get(at, {}), trials.get(at, {})
            if wanted.among is Among.STRATA:
                pairs = {name: (own.get(name, 0.0), all_.get(name, 0.0)) for name in own | all_}
                key = SeriesKey(wanted.yes.metric.name, application)
                yield from _told(key, self._share(key).take(at, pairs))
                continue
            for label in self._labels(application, wanted, own, all_):
                key = SeriesKey(wanted.yes.metric.name, application, wanted.yes.dimension, label)
                seen = all_.get("" if wanted.among is Among.WHOLE else label, 0.0)
                pairs = {"": (own.get(label, 0.0), seen)}
                yield from _told(key, self._share(key).take(at, pairs))

    def _labels(
        self,
        application: str,
        wanted: ShareOf,
        yes: dict[str, float],
        of: dict[str, float],
    ) -> list[str]:
        """Those that are there now; of a whole also those that were there before, or never were."""
        if wanted.among is Among.EACH:
            return sorted(yes | of)
        metric, dimension = wanted.yes.metric, wanted.yes.dimension
        known = [
            key.label
            for key in self.shares
            if (key.metric, key.application, key.dimension) == (metric.name, application, dimension)
        ]
        never = [""] if metric.higher_is == "worse" else []
        return sorted({*known, *never, *yes})

    def _share(self, key: SeriesKey) -> ShareStream:
        """The stream of a series; a label that is new and bad was never there until now."""
        stream = self.shares.get(key)
        if stream is None:
            never = self.shares.get(SeriesKey(key.metric, key.application, key.dimension))
            stream = deepcopy(never) if key.label and never is not None else ShareStream()
            if self._has_room(key, self.shares):
                self.shares[key] = stream
        return stream

    def _has_room(self, key: SeriesKey, streams: Iterable[SeriesKey]) -> bool:
        if len(self.values) + len(self.shares) >= self.limit:
            return False
        wanted = (key.metric, key.application, key.dimension)
        alike = [k for k in streams if (k.metric, k.application, k.dimension) == wanted]
        return len(alike) <= MOST_LABELS


def _told(key: SeriesKey, taken: tuple[Change, Episode | None]) -> list[Told]:
    return [] if taken[1] is None else [(key, taken[1])]


def _by_minute(added: Added) -> dict[float, dict[str, float]]:
    found: dict[float, dict[str, float]] = {}
    for at, label, counts in added:
        found.setdefault(at, {})[label] = sum(counts.values())
    return found


def _contributor(key: SeriesKey, stream: ShareStream, change: float) -> Contributor:
    """How much of a change by so many answers a label's own change is."""
    yes, usual, seen = stream.shortfall()
    share = min(abs(yes - usual) / change, 1.0) if change else 1.0
    minutes = (stream.stream.last - (stream.stream.doubt.lead.began or 0.0)) / 60.0 + 1.0
    before, during = usual / minutes, yes / minutes
    return Contributor(
        key.dimension, key.label, round(share, 4), usual / seen, before, during, key.metric
    )
