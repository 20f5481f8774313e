"""Watches the main series of every application, minute by minute."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from groundwatch.anomaly.board import MINUTES, Board, SeriesKey, counted
from groundwatch.anomaly.ensemble import layers_named
from groundwatch.anomaly.episodes import Change, Episode
from groundwatch.anomaly.feed import LATE, MINUTE, Feed, Sums
from groundwatch.anomaly.findings import Finding, finding
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.anomaly.surroundings import Numbers, context_of
from groundwatch.anomaly.watched import MOST_LABELS, WATCHED, Split
from groundwatch.store.events.cells import CellQuery

_BAND_MINUTES = 240
_BEFORE_SHOWN = timedelta(hours=1)
FEWEST_EVENTS = 2.5
"""More than was usual, within the minutes that a count is pooled over."""
_PAST_EPISODES = 3
"""Of each series, when it learns from its past."""


@dataclass(frozen=True, slots=True)
class BandPoint:
    """One judged minute: the value as it was pooled, and what would have been ordinary."""

    at: datetime
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding with the minutes around it.

    Attributes:
        seen_at: the last minute that was judged.
        band: from an hour before it began.
    """

    finding: Finding
    seen_at: datetime
    band: tuple[BandPoint, ...]


Labels = dict[str, dict[datetime, Sums]]


@dataclass(slots=True)
class Watcher:
    """Reads cells, judges each minute of each series once, and tells what is unusual.

    Not thread-safe.

    Attributes:
        feeds: how far each series was read.
    """

    numbers: Numbers
    settings: AnomalySettings
    board: Board = field(init=False)
    feeds: dict[SeriesKey, Feed] = field(default_factory=dict)
    _read: dict[tuple[str, Split], datetime] = field(default_factory=dict)
    _bands: dict[SeriesKey, deque[BandPoint]] = field(default_factory=dict)
    _lasting: dict[SeriesKey, Episode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the board that the settings ask for."""
        self.board = Board(self.settings.series, layers_named(self.settings.layers))

    @property
    def lasting(self) -> frozenset[SeriesKey]:
        """Series in which an episode lasts."""
        return frozenset(self._lasting)

    def turn(self, now: datetime) -> list[Seen]:
        """Judge every minute that is complete; returns what began, changed, lasts or ended."""
        settled = now - timedelta(seconds=self.settings.settle_seconds)
        until = settled.replace(second=0, microsecond=0)
        found: dict[tuple[SeriesKey, float], Episode] = {}
        for application in self.numbers.applications(until - timedelta(days=1)):
            for split in WATCHED:
                for key, minutes in self._minutes(application, split, until):
                    for episode in self._judge(key, minutes, until):
                        found[key, episode.start] = episode
        return [
            self._tell(key, episode, until)
            for (key, _), episode in found.items()
            if not _are_too_few(key, episode)
        ]

    def _minutes(
        self, application: str, split: Split, until: datetime
    ) -> Iterator[tuple[SeriesKey, Mapping[datetime, Sums]]]:
        """The minutes of each series of a split that are not judged, and the late ones before."""
        past = until - timedelta(days=self.settings.history_days)
        read = self._read.get((application, split))
        if read is not None and read >= until:
            return
        mine = self._known(application, split)
        since = past if read is None else min([read, *(self.feeds[key].next for key in mine)])
        labels = self._cells(application, split, max(past, since - LATE), until)
        self._read[application, split] = until
        for label in _greatest(labels, {key.label for key in mine}):
            key = SeriesKey(split.metric.name, application, split.dimension, label)
            minutes = labels.get(label, {})
            if key not in self.feeds:
                if len(self.feeds) >= self.settings.series:
                    continue
                if read is not None:
                    minutes = self._cells(application, split, past, until, label).get(label, {})
                begun = self._begun(application, past) if counted(key.metric) else None
                self.feeds[key] = Feed(begun or min(minutes, default=until))
            self.feeds[key].next = max(self.feeds[key].next, past)
            yield key, minutes

    def _known(self, application: str, split: Split) -> list[SeriesKey]:
        wanted = (split.metric.name, application, split.dimension)
        return [k for k in self.feeds if (k.metric, k.application, k.dimension) == wanted]

    def _begun(self, application: str, past: datetime) -> datetime | None:
        """A count is nothing, not unknown, since the application's first question."""
        own = SeriesKey(WATCHED[0].metric.name, application)
        first = self.board.first(own)
        return None if first is None else max(past, datetime.fromtimestamp(first, UTC))

    def _cells(
        self,
        application: str,
        split: Split,
        since: datetime,
        until: datetime,
        label: str | None = None,
    ) -> Labels:
        query = CellQuery(
            split.metric.name, since, until, "minute", application, split.dimension, label
        )
        found: Labels = {}
        for cell in self.numbers.cells(query):
            if cell.at < until:
                found.setdefault(cell.label, {})[cell.at] = (cell.weight, cell.total)
        return found

    def _judge(
        self, key: SeriesKey, minutes: Mapping[datetime, Sums], until: datetime
    ) -> list[Episode]:
        """Judge what is new of a series; returns the episodes that changed or last."""
        is_count = counted(key.metric)
        band = self._bands.setdefault(key, deque(maxlen=_BAND_MINUTES))
        found: dict[float, Episode] = {}
        for at, (weight, total) in self.feeds[key].take(minutes, until):
            value = weight if is_count else (total / weight if weight > 0 else 0.0)
            taken = self.board.take(key, at.timestamp(), value, 1.0 if is_count else weight)
            if not taken.assessment.missing:
                band.append(BandPoint(at, value, *(taken.expected or (None, None))))
            if taken.episode is not None:
                found[taken.episode.start] = taken.episode
            if taken.change is Change.ENDED:
                self._lasting.pop(key, None)
            elif taken.episode is not None:
                self._lasting[key] = taken.episode
        return [*found.values()][-_PAST_EPISODES:]

    def _tell(self, key: SeriesKey, episode: Episode, until: datetime) -> Seen:
        start = datetime.fromtimestamp(episode.start, UTC)
        end = until if episode.end is None else datetime.fromtimestamp(episode.end, UTC) + MINUTE
        context = context_of(self.numbers, key, start, end)
        band = [
            each
            for each in self._bands.get(key, ())
            if start - _BEFORE_SHOWN <= each.at <= end + _BEFORE_SHOWN
        ]
        return Seen(finding(episode, context), until, tuple(band))


def _are_too_few(key: SeriesKey, episode: Episode) -> bool:
    """Whether a count is unusual by one or two events: rare, and yet nothing to tell anybody."""
    expected = episode.peak.expected
    if expected is None or not counted(key.metric) or episode.peak.value <= expected[1]:
        return False
    return (episode.peak.value - max(0.0, expected[1])) * MINUTES < FEWEST_EVENTS


def _greatest(labels: Labels, known: set[str]) -> list[str]:
    """Those that are watched, and the greatest of the others that there is room for."""
    sizes = {label: sum(w for w, _ in minutes.values()) for label, minutes in labels.items()}
    others = sorted((label for label in labels if label not in known), key=lambda x: -sizes[x])
    return [*sorted(known), *others[: max(0, MOST_LABELS - len(known))]]
