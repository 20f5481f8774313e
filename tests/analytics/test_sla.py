"""What was promised, over made cells."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.fakes_series import MadeCells

from groundwatch.analytics.sla import SlaReport, sla_report, sla_reports
from groundwatch.analytics.sla_terms import Sla
from groundwatch.analytics.slo_settings import ServiceLevelSettings, SlaSettings
from groundwatch.domain import metrics
from groundwatch.domain.status import Severity

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PROMISED = SlaSettings(
    max_response_time=2.0, min_availability=0.99, min_quality_score=0.7, period_days=1
)


def hour(  # noqa: PLR0917  a row
    cells: MadeCells, ago: int, asked: int, seconds: float, failed: int = 0, score: float = 0.9
) -> None:
    at = NOW - timedelta(hours=ago, minutes=5)
    cells.add(metrics.REQUESTS, at, [1.0] * asked)
    cells.add(metrics.LATENCY, at, [seconds] * asked)
    cells.add(metrics.OVERALL, at, [score] * asked)
    if failed:
        cells.add(metrics.ERRORS, at, [1.0] * failed)


def promise(report: SlaReport, sla: Sla) -> float | None:
    return next(each for each in report.promises if each.sla is sla).compliance.score


def test_everything_holds() -> None:
    cells = MadeCells()
    for ago in range(24):
        hour(cells, ago, 100, 0.5)

    report = sla_report(cells, PROMISED, NOW)

    assert report.sla_compliant is True
    assert not report.violations
    assert report.compliance.score == 1.0
    assert report.compliance.unknown_time == pytest.approx(0.0, abs=0.05)


def test_every_violation_is_named_with_its_severity() -> None:
    cells = MadeCells()
    hour(cells, 0, 100, 6.0, failed=7, score=0.4)

    report = sla_report(cells, PROMISED, NOW)

    assert report.sla_compliant is False
    assert [(each.type, each.severity) for each in report.violations] == [
        ("response_time_sla", Severity.HIGH),
        ("availability_sla", Severity.CRITICAL),
        ("quality_sla", Severity.MEDIUM),
    ]
    slow, down, poor = report.violations
    assert slow.current == pytest.approx(6.0, rel=0.02)
    assert slow.threshold == 2.0
    assert slow.impact == "100 of 100 took longer"
    assert down.current == pytest.approx(0.93)
    assert down.impact == "7 of 100 failed"
    assert poor.current == pytest.approx(0.4)
    assert slow.since == NOW.replace(minute=0)


def test_compliance_weighs_hours_by_their_traffic() -> None:
    cells = MadeCells()
    hour(cells, 3, 900, 5.0)
    hour(cells, 2, 50, 0.5)
    hour(cells, 1, 50, 0.5)

    report = sla_report(cells, PROMISED, NOW)

    assert promise(report, Sla.RESPONSE_TIME) == pytest.approx(0.1)
    assert promise(report, Sla.AVAILABILITY) == 1.0
    assert report.compliance.score == pytest.approx(0.1)


def test_unknown_time_stands_apart() -> None:
    cells = MadeCells()
    hour(cells, 0, 100, 0.5)

    report = sla_report(cells, PROMISED, NOW)

    assert report.compliance.score == 1.0
    assert report.compliance.unknown_time > 0.95


def test_nothing_asked_is_not_compliant_and_not_violated() -> None:
    report = sla_report(MadeCells(), PROMISED, NOW)

    assert report.sla_compliant is None
    assert not report.violations
    assert report.compliance.score is None
    assert report.compliance.unknown_time == 1.0


def test_few_questions_violate_nothing() -> None:
    cells = MadeCells()
    hour(cells, 0, 3, 60.0, failed=3)

    report = sla_report(cells, PROMISED, NOW)

    assert report.sla_compliant is None
    assert "20 are needed" in report.promises[0].reason


def test_what_is_not_promised_is_not_judged() -> None:
    cells = MadeCells()
    hour(cells, 0, 100, 60.0, failed=50, score=0.1)
    only = SlaSettings(max_response_time=None, min_availability=0.4, min_quality_score=None)

    report = sla_report(cells, only, NOW)

    assert [each.sla for each in report.promises] == [Sla.AVAILABILITY]
    assert report.sla_compliant is True


def test_unscored_traffic_is_unknown_to_quality_alone() -> None:
    cells = MadeCells()
    cells.add(metrics.REQUESTS, NOW - timedelta(minutes=5), [1.0] * 100)
    cells.add(metrics.LATENCY, NOW - timedelta(minutes=5), [0.5] * 100)

    quality = sla_report(cells, PROMISED, NOW).promises[2]

    assert quality.holds is None
    assert quality.compliance.unknown_traffic == 1.0


def test_applications_may_have_promises_of_their_own() -> None:
    cells = MadeCells()
    for application, seconds in (("fast", 0.5), ("slow", 3.0)):
        cells.add(metrics.REQUESTS, NOW - timedelta(minutes=5), [1.0] * 50, application)
        cells.add(metrics.LATENCY, NOW - timedelta(minutes=5), [seconds] * 50, application)
    only = SlaSettings(min_availability=None, min_quality_score=None)
    levels = ServiceLevelSettings(sla=only, applications={"slow": PROMISED, "fast": only})

    reports = {each.application: each for each in sla_reports(cells, levels, NOW)}

    assert list(reports) == ["", "fast", "slow"]
    assert reports[""].sla_compliant is True
    assert reports["fast"].promises[0].current == pytest.approx(0.5, rel=0.02)
    assert reports["slow"].violations[0].type == "response_time_sla"


rows = st.tuples(
    st.integers(0, 23), st.integers(1, 40), st.floats(0.01, 20), st.floats(0, 1), st.floats(0, 1)
)


@settings(max_examples=40)
@given(st.lists(rows, max_size=8))
def test_compliance_is_a_share(given_: list[tuple[int, int, float, float, float]]) -> None:
    cells = MadeCells()
    for ago, asked, seconds, failed, score in given_:
        hour(cells, ago, asked, seconds, int(asked * failed), score)

    report = sla_report(cells, PROMISED, NOW)
    parts = [each.compliance for each in report.promises]

    for each in (report.compliance, *parts):
        assert each.score is None or 0 <= each.score <= 1
        assert 0 <= each.unknown_time <= 1
        assert 0 <= each.unknown_traffic <= 1
    scores = [each.score for each in parts if each.score is not None]
    if scores:
        assert report.compliance.score is not None
        assert report.compliance.score <= min(scores) + 1e-9
