"""Which report is due when, across zones, clock changes and missed days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from groundwatch.errors import InvalidInput
from groundwatch.reports.schedule import Due, Run, State, due, latest, upcoming, wait
from groundwatch.reports.settings import ReportSettings
from groundwatch.reports.spans import Kind, lately, span_for

BERLIN = ReportSettings(timezone="Europe/Berlin")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def run(day: date, state: State, attempts: int = 1) -> Run:
    return Run(Kind.DAILY, day, NOW, state, NOW, attempts)


@pytest.mark.parametrize(
    ("now", "day", "at"),
    [
        ("2026-03-04T07:59Z", "2026-03-02", "2026-03-03T08:00Z"),
        ("2026-03-04T08:00Z", "2026-03-03", "2026-03-04T08:00Z"),
        # The night in which clocks go forward: nine o'clock comes an hour earlier in UTC.
        ("2026-03-29T06:59Z", "2026-03-27", "2026-03-28T08:00Z"),
        ("2026-03-29T07:00Z", "2026-03-28", "2026-03-29T07:00Z"),
    ],
)
def test_the_daily_report_is_about_the_day_before(now, day, at):
    planned = latest(Kind.DAILY, BERLIN, datetime.fromisoformat(now))
    assert (planned.date, planned.at) == (date.fromisoformat(day), datetime.fromisoformat(at))


def test_the_weekly_report_is_about_the_last_whole_week():
    assert latest(Kind.WEEKLY, BERLIN, NOW).date == date(2026, 2, 23)
    late = ReportSettings.model_validate({"weekly": {"weekday": "wednesday", "at": "10:00"}})
    assert latest(Kind.WEEKLY, late, NOW).date == date(2026, 2, 23)
    assert latest(Kind.WEEKLY, late, NOW.replace(hour=9)).date == date(2026, 2, 16)
    assert latest(Kind.EXECUTIVE, BERLIN, NOW).date == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ([], Due.BEGIN),
        ([run(date(2026, 2, 20), State.SENT)], Due.SEND),
        ([run(date(2026, 3, 2), State.UNCERTAIN)], Due.SEND),
        ([run(date(2026, 3, 3), State.SENT)], Due.DONE),
        ([run(date(2026, 3, 3), State.BEGUN)], Due.DONE),
        ([run(date(2026, 3, 3), State.UNCERTAIN)], Due.DONE),
        ([run(date(2026, 3, 3), State.GIVEN_UP)], Due.DONE),
        ([run(date(2026, 3, 3), State.FAILED)], Due.WAIT),
        ([run(date(2026, 3, 3), State.SENDING)], Due.ABANDONED),
        ([run(date(2026, 3, 5), State.SENT)], Due.DONE),
    ],
)
def test_a_report_is_known_by_its_date(runs, wanted):
    assert due(latest(Kind.DAILY, BERLIN, NOW), runs, NOW) is wanted


def test_another_zone_sends_nothing_twice():
    sent = [run(latest(Kind.DAILY, BERLIN, NOW).date, State.SENT)]
    for zone in ("UTC", "America/New_York", "Asia/Kolkata"):
        planned = latest(Kind.DAILY, ReportSettings(timezone=zone), NOW)
        assert due(planned, sent, NOW) is Due.DONE


def test_retries_wait_longer_and_longer():
    failed = [run(date(2026, 3, 3), State.FAILED, 3)]
    planned = latest(Kind.DAILY, BERLIN, NOW)
    assert due(planned, failed, NOW + timedelta(minutes=4)) is Due.RETRY
    assert due(planned, failed, NOW + timedelta(minutes=3)) is Due.WAIT
    assert [wait(n) / timedelta(minutes=1) for n in (1, 2, 3, 9)] == [1, 2, 4, 60]


def test_days_of_a_clock_change_are_as_long_as_they_are():
    zone = ZoneInfo("Europe/Berlin")
    late = datetime(2026, 12, 1, tzinfo=UTC)
    hours = [
        span_for(Kind.DAILY, date.fromisoformat(day), late, zone).window.seconds / 3600
        for day in ("2026-03-29", "2026-10-25", "2026-10-26")
    ]
    assert hours == [23, 25, 24]
    half = span_for(Kind.DAILY, date(2026, 3, 3), late, ZoneInfo("Asia/Kolkata"))
    assert half.window.since == datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert half.window.seconds == 86_400


def test_spans_name_what_they_are_about():
    zone = ZoneInfo("UTC")
    week = span_for(Kind.WEEKLY, date(2026, 3, 4), NOW, zone, "a b")
    assert week.date == date(2026, 3, 2)
    assert not week.is_over
    assert week.link("/interactions?flag=x") == (
        "/interactions?flag=x&since=2026-03-02T00%3A00Z&until=2026-03-04T12%3A00Z&app=a+b"
    )
    assert lately("7d", NOW, zone).days == 7
    for bad in (date(2026, 3, 5), date(1999, 1, 1), date.min, date.max):
        with pytest.raises(InvalidInput):
            span_for(Kind.WEEKLY if bad == date.max else Kind.DAILY, bad, NOW, zone)
    for period in ("1h", "91d", "x"):
        with pytest.raises(InvalidInput):
            lately(period, NOW, zone)


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars"}, {"daily": {"at": "24:00"}}, {"daily": {"to": ["a b@c"]}},
              {"executive": {"days": 0}}, {"timezone": "../etc/passwd"}, {"timezone": ""}],
)  # fmt: skip
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match=r"time zone|pattern|e-mail|greater"):
        ReportSettings.model_validate(wrong)


@pytest.mark.parametrize(
    ("kind", "now", "at"),
    [
        (Kind.DAILY, "2026-03-04T07:59Z", "2026-03-04T08:00Z"),
        (Kind.DAILY, "2026-03-04T08:00Z", "2026-03-05T08:00Z"),
        (Kind.DAILY, "2026-03-28T08:00Z", "2026-03-29T07:00Z"),
        (Kind.WEEKLY, "2026-03-04T12:00Z", "2026-03-09T08:00Z"),
    ],
)
def test_the_next_one_comes_at_its_time_of_the_day(kind, now, at):
    found = upcoming(kind, BERLIN, datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(at)
