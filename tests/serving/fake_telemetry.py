"""An event store in memory, for what comes in and goes out over HTTP."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.serving.company import NOW
from tests.serving.fakes import FakeLibrary

from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.status import Status
from groundwatch.errors import Overloaded
from groundwatch.serving.live import LiveNumbers
from groundwatch.serving.telemetry import Telemetry
from groundwatch.store.events.entries import Entry
from groundwatch.store.events.recorded import Filter, Recorded, State
from groundwatch.telemetry.health import Part, judged
from groundwatch.telemetry.intake import Intake, IntakeRules
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.reading import InteractionBook
from groundwatch.telemetry.settings import LatencyThresholdSettings


@dataclass
class FakeEvents:
    kept: dict[str, Recorded] = field(default_factory=dict)
    happened: dict[str, Event] = field(default_factory=dict)
    points: Counter[tuple[str, str]] = field(default_factory=Counter)
    is_full: bool = False

    def record(self, entries):
        self._check()
        for entry in entries:
            self.put(entry.interaction)

    def put(self, one: Interaction):
        self.kept[one.id] = Recorded(one, State.PENDING)

    def score(self, interaction_id, quality):
        found = self.kept[interaction_id]
        self.kept[interaction_id] = replace(found, state=State.SCORED, quality=quality)

    def give_feedback(self, given):
        self._check()
        before = self.kept[given.interaction_id]
        self.kept[given.interaction_id] = replace(before, feedback=(*before.feedback, given))

    def known(self, ids):
        return set(ids) & self.kept.keys()

    def get(self, interaction_id):
        return self.kept.get(interaction_id)

    def page(self, wanted: Filter, *, after, limit):
        fitting = [
            each
            for each in self.kept.values()
            if wanted.user in (None, each.interaction.user)
            and wanted.application in (None, each.interaction.application)
        ]
        places = {(each.interaction.started_at, each.interaction.id): each for each in fitting}
        ordered = sorted(places, reverse=True)
        return [places[place] for place in ordered if after is None or place < after][:limit]

    def add_events(self, events):
        self._check()
        self.happened |= {event.id: event for event in events}

    def events(self, application, since, until, types, limit):
        found = [
            each
            for each in self.happened.values()
            if since <= each.at < until
            and application in (None, each.application)
            and (not types or each.type in types)
        ]
        return sorted(found, key=lambda each: each.at, reverse=True)[:limit]

    def metric_names(self):
        return [f"custom.{name}" for each in self.happened.values() for name in each.metrics]

    def add_points(self, at, application, points):
        self.points.update({(application, p.label): int(p.value) for p in points if p.label})

    def _check(self):
        if self.is_full:
            raise Overloaded("too much waits", retry_after=2.0)


LIVE = LiveNumbers(
    lambda: {"timestamp": NOW, "performance": {"queries": 7}, "quality": {"overall": None}},
    ("performance", "quality"),
    seconds=0.05,
    most=3,
)


@dataclass
class FakeWatch:
    """The real intake and book over a store in memory."""

    library: FakeLibrary
    events: FakeEvents = field(default_factory=FakeEvents)
    keep: timedelta = timedelta(days=30)
    live: LiveNumbers = LIVE
    parts: tuple[Part, ...] = (Part("store", Status.HEALTHY, "fine", 0.01, critical=False),)

    def telemetry(self) -> Telemetry:
        self.counts = IntakeCounts(self.events.add_points, lambda: NOW)
        rules = IntakeRules(self.keep, Entry)
        return Telemetry(
            intake=Intake(self.events, self.counts, rules, lambda: NOW),
            interactions=InteractionBook(self.events, self._readable, lambda: None),
            events=self.events,
            latency=LatencyThresholdSettings(),
            live=self.live,
            health=lambda: judged(NOW, self.parts, frozenset({"store"})),
            exposition=lambda _: (b"up 1\n", "text/plain; version=0.0.4; charset=utf-8"),
        )

    def _readable(self, identity, documents):
        visible = {each.meta.id for each in self.library.visible(identity)}
        return frozenset(documents) & visible
