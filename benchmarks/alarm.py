"""Faults put into the demo's traffic, live: how soon an anomaly or a burning budget tells of each.

Seven days of made-up history are learned; then minutes pass (the clock is moved, everything else is
what runs in the watch process: the event store, the watcher with its stored baselines, service
levels, and alerts in the store). No hand-written rule is evaluated. Ten quiet minutes come first
and count as false alarms; then one fault begins, at twenty seconds past a minute, and lasts half an
hour. Only alerts of the application that has the fault count as telling of it. With `--to-the-end`,
receivers of Slack, PagerDuty, Teams, mail and a signed webhook on loopback must be told of it once,
of its escalation, and of its end once.

`--rate` is that of `groundwatch demo traffic`, whose default is 3, and 12 with a fault: some 13,600
questions on a working day in three applications, of which the model that gets slow answers five a
minute. At 3 it answers one, and nothing can be known of it within two minutes.
`benchmarks.anomaly_answers` tries more rates and seeds.
"""

import argparse
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.alarm_told import telling
from benchmarks.figures import Figure, at_most, plain, show
from benchmarks.harness import say
from groundwatch.analytics.slo_settings import ServiceLevelSettings
from groundwatch.anomaly.settings import AnomalySettings
from groundwatch.app.anomalies import AnomalyWatch
from groundwatch.app.levels import LevelWatch
from groundwatch.app.traffic.faults import DEAD, LEAKING, SLOW_MODEL, SPOILT, Fault, FaultKind
from groundwatch.app.traffic.running import Traffic, plan_for
from groundwatch.domain.alerts import Alert, rank
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database, open_database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings

BEGIN = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
QUIET = timedelta(minutes=10)
LASTS = timedelta(minutes=30)
AFTER = timedelta(minutes=45)
STEP = timedelta(seconds=15)
"""The interval of the watch; delays are measured to it."""
CULPRITS = {
    FaultKind.SLOW_LLM: SLOW_MODEL,
    FaultKind.WRONG_DOCUMENTS: SPOILT,
    FaultKind.LEAKING_TOPIC: LEAKING,
    FaultKind.DEAD_SOURCE: DEAD,
}
SUFFERING = dict.fromkeys(FaultKind, SPOILT) | {FaultKind.DEAD_SOURCE: "groundwatch"}
"""The application that each fault is in."""


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Found:
    """What came of one fault; times in minutes since it began.

    Attributes:
        told: when the first new alert fired; `named` when one named the culprit.
        over: when all of them had ended, since the fault ended.
        quiet: alerts that began in the quiet minutes.
    """

    begin: datetime
    told: float | None = None
    named: float | None = None
    over: float | None = None
    quiet: int = 0
    names: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    mine: set[str] = field(default_factory=set)

    def see(self, kind: FaultKind, firing: Mapping[str, Alert], now: datetime) -> None:
        """Take note of what fires at a moment."""
        new = {print_: alert for print_, alert in firing.items() if print_ not in self.known}
        end = self.begin + LASTS
        if now <= self.begin:
            self.quiet += len(new) if now > BEGIN + STEP else 0
            self.known |= new.keys()
        elif now <= end:
            own = {k: a for k, a in new.items() if _is_of(a, SUFFERING[kind])}
            self._note(own, CULPRITS[kind], (now - self.begin) / timedelta(minutes=1))
            self.mine |= own.keys()
            self.known |= new.keys()
        elif self.over is None and self.mine and not self.mine & firing.keys():
            self.over = (now - end) / timedelta(minutes=1)

    def _note(self, new: Mapping[str, Alert], culprit: str, minutes: float) -> None:
        for alert in new.values():
            said = " ".join([*alert.labels.values(), alert.annotations.get("summary", "")])
            self.told = minutes if self.told is None else self.told
            if culprit in said and self.named is None:
                self.named = minutes
            self.names.append(f"{minutes:.2f} min {said}")


@contextmanager
def opened(folder: Path, clock: Clock) -> Generator[tuple[Database, EventStore]]:
    database = open_database(StoreSettings(), folder, clock)
    events = open_events(StoreSettings(), folder, database, clock)
    try:
        yield database, events
    finally:
        events.close()
        database.close()


def watch_of(folder: Path, database: Database, events: EventStore, clock: Clock) -> AnomalyWatch:
    return AnomalyWatch(events, database, AnomalySettings(), clock, folder)


def learn(folder: Path, rate: float, days: int) -> None:
    """A week of history, and what is learned of it."""
    clock = Clock(BEGIN)
    with opened(folder, clock) as (database, events):
        made = Traffic(events, plan_for(7, BEGIN, rate))
        count = made.history(BEGIN - timedelta(days=days), BEGIN, lambda _: None)
        events.fold(BEGIN)
        say(f"{count:,} questions of {days} days; learning")
        watch = watch_of(folder, database, events, clock)
        watch.turn()
        watch.close()


def firing(database: Database, now: datetime) -> dict[str, Alert]:
    with database.read() as c:
        found = posted.firing(c, now)
    return {a.fingerprint: a for a in found if rank(a.severity) >= rank(Severity.MEDIUM)}


def suffer(folder: Path, kind: FaultKind, rate: float, *, to_the_end: bool) -> list[Figure]:
    """One fault from its beginning until its culprit is named, or until everybody heard the end."""
    clock, begin = Clock(BEGIN), BEGIN + QUIET + timedelta(seconds=20)
    plan = replace(plan_for(7, BEGIN, rate), fault=Fault(kind, begin, begin + LASTS))
    with (
        opened(folder, clock) as (database, events),
        telling(database, events, clock, SUFFERING[kind]) as told,
    ):
        made = Traffic(events, plan)
        watch = watch_of(folder, database, events, clock)
        levels = LevelWatch(events, database, ServiceLevelSettings(), clock)
        found = Found(begin)
        while clock.now < begin + LASTS + AFTER:
            before, clock.now = clock.now, clock.now + STEP
            made.live(before, clock.now)
            watch.turn()
            levels.judge()
            told.turn()
            found.see(kind, firing(database, clock.now), clock.now)
            if told.is_over() if to_the_end else found.named is not None:
                break
        for name in found.names[:8]:
            say(f"  {name}")
        return [*figures(kind, found), *(told.figures(kind, begin) if to_the_end else [])]


def _is_of(alert: Alert, application: str) -> bool:
    """Whether an alert is of an application, or of all."""
    return alert.labels.get("application", application) == application


def figures(kind: FaultKind, found: Found) -> list[Figure]:
    never = LASTS / timedelta(minutes=1)
    made = [
        at_most(f"{kind}: told after", never if found.told is None else found.told, "min", 2.0),
        at_most(
            f"{kind}: culprit named", never if found.named is None else found.named, "min", 2.0
        ),
        plain(f"{kind}: alerts in ten quiet minutes", found.quiet, "1"),
    ]
    return made if found.over is None else [*made, plain(f"{kind}: over after", found.over, "min")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=12.0)
    parser.add_argument("--quick", action="store_true", help="two days; figures mean nothing")
    parser.add_argument(
        "--to-the-end", action="store_true", help="until five channels were told of the end"
    )
    parser.add_argument("--fault", choices=[*FaultKind], help="only this one")
    given = parser.parse_args()
    measured: list[Figure] = []
    with TemporaryDirectory() as root:
        learned = Path(root) / "learned"
        learned.mkdir()
        learn(learned, given.rate, 2 if given.quick else 7)
        for kind in [FaultKind(given.fault)] if given.fault else FaultKind:
            folder = Path(root) / kind
            shutil.copytree(learned, folder)
            measured += suffer(folder, kind, given.rate, to_the_end=given.to_the_end)
    show(measured)


if __name__ == "__main__":
    main()
