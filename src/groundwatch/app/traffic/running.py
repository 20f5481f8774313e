"""Writes made-up traffic through the door that real traffic takes: the past first, then live."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from groundwatch.analytics.windows import floor
from groundwatch.app.traffic.making import PROMPT_CHANGED, SYNTHETIC, Made, Plan, minute
from groundwatch.app.traffic.spans import spans_of
from groundwatch.app.traffic.world import INCIDENT, TRACING
from groundwatch.domain.clock import Clock
from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import INTAKE, Point
from groundwatch.domain.spans import Span
from groundwatch.domain.status import Severity
from groundwatch.store.events.entries import Entry

_BATCH = 1000
_TOGETHER = 16
"""Writes at once: what waits meanwhile becomes one transaction."""
_MINUTE = timedelta(minutes=1)
TRACED = timedelta(days=1)
"""Of the past, the traces of this long are kept; the waterfall of older ones shows stages."""


class Book(Protocol):
    """Where traffic is written."""

    def record(self, entries: Sequence[Entry]) -> object: ...

    def give_feedback(self, given: Feedback) -> object: ...

    def add_spans(self, spans: Sequence[Span]) -> object: ...

    def settled(self, traces: Iterable[str]) -> object: ...

    def add_events(self, events: Sequence[Event]) -> object: ...

    def add_points(self, at: datetime, application: str, points: Sequence[Point]) -> object: ...


@dataclass(slots=True)
class Traffic:
    """Made-up traffic of a plan."""

    book: Book
    plan: Plan

    def history(self, since: datetime, until: datetime, told: Callable[[datetime], None]) -> int:
        """Write the minutes between two moments; returns how many questions there were."""
        count = 0
        self.book.add_events(deploys(self.plan, since, until))
        waiting: list[Made] = []
        for at in _minutes(since, until):
            waiting += [each for each in minute(self.plan, at) if _is_over(each, until)]
            if len(waiting) >= _BATCH:
                count += self._write(waiting, until - TRACED)
                waiting = []
                told(at)
        return count + self._write(waiting, until - TRACED)

    def live(self, since: datetime, now: datetime) -> int:
        """Write what was answered between two moments."""
        made = [
            each
            for at in _minutes(floor(since - timedelta(minutes=2), "minute"), now)
            for each in minute(self.plan, at)
            if since <= _end(each) < now
        ]
        return self._write(made, since - TRACED)

    def _write(self, made: Sequence[Made], traced: datetime) -> int:
        """Keep questions with all that came of them; spans of those that began since a moment."""
        if not made:
            return 0
        ones = [each.interaction for each in made]
        traces = [x for x in ones if x.application in TRACING and x.started_at >= traced]
        self.book.add_spans([span for each in traces for span in spans_of(each)])
        self.book.record([Entry(each.interaction, quality=each.quality) for each in made])
        self.book.settled([each.id for each in traces])
        said = [each.feedback for each in made if each.feedback is not None]
        arrived = Counter((x.application, floor(x.started_at, "minute")) for x in ones)
        with ThreadPoolExecutor(_TOGETHER) as pool:
            list(pool.map(self.book.give_feedback, said))
            list(pool.map(self._count, arrived.items()))
        return len(made)

    def _count(self, arrived: tuple[tuple[str, datetime], int]) -> None:
        (application, at), count = arrived
        points = [Point(INTAKE.name, 1.0), Point(INTAKE.name, 1.0, "outcome", "accepted")]
        self.book.add_points(at, application, points * count)


def plan_for(seed: int, now: datetime, rate: float) -> Plan:
    """A plan whose bad hours lie shortly before now."""
    return Plan(seed, rate, floor(now - INCIDENT.ago, "minute"))


def deploys(plan: Plan, since: datetime, until: datetime) -> list[Event]:
    """What was changed: a prompt a few days ago, and the model that made trouble."""
    found: list[Event] = []
    if plan.incident_at is not None:
        begin, end = plan.incident_at, plan.incident_at + INCIDENT.length
        found = [
            _event("index", begin - timedelta(days=5), "groundwatch", "index", "generation 41"),
            _event("prompt", begin - PROMPT_CHANGED, "support-bot", "prompt", "support-7"),
            _event("deploy", begin, "support-bot", INCIDENT.model, "gpt-4.1-2026-11 rolled out"),
            _event("deploy", end, "support-bot", INCIDENT.model, "gpt-4.1-2026-11 rolled back"),
        ]
    return [event for event in found if since <= event.at < until]


def follow(traffic: Traffic, clock: Clock, since: datetime, pause: Callable[[], bool]) -> None:
    """Write what becomes due until `pause` says that it is enough."""
    while not pause():
        now = clock()
        traffic.live(since, now)
        since = now


def _event(kind: str, at: datetime, application: str, component: str, message: str) -> Event:
    return Event(
        id=f"synthetic-{kind}-{at:%Y%m%d%H%M}",
        at=at,
        type=kind,
        severity=Severity.INFO,
        application=application,
        component=component,
        message=message,
        metadata=dict(SYNTHETIC),
    )


def _minutes(since: datetime, until: datetime) -> Iterator[datetime]:
    at = floor(since, "minute")
    while at < until:
        yield at
        at += _MINUTE


def _end(each: Made) -> datetime:
    return each.interaction.started_at + timedelta(seconds=each.interaction.duration)


def _is_over(each: Made, until: datetime) -> bool:
    return _end(each) < until
