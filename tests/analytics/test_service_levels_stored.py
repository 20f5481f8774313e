"""Service levels, forecasts and capacity over the real event store, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.store.events.opened import opened

from groundwatch.analytics.capacity_advice import capacity
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.forecast import Answer
from groundwatch.analytics.forecast_series import Subject, forecast_of
from groundwatch.analytics.sla import sla_report
from groundwatch.analytics.slo import BudgetState, objective_state
from groundwatch.analytics.slo_settings import ObjectiveSettings, SlaSettings
from groundwatch.domain import metrics
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.metrics import Point
from groundwatch.domain.status import Severity
from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, Entry, EventStore

NOW = datetime(2026, 11, 20, 9, 17, 30, tzinfo=UTC)
ONE = Interaction(
    id="1",
    application="demo",
    started_at=NOW,
    duration=0.4,
    outcome=Outcome.ANSWERED,
    severity=Severity.INFO,
    query="where",
    cost=0.01,
)
AVAILABILITY = ObjectiveSettings(kind="availability", target=0.99)


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    """Ten days, two questions an hour and six in half of the hours; the disk fills."""
    with opened(database, NOW) as store:
        entries = []
        for hour in range(1, 240):
            for part in range(2 + (hour % 24 < 12) * 4):
                at = NOW - timedelta(hours=hour, minutes=5 * part)
                entries.append(Entry(replace(ONE, id=f"{hour}-{part}", started_at=at)))
        store.record(entries)
        for hour in range(1, 240, 6):
            points = [Point("system.cpu", 0.3), Point("system.disk", 0.9 - 0.002 * hour)]
            store.add_points(NOW - timedelta(hours=hour), "", points)
        yield store


def fail(store: EventStore, count: int) -> None:
    at = NOW - timedelta(minutes=1)
    failed = replace(ONE, outcome=Outcome.FAILED, started_at=at, duration=9.0)
    store.record([Entry(replace(failed, id=f"f{place}")) for place in range(count)])


@pytest.mark.parametrize("is_folded", [False, True])
def test_the_period_counts_every_question_once(events: EventStore, is_folded: bool) -> None:
    if is_folded:
        events.fold(NOW)

    state = objective_state(events, "availability", AVAILABILITY, NOW)

    asked = sum(cell.count for cell in events.cells(_everything()))
    assert state.budget.events.count == asked > 900
    assert state.budget.left == 1.0


def _everything() -> CellQuery:
    return CellQuery(metrics.REQUESTS.name, NOW - timedelta(days=20), NOW)


def test_an_outage_burns_and_breaks_the_promise(events: EventStore) -> None:
    fail(events, 40)

    state = objective_state(events, "availability", AVAILABILITY, NOW)
    report = sla_report(events, SlaSettings(min_quality_score=None), NOW)

    assert state.state is BudgetState.BURNING
    assert state.severity is Severity.CRITICAL
    assert report.sla_compliant is False
    assert [each.type for each in report.violations] == ["response_time_sla", "availability_sla"]
    assert report.compliance.score is not None
    assert 0.9 < report.compliance.score < 1


def test_probes_are_counted(events: EventStore) -> None:
    events.add_points(NOW - timedelta(minutes=1), "", [Point(metrics.PROBES.name, 0.0)] * 30)

    state = objective_state(events, "availability", AVAILABILITY, NOW)

    assert state.budget.events.bad == 30


@pytest.mark.parametrize(("application", "bad"), [("groundwatch", 30), ("shop", 0)])
def test_probes_are_of_this_server_and_of_no_other_application(
    events: EventStore, application: str, bad: int
) -> None:
    events.add_points(NOW - timedelta(minutes=1), "", [Point(metrics.PROBES.name, 0.0)] * 30)
    objective = AVAILABILITY.model_copy(update={"application": application})

    state = objective_state(events, "availability", objective, NOW)

    assert state.budget.events.bad == bad


def test_forecast_and_capacity_read_the_store(events: EventStore) -> None:
    volume = forecast_of(events, Subject.VOLUME, NOW, timedelta(days=1), "demo")
    planned = capacity(events, CapacitySettings(), NOW, 5.0)

    assert volume.answer is Answer.SEASONAL
    assert len(volume.values) == 24
    disk = next(each for each in planned.limits if each.resource == "system.disk")
    assert disk.slope is not None
    assert disk.slope.per_day == pytest.approx(0.048, rel=0.15)
    assert planned.recommendations
