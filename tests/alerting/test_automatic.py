from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.alerting.automatic import Automatic, Candidate, Held, Recent, Step, next_opening
from groundwatch.alerting.automatic_settings import AutomaticSettings
from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.intervals import TimeIntervalSettings, interval
from groundwatch.domain.alerts import rank
from groundwatch.domain.status import Severity

NOW = datetime(2026, 3, 4, 20, 30, 15, tzinfo=UTC)  # a Wednesday evening
SECOND = timedelta(seconds=1)
OFFICE = {"times": [{"start_time": "09:00", "end_time": "17:00"}], "weekdays": ["monday:friday"]}


def steps(**settings: object) -> Automatic:
    return Automatic(AutomaticSettings.model_validate(settings))


def first(severity: Severity = Severity.LOW) -> Candidate:
    return Candidate(Reason.FIRST, severity, None, is_first=True)


def test_what_is_similar_waits_for_the_rest_of_the_window():
    recent = Recent(similar_at=NOW - 100 * SECOND)
    held = steps().holds(first(Severity.HIGH), recent, NOW)
    assert held == Held(Step.SIMILAR, NOW + 200 * SECOND)
    assert steps().holds(first(), Recent(similar_at=NOW - 300 * SECOND), NOW) is None
    assert steps(similar_window="0s").holds(first(), recent, NOW) is None


def test_the_eleventh_of_low_severity_in_an_hour_waits_until_one_is_an_hour_old():
    times = [NOW - timedelta(minutes=50 - place) for place in range(10)]
    held = steps().holds(first(), Recent(low=times), NOW)
    assert held == Held(Step.LOW_LIMIT, NOW + timedelta(minutes=10))
    assert steps().holds(first(), Recent(low=times[1:]), NOW) is None
    assert steps().holds(first(Severity.MEDIUM), Recent(low=times), NOW) is None


def test_low_severity_waits_for_business_hours():
    automatic = steps(business_hours={"hours": [OFFICE], "up_to": "low"})
    opening = datetime(2026, 3, 5, 9, tzinfo=UTC)
    assert automatic.holds(first(), Recent(), NOW) == Held(Step.BUSINESS_HOURS, opening)
    assert automatic.holds(first(Severity.MEDIUM), Recent(), NOW) is None
    assert automatic.holds(first(), Recent(), opening) is None


def test_the_next_opening_follows_the_time_zone():
    settings = TimeIntervalSettings.model_validate({**OFFICE, "location": "Europe/Berlin"})
    friday = datetime(2026, 3, 27, 18, tzinfo=UTC)
    assert next_opening((interval(settings),), friday) == datetime(2026, 3, 30, 7, tzinfo=UTC)


def test_a_storm_is_collected():
    times = [NOW - SECOND * place for place in range(20)]
    held = steps().holds(first(Severity.HIGH), Recent(new=times), NOW)
    assert held == Held(Step.STORM, NOW + timedelta(minutes=1))
    assert steps().holds(first(Severity.HIGH), Recent(new=times[1:]), NOW) is None


def test_the_step_that_holds_longest_counts():
    times = [NOW - SECOND * place for place in range(20)]
    held = steps().holds(first(), Recent(NOW - SECOND, (), times), NOW)
    assert held == Held(Step.SIMILAR, NOW + 299 * SECOND)


@pytest.mark.parametrize(("minutes", "is_held"), [([0, 5, 10], False), ([0, 5, 10, 15], True)])
def test_flapping_keeps_open(minutes: list[int], is_held: bool):
    opened = [NOW - timedelta(minutes=each) for each in minutes]
    expected = NOW + timedelta(minutes=10) if is_held else None
    assert steps().flapping(opened, NOW) == expected
    assert steps(enabled=False).flapping(opened, NOW) is None


SEVERITIES = st.sampled_from(list(Severity))
TIMES = st.lists(st.integers(0, 7200).map(lambda s: NOW - s * SECOND), max_size=60).map(sorted)
REASONS = st.sampled_from([Reason.FIRST, Reason.NEW_ALERTS, Reason.SEVERITY, Reason.NEW_RESOLVED,
                           Reason.ALL_RESOLVED, Reason.REPEAT])  # fmt: skip


@given(REASONS, SEVERITIES, st.none() | SEVERITIES, st.booleans(), TIMES)
def test_nothing_critical_no_rise_and_no_end_ever_waits(
    reason: Reason,
    severity: Severity,
    told: Severity | None,
    is_first: bool,
    times: list[datetime],
):
    automatic = steps(
        business_hours={"hours": [OFFICE], "up_to": "critical"},
        low_per_hour=1,
        storm={"incidents": 1},
    )
    notice = Candidate(reason, severity, told, is_first)
    held = automatic.holds(notice, Recent(NOW - SECOND, times, times), NOW)
    if held:
        assert held.until > NOW
        assert reason in {Reason.FIRST, Reason.NEW_ALERTS, Reason.REPEAT}
        assert not (is_first and severity is Severity.CRITICAL)
        assert told is None or rank(severity) <= rank(told)
