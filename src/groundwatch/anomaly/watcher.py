"""Watches the main series of every application, minute by minute."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from groundwatch.anomaly.answers import Answers
from groundwatch.anomaly.bands import BandPoint, minutes_of
from groundwatch.anomaly.board import Board, SeriesKey, counted
from groundwatch.anomaly.combinations import Combinations, Listed
from groundwatch.anomaly.ensemble import BESIDE, Layer, layers_named
from groundwatch.anomaly.episodes import Episode
from groundwatch.anomaly.feed import LATE, MINUTE, Feed, Sums
from groundwatch.anomaly.findings import Finding, finding
from groundwatch.anomaly.handful import rests_on_a_handful
from groundwatch.anomaly.increments import Increments, Reader
from groundwatch.anomaly.joint import MINUTES, Joint
from groundwatch.anomaly.limits import Held, Limits, Place
from groundwatch.anomaly.memory import Plain, recall, remember
from groundwatch.anomaly.mixes import Mixes
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.anomaly.surroundings import Numbers, context_of
from groundwatch.anomaly.watched import MACHINE, MOST_LABELS, OF_MACHINE, WATCHED, Split
from groundwatch.store.events.cells import CellQuery

_BAND_MINUTES = 240
_BEFORE_SHOWN = timedelta(hours=1)
_PAST_EPISODES = 3
"""Of each series, when it learns from its past."""


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
        feeds: how far the minutes of each series were read.
        listed: where interactions are read; None to look at no combinations.
        answers, mixes, limits, combinations: the watchers beside the minutes.
        joints: the episodes that last.
    """

    numbers: Numbers
    settings: AnomalySettings
    listed: Listed | None = None
    layers: tuple[Layer, ...] = field(init=False)
    board: Board = field(init=False)
    reader: Reader = field(init=False)
    answers: Answers = field(init=False)
    mixes: Mixes = field(init=False)
    limits: Limits = field(default_factory=Limits)
    combinations: Combinations = field(default_factory=Combinations)
    feeds: dict[SeriesKey, Feed] = field(default_factory=dict)
    joints: dict[SeriesKey, Joint] = field(default_factory=dict)
    _read: dict[tuple[str, Split], datetime] = field(default_factory=dict)
    _bands: dict[SeriesKey, deque[BandPoint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the watchers that the settings ask for."""
        self.layers = layers_named(self.settings.layers)
        together = tuple(each for each in self.layers if each not in BESIDE)
        self.board = Board(self.settings.series, together)
        self.reader = Reader(self.numbers, self.settings.history_days)
        self.answers = Answers(self.settings.series)
        self.mixes = Mixes(Layer.MIX in self.layers, Layer.DISTRIBUTION in self.layers)

    def beside(self) -> dict[str, Plain]:
        """What the watchers beside the minutes have learned, and the episodes that last."""
        return {
            "layers": remember(self.layers),
            "read": remember(self.reader.read),
            "answers": remember(self.answers),
            "mixes": remember(self.mixes),
            "limits": remember(self.limits.held),
            "combinations": remember(self.combinations),
            "joints": remember(self.joints),
        }

    def go_on(self, state: dict[str, Plain]) -> None:
        """Go on from what `beside` gave; with other layers they learn anew.

        Raises:
            InvalidInput: the state is damaged.
        """
        if state["layers"] != remember(self.layers):
            return
        joints = recall(dict[SeriesKey, Joint], state["joints"])
        read = recall(dict[SeriesKey, Increments], state["read"])
        self.answers, self.mixes, self.combinations, self.limits.held = (
            recall(Answers, state["answers"]),
            recall(Mixes, state["mixes"]),
            recall(Combinations, state["combinations"]),
            recall(dict[Place, Held], state["limits"]),
        )
        self.reader.read, self.joints = read, joints

    @property
    def lasting(self) -> frozenset[SeriesKey]:
        """Series in which an episode lasts."""
        return frozenset(self.joints)

    def turn(self, now: datetime) -> list[Seen]:
        """Judge what is new; returns what began, changed, lasts or ended."""
        settled = now - timedelta(seconds=self.settings.settle_seconds)
        until = settled.replace(second=0, microsecond=0)
        applications = self.numbers.applications(until - timedelta(days=1))
        found: dict[tuple[SeriesKey, float], Joint] = {}
        for who, key, episode in self._watched(applications, until, now):
            joint = self._join(key, who, episode)
            found[key, joint.start] = joint
        return [self._tell(key, joint, now) for (key, _), joint in found.items()]

    def _watched(
        self, applications: Sequence[str], until: datetime, now: datetime
    ) -> Iterator[tuple[str, SeriesKey, Episode]]:
        """What each watcher says: its name, the series, and an episode of it."""
        yield from self._beside(applications, until, now)
        for application in (*applications, MACHINE) if self.board.layers else ():
            for split in WATCHED if application else OF_MACHINE:
                for key, minutes in self._minutes(application, split, until):
                    for episode in self._judge(key, minutes, until):
                        if self._is_worth_telling(key, episode):
                            yield MINUTES, key, episode

    def _beside(
        self, applications: Sequence[str], until: datetime, now: datetime
    ) -> Iterator[tuple[str, SeriesKey, Episode]]:
        """What those say that watch beside the minutes."""
        self.reader.begin(now)
        if Layer.ANSWERS in self.layers:
            for key, episode in self.answers.turn(self.reader, applications, now):
                yield Layer.ANSWERS, key, episode
        for key, layer, episode in self.mixes.turn(self.reader, applications):
            yield layer, key, episode
        if Layer.THRESHOLD in self.layers:
            wanted = self.settings.thresholds
            for key, episode in self.limits.turn(self.numbers, wanted, applications, until):
                yield Layer.THRESHOLD, key, episode
        if Layer.COMBINATION in self.layers and self.listed is not None:
            days = self.settings.history_days
            for key, episode in self.combinations.turn(self.listed, applications, now, days):
                yield Layer.COMBINATION, key, episode

    def _join(self, key: SeriesKey, who: str, episode: Episode) -> Joint:
        """What all watchers say of a series now."""
        joint = self.joints.setdefault(key, Joint(episode.start))
        joint.take(who, episode)
        if joint.is_over:
            del self.joints[key]
        return joint

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
        return [*found.values()][-_PAST_EPISODES:]

    def _is_worth_telling(self, key: SeriesKey, episode: Episode) -> bool:
        """What was told once is told to its end."""
        joint = self.joints.get(key)
        told = joint.parts.get(MINUTES) if joint is not None else None
        is_told = told is not None and told.start == episode.start
        return is_told or not rests_on_a_handful(self.numbers, key, episode)

    def _tell(self, key: SeriesKey, joint: Joint, now: datetime) -> Seen:
        episode = joint.told()
        start = datetime.fromtimestamp(episode.start, UTC)
        end = now if episode.end is None else datetime.fromtimestamp(episode.end, UTC) + MINUTE
        suspects = (
            *self.answers.suspects(key, episode),
            *self.mixes.moved(key),
            *self.combinations.moved(key, episode),
        )
        joint.suspects = suspects or joint.suspects
        context = context_of(self.numbers, key, start, end, joint.suspects)
        since, until = start - _BEFORE_SHOWN, end + _BEFORE_SHOWN
        band = [each for each in self._bands.get(key, ()) if since <= each.at <= until]
        if not band:
            band = minutes_of(self.numbers, key, since, until, episode.peak.expected)
        return Seen(finding(episode, context), now, tuple(band))


def _greatest(labels: Labels, known: set[str]) -> list[str]:
    """Those that are watched, and the greatest of the others that there is room for."""
    sizes = {label: sum(w for w, _ in minutes.values()) for label, minutes in labels.items()}
    others = sorted((label for label in labels if label not in known), key=lambda x: -sizes[x])
    return [*sorted(known), *others[: max(0, MOST_LABELS - len(known))]]
