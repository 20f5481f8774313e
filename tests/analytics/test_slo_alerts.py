"""Service levels as alerts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.analytics.fakes_series import MadeCells

from groundwatch.analytics import slo_alerts
from groundwatch.analytics.sla import sla_report
from groundwatch.analytics.slo import objective_state
from groundwatch.analytics.slo_alerts import LevelAlert, alerts_of
from groundwatch.analytics.slo_settings import ObjectiveSettings, SlaSettings
from groundwatch.domain import metrics

NOW = datetime(2026, 11, 20, 9, 17, 30, tzinfo=UTC)
AVAILABILITY = ObjectiveSettings(kind="availability", target=0.999)


def traffic(failing_minutes: int, failed: int, until: int = 0) -> MadeCells:
    cells = MadeCells()
    for minutes_ago in range(60 * 24, until, -1):
        at = NOW - timedelta(minutes=minutes_ago)
        cells.add(metrics.REQUESTS, at, [1.0] * 20)
        if minutes_ago <= failing_minutes:
            cells.add(metrics.ERRORS, at, [1.0] * failed)
    return cells


def alerts(cells: MadeCells) -> tuple[LevelAlert, ...]:
    promised = SlaSettings(max_response_time=None, min_quality_score=None)
    return alerts_of(
        [objective_state(cells, "all", AVAILABILITY, NOW)], [sla_report(cells, promised, NOW)]
    )


def test_healthy_levels_say_nothing() -> None:
    assert not alerts(traffic(0, 0))


def test_a_burn_and_a_violation_are_alerts_of_their_own() -> None:
    found = {each.labels["alertname"]: each for each in alerts(traffic(3, 20))}

    assert set(found) == {"slo_burn", "availability_sla"}
    burn = found["slo_burn"]
    assert burn.labels["severity"] == "critical"
    assert burn.labels["urgency"] == "page"
    assert burn.annotations["target"] == "99.9 %"
    assert burn.annotations["summary"].startswith("75 % of questions fail, 0.1 % may; all burns ")
    broken = found["availability_sla"].annotations["summary"]
    assert broken.startswith("5 % of questions fail, 1 % at most was promised; ")
    assert "failed" in found["availability_sla"].annotations["impact"]
    assert found["availability_sla"].since == NOW.replace(minute=0, second=0)


def test_a_budget_that_is_spent_empties_no_more() -> None:
    generous = ObjectiveSettings(kind="availability", target=0.99)
    for objective, is_told in ((generous, True), (AVAILABILITY, False)):
        state = objective_state(traffic(12, 20), "all", objective, NOW)
        annotations = next(iter(alerts_of([state], []))).annotations
        assert ("empty_in" in annotations) is is_told, annotations["budget_left"]


def test_labels_stay_while_numbers_change() -> None:
    one = [each.labels for each in alerts(traffic(3, 20))]
    other = [each.labels for each in alerts(traffic(4, 19))]

    assert one == other


def test_page_and_ticket_are_two_alerts() -> None:
    found = [each.labels.get("urgency") for each in alerts(traffic(500, 10))]

    assert {"page", "ticket"} <= set(found)


def test_silence_is_said() -> None:
    names = [each.labels["alertname"] for each in alerts(traffic(0, 0, until=8 * 60))]

    assert names == ["slo_no_data"]


def test_what_never_was_measured_is_no_silence() -> None:
    assert not alerts(MadeCells())


def test_every_runbook_exists() -> None:
    folder = Path(__file__).parents[2] / "docs" / "runbooks"

    for name in {*slo_alerts._RUNBOOKS.values(), "no-data"}:
        assert (folder / f"{name}.md").is_file()
