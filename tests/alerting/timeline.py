"""A small language for what happens when: post at 1 s, want between 2 and 2.5 s."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from groundwatch.alerting import intake
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.matchers import parse
from groundwatch.alerting.notices import Notice, unpacked
from groundwatch.alerting.plan import Plan, plan
from groundwatch.alerting.policy import AlertPolicySettings
from groundwatch.domain.alerts import Happening, Incident, Silence
from groundwatch.store.alerts import incidents, outbox, silences
from groundwatch.store.database import Database
from groundwatch.store.schema.alerts import (
    alerts,
    conversations,
    happenings,
    incident_alerts,
    rule_states,
)
from groundwatch.store.schema.alerts import incidents as incident_table
from groundwatch.store.schema.alerts import outbox as outbox_table
from groundwatch.store.schema.alerts import silences as silence_table

TABLES = [alerts, incident_table, incident_alerts, happenings, silence_table, outbox_table,
          conversations, rule_states]  # fmt: skip
T0 = datetime(2026, 3, 4, 12, tzinfo=UTC)
STEP = timedelta(seconds=0.25)
OFF = {"enabled": False}


def made(database: Database) -> Database:
    """The database with the tables of alerts, whether or not a migration makes them."""
    with database.write() as c:
        for table in TABLES:
            table.create(c, checkfirst=True)
    return database


@dataclass
class Told:
    """A notice that reached a channel."""

    at: float
    channel: str
    notice: Notice

    @property
    def line(self) -> str:
        """Short: when, channel, transition, who fires, who is over."""
        firing = ",".join(sorted(_name(a.labels) for a in self.notice.alerts if a.ends_at is None))
        over = ",".join(sorted(_name(a.labels) for a in self.notice.alerts if a.ends_at))
        return f"{self.channel} {self.notice.transition} [{firing}] [{over}]"


def _name(labels: Mapping[str, str]) -> str:
    return labels.get("n") or labels["alertname"]


@dataclass
class World:
    """Time, the engine, and everything that was told."""

    database: Database
    settings: Mapping[str, object]
    channels: tuple[str, ...] = ("c",)
    now: datetime = T0
    told: list[Told] = field(default_factory=list)
    _ids: Iterable[int] = field(default_factory=lambda: count(1))
    _seen: int = 0

    def __post_init__(self) -> None:
        made(self.database)
        self.engine = self.start()

    def plan(self, **changes: object) -> Plan:
        settings = AlertPolicySettings.model_validate({**self.settings, **changes})
        return plan(settings, self.channels)

    def start(self, **changes: object) -> Engine:
        """An engine as after a restart."""
        return Engine(
            self.database, self.plan(**changes), lambda: self.now, "one",
            idle=timedelta(seconds=30), new_id=lambda: f"i{next(iter(self._ids)):04}",
        )  # fmt: skip

    def restart(self, **changes: object) -> None:
        self.engine = self.start(**changes)

    @property
    def seconds(self) -> float:
        return (self.now - T0).total_seconds()

    def fire(self, name: str = "A", ends: float | None = 36000, **labels: str) -> None:
        """Post that something fires."""
        ends_at = None if ends is None else self.now + timedelta(seconds=ends)
        said = Posted({"alertname": "A", "n": name, **labels}, ends_at=ends_at)
        intake.post(self.database, lambda: self.now, [said])

    def resolve(self, name: str = "A", **labels: str) -> None:
        said = Posted({"alertname": "A", "n": name, **labels}, ends_at=self.now)
        intake.post(self.database, lambda: self.now, [said])

    def silence(self, text: str, seconds: float) -> None:
        conditions = tuple(each.condition for each in parse(text))
        until = self.now + timedelta(seconds=seconds)
        made_ = Silence("s1", conditions, self.now, until, "anna", "upgrade", self.now)
        with self.database.write() as c:
            silences.put(c, made_)

    def run(self, until: float) -> None:
        """Let time pass to so many seconds after the beginning."""
        while self.seconds < until:
            due = self.engine.tick()
            self._collect()
            end = T0 + timedelta(seconds=until)
            self.now = min(end, max(due, self.now + STEP))
        self.engine.tick()
        self._collect()

    def lines(self, since: float = 0) -> list[str]:
        return [each.line for each in self.told if each.at >= since]

    def incident(self, place: int = 0) -> Incident:
        with self.database.read() as c:
            return incidents.page(c, after="", limit=50)[::-1][place]

    def timeline(self, incident_id: str) -> list[Happening]:
        with self.database.read() as c:
            return incidents.timeline(c, incident_id)

    def _collect(self) -> None:
        """What the channels would be given; taken from the outbox at once."""
        with self.database.write() as c:
            table = outbox_table
            rows = c.execute(
                sa.select(table.c.id, table.c.channel, table.c.payload)
                .where(table.c.id > self._seen)
                .order_by(table.c.id)
            ).all()
            for row in rows:
                self._seen = row.id
                self.told.append(Told(self.seconds, row.channel, unpacked(row.payload)))
            for channel in {row.channel for row in rows}:
                while leased := outbox.lease(c, channel, "test", self.now, 30):
                    outbox.sent(c, leased, "test", "", self.now)


@pytest.fixture
def quick() -> dict[str, object]:
    """Short timers, and no automatic steps."""
    return {"route": ROUTE, "automatic": OFF}


ROUTE = {
    "receiver": "default",
    "group_by": ["alertname"],
    "group_wait": "1s",
    "group_interval": "2s",
    "repeat_interval": "5s",
}
