"""The watch process: takes telemetry, makes interactions of traces, and keeps the numbers."""

import os
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from groundwatch.app.alerting import following, open_alerting
from groundwatch.app.anomalies import open_anomalies
from groundwatch.app.experimenting import open_experiments
from groundwatch.app.exporting import exported, metrics_exported
from groundwatch.app.judging import judged
from groundwatch.app.levels import LevelWatch
from groundwatch.app.paths import DataFolder
from groundwatch.app.periodic import every
from groundwatch.app.present import Present
from groundwatch.app.probing import open_prober
from groundwatch.app.reporting import REPORT_SECONDS, report_chore
from groundwatch.app.sampling import sampling_of
from groundwatch.app.scoring import SCORE_SECONDS, open_scoring
from groundwatch.app.single import only_one
from groundwatch.app.topics import open_topics
from groundwatch.app.usable import usable
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.domain.metrics import Point
from groundwatch.models.prices import cost
from groundwatch.store import ledger
from groundwatch.store.database import Database, open_database
from groundwatch.store.events import EventStore, RetentionDays, open_events
from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.freshness import Freshness
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.otlp.delivery import Delivery
from groundwatch.telemetry.otlp.intake import Intake
from groundwatch.telemetry.otlp.settling import Settler
from groundwatch.telemetry.system import Machine, Sample, Sampler, commit_points, lag
from groundwatch.wire.server import Server

Payload = dict[str, Any]
ROLE = "watch"
NICENESS = 10
"""Watching never slows answering."""

COUNTS_SECONDS = 1.0
FOLD_SECONDS = 10.0
RETAIN_SECONDS = 600.0
FRESHNESS_SECONDS = 5.0

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Watching:
    """The parts of a watch that runs.

    Attributes:
        events: where everything is kept.
        intake: takes OTLP.
        counts: what arrived.
        settler: makes interactions of traces.
    """

    events: EventStore
    intake: Intake
    counts: IntakeCounts
    settler: Settler


def run_watch(config: Config, config_path: Path, stop: threading.Event, clock: Clock) -> None:
    """Watch until told to stop.

    Raises:
        Conflict: another watch uses the data folder.
    """
    os.nice(NICENESS)
    config = usable(config)
    folder = DataFolder(config.data)
    folder.prepare()
    with only_one(folder.lock(ROLE), ROLE), ExitStack() as stack:
        watching = stack.enter_context(open_watching(config, clock, config_path))
        stack.enter_context(Server(folder.socket(ROLE), handlers(watching)))
        stop.wait()


@contextmanager
def open_watching(
    config: Config, clock: Clock, config_path: Path | None = None
) -> Generator[Watching]:
    """The watch of a data folder and its chores, until the block ends.

    `config_path` is watched for other channels and reports; without one they stay.
    """
    present = Present(config)
    with ExitStack() as stack:
        database = open_database(config.store, config.data, clock)
        stack.callback(database.close)
        keep = retention(config)
        events = open_events(config.store, config.data, database, clock, keep.raw)
        stack.callback(events.close)
        watching = make_watching(config, events, clock)
        sampler = make_sampler(config, database, events, clock)
        scored = stack.enter_context(exported(config, events))
        stack.enter_context(metrics_exported(config, events, clock))
        scored = stack.enter_context(judged(config, database, scored, events, clock))
        topics = stack.enter_context(open_topics(config, database, clock))
        probe = stack.enter_context(open_prober(config, database, events, clock))
        freshness = Freshness(database, events.add_points, clock)
        score = stack.enter_context(open_scoring(config, scored, events, clock, topics.topic))
        chores: tuple[tuple[float, Callable[[], object]], ...] = (
            (COUNTS_SECONDS, watching.counts.flush),
            (config.metrics_collection.interval, sampler.sample),
            (config.otlp.settle_seconds, watching.settler.settle),
            (SCORE_SECONDS, score),
            (FOLD_SECONDS, lambda: events.fold(clock())),
            (FRESHNESS_SECONDS, freshness.take),
            (config.metrics_collection.probe_interval, probe),
            (REPORT_SECONDS, report_chore(present, database, events, clock)),
            (RETAIN_SECONDS, lambda: events.retain(clock(), keep)),
        )
        if config.alerting.enabled:
            levels = LevelWatch(
                events, database, config.service_levels, clock, config.server.public_url
            )
            chores = (*chores, (config.alerting.evaluate_seconds, levels.judge))
        for seconds, chore in chores:
            stack.enter_context(every(seconds, chore))
        alerting = stack.enter_context(open_alerting(config, database, events, clock))
        stack.enter_context(following(alerting, present, config_path))
        stack.enter_context(open_anomalies(config, database, events, clock))
        stack.enter_context(open_experiments(config, database, events, clock))
        yield watching


def make_watching(config: Config, events: EventStore, clock: Clock) -> Watching:
    """The parts of a watch over an open event store."""
    counts = IntakeCounts(events.add_points, clock)
    admission = Admission(config.otlp.waiting_megabytes * _MEGABYTE)
    intake = Intake(events, clock, config.otlp, counts, admission)
    settler = Settler(
        events,
        clock,
        config.otlp,
        batch=config.metrics_collection.batch_size,
        sampling=sampling_of(config),
        price=partial(cost, config.llm.prices if config.llm else {}),
        counts=counts,
        responses=intake.responses,
    )
    return Watching(events, intake, counts, settler)


def make_sampler(config: Config, database: Database, events: EventStore, clock: Clock) -> Sampler:
    """What looks at the machine and at the queues."""
    machine = Machine(config.data, time.monotonic)

    def complete(sample: Sample) -> Sample:
        with database.read() as connection:
            indexing = ledger.waiting(connection)
        backlog = events.backlog()
        return replace(
            sample,
            connections=machine.connections(),
            queues={"indexing": indexing, "scoring": backlog},
            lag=lag(events.oldest_waiting(), clock()),
        )

    def add_points(at: datetime, application: str, points: list[Point]) -> None:
        committed = commit_points(events.committed())
        events.add_points(at, application, [*points, *committed])

    return Sampler(machine.look, complete, add_points, clock)


def retention(config: Config) -> RetentionDays:
    """How long rows, hours and days are kept; what is not wanted goes with the rows."""
    rows, historical = config.metrics_collection.retention_days, config.dashboards.historical
    wanted = historical.aggregations
    return RetentionDays(
        rows,
        historical.retention_days if "hourly" in wanted else rows,
        historical.daily_retention_days if {"daily", "weekly"}.intersection(wanted) else rows,
    )


def handlers(watching: Watching) -> Mapping[str, Callable[[Payload], Payload]]:
    """What the watch answers over its socket."""

    def otlp(payload: Payload) -> Payload:
        reply = watching.intake.take(Delivery.unpacked(payload))
        return {"status": reply.status, "body": reply.body, "retry_after": reply.retry_after}

    def intake(_: Payload) -> Payload:
        return {"counts": watching.counts.total()}

    return {"ping": lambda _: {}, "otlp": otlp, "intake": intake}
