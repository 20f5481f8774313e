"""A watch over a real event store, with a clock that tests move."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, EventStore, Recorded, open_events
from groundwatch.store.settings import StoreSettings
from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.otlp.delivery import Delivery, Reply
from groundwatch.telemetry.otlp.intake import Intake
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.otlp.settling import Settler
from groundwatch.telemetry.sampling import Sampling
from groundwatch.telemetry.settings import OtlpSettings
from tests.telemetry.otlp.cases import BEGIN, Case

ROOM = 64 << 20


@dataclass
class Time:
    """A clock."""

    now: datetime = BEGIN + timedelta(seconds=60)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Here:
    """Everything between a body and an interaction."""

    store: EventStore
    time: Time
    settings: OtlpSettings = field(default_factory=OtlpSettings)
    sampling: Sampling = field(default_factory=Sampling)
    admission: Admission = field(default_factory=lambda: Admission(ROOM))

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As a new process over the same store."""
        self.counts = IntakeCounts(self.store.add_points, self.time)
        self.intake = Intake(self.store, self.time, self.settings, self.counts, self.admission)
        self.settler = Settler(
            self.store,
            self.time,
            self.settings,
            batch=10,
            sampling=self.sampling,
            price=lambda *_: None,
            counts=self.counts,
            responses=self.intake.responses,
        )

    def send(
        self,
        data: bytes,
        signal: Signal = Signal.TRACES,
        encoding: Encoding = Encoding.PROTOBUF,
        compression: str = "",
        sender: Sender | None = None,
    ) -> Reply:
        return self.intake.take(Delivery(signal, encoding, compression, sender or Sender(), data))

    def send_case(self, case: Case) -> None:
        assert self.send(case.traces_protobuf()).status == 200
        if "logs" in case.data:
            assert self.send(case.logs_protobuf(), Signal.LOGS).status == 200

    def settle(self, after: float = 10.0) -> int:
        self.time.pass_by(after)
        return self.settler.settle()

    def get(self, trace_id: str) -> Recorded | None:
        return self.store.get(trace_id)

    def total(self, metric: str, dimension: str = "", label: str | None = None) -> float:
        """The sum of a metric over all minutes."""
        self.counts.flush()
        query = CellQuery(
            metric,
            BEGIN - timedelta(days=2),
            BEGIN + timedelta(days=2),
            "minute",
            dimension=dimension,
            label=label,
        )
        return sum(cell.total for cell in self.store.cells(query))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def here(database: Database, tmp_path: Path, time: Time) -> Iterator[Here]:
    url = "" if database.dialect == "sqlite" else "postgresql://as/opened"
    store = open_events(StoreSettings(url=url), tmp_path, database, time)
    yield Here(store, time)
    store.close()
