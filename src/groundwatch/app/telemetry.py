"""Telemetry over HTTP, assembled: what is handed in, and who sees what was recorded."""

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta

from groundwatch.analytics.capacity_limits import near
from groundwatch.analytics.pulse import TOPICS, pulse
from groundwatch.app.answering import Answering
from groundwatch.app.ground import Ground
from groundwatch.app.periodic import every
from groundwatch.app.sampling import sampling_of
from groundwatch.app.watched import thresholds
from groundwatch.config import Config
from groundwatch.domain.alerts import rank
from groundwatch.domain.clock import Clock
from groundwatch.domain.interactions import Interaction
from groundwatch.retrieval.library import Library
from groundwatch.serving.live import LiveNumbers
from groundwatch.serving.telemetry import Telemetry
from groundwatch.store import findings
from groundwatch.store.alerts import incidents
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore
from groundwatch.store.findings import Wanted
from groundwatch.telemetry.health import Checkup, Probe
from groundwatch.telemetry.intake import Intake, IntakeRules
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.prometheus.exposition import Exposition
from groundwatch.telemetry.reading import InteractionBook
from groundwatch.telemetry.sampling import Sampling

_COUNTS_SECONDS = 1.0
_MOST_INCIDENTS, _SHOWN_INCIDENTS = 200, 5
ALERTS, CAPACITY = "alerts", "capacity"
"""The live topics of open incidents, and of limits that are near."""
_LIMITS_KEPT = timedelta(minutes=1)
_OF_A_LIMIT = ("resource", "unit", "reach", "reason", "limit", "value", "days")


@contextmanager
def open_telemetry(
    ground: Ground, answering: Answering, exposition: Exposition, probes: Sequence[Probe]
) -> Generator[Telemetry]:
    """What HTTP needs to take telemetry in and give it out, until the block ends.

    Args:
        ground: the open data folder.
        answering: records our own interactions, into the store of everybody's.
        exposition: what Prometheus reads.
        probes: of every part.
    """
    config: Config = ground.config
    events = answering.events
    counts = IntakeCounts(events.add_points, ground.clock)
    keep = timedelta(days=config.metrics_collection.retention_days)
    rules = IntakeRules(keep, _entries(sampling_of(config)))
    library = Library(ground.database, ground.index)
    checkup = Checkup(probes, ground.clock)
    with every(_COUNTS_SECONDS, counts.flush), closing(checkup):
        yield Telemetry(
            intake=Intake(events, counts, rules, ground.clock),
            interactions=InteractionBook(events, library.readable, answering.recorder.flush),
            events=events,
            latency=config.latency_thresholds,
            exposition=exposition.text,
            health=checkup,
            live=_live(ground, events),
        )


def open_alerts(database: Database) -> dict[str, object]:
    """How many incidents are open and how bad, the worst of them, and what is unusual."""
    with database.read() as c:
        found = incidents.page(c, after="", limit=_MOST_INCIDENTS, resolved=False)
        lasting = findings.page(c, Wanted(lasting=True), limit=_MOST_INCIDENTS)
    worst_first = sorted(found, key=lambda each: -rank(each.severity))
    severities = Counter(str(each.severity) for each in found)
    shown = [
        {
            "id": each.id,
            "title": each.title,
            "name": each.name,
            "severity": str(each.severity),
            "owner": each.owner,
        }
        for each in worst_first[:_SHOWN_INCIDENTS]
    ]
    return {
        "open": len(found),
        "by_severity": dict(severities),
        "incidents": shown,
        "anomalies": len(lasting),
    }


class NearLimits:
    """Limits that are reached or known to be; looked up once a minute, for they are of days."""

    def __init__(self, events: EventStore, config: Config, clock: Clock) -> None:
        self._events = events
        self._config = config
        self._clock = clock
        self._read_at: datetime | None = None
        self._found: dict[str, object] = {}

    def __call__(self) -> dict[str, object]:
        now = self._clock()
        if self._read_at is None or abs(now - self._read_at) >= _LIMITS_KEPT:
            config = self._config
            limits = near(self._events, config.capacity, now, config.business.monthly_budget)
            shown = [{name: getattr(each, name) for name in _OF_A_LIMIT} for each in limits]
            self._found, self._read_at = {"near": shown}, now
        return self._found


def _live(ground: Ground, events: EventStore) -> LiveNumbers:
    real_time = ground.config.dashboards.real_time
    capacity = NearLimits(events, ground.config, ground.clock)

    def read() -> Mapping[str, object]:
        limits = thresholds(ground.config)
        found = asdict(pulse(events, ground.clock(), events.backlog(), limits))
        return {**found, ALERTS: open_alerts(ground.database), CAPACITY: capacity()}

    return LiveNumbers(
        read, (*TOPICS, ALERTS, CAPACITY), real_time.update_interval, real_time.max_subscribers
    )


def _entries(sampling: Sampling) -> Callable[[Interaction], Entry]:
    def entry(one: Interaction) -> Entry:
        decided = sampling.decide(one)
        return Entry(one, weight=decided.weight, kept=decided.keep)

    return entry
