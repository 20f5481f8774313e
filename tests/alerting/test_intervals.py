from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from groundwatch.alerting.intervals import TimeIntervalSettings, interval

CASES = [
    # settings, moment, holds
    ({}, "2026-03-04T05:06", True),
    ({"times": [{"start_time": "09:00", "end_time": "17:00"}]}, "2026-03-04T09:00", True),
    ({"times": [{"start_time": "09:00", "end_time": "17:00"}]}, "2026-03-04T16:59", True),
    ({"times": [{"start_time": "09:00", "end_time": "17:00"}]}, "2026-03-04T17:00", False),
    ({"times": [{"start_time": "22:00", "end_time": "24:00"}]}, "2026-03-04T23:59", True),
    ({"weekdays": ["monday:friday"]}, "2026-03-04T00:00", True),  # a Wednesday
    ({"weekdays": ["saturday", "sunday"]}, "2026-03-08T00:00", True),  # a Sunday
    ({"weekdays": ["saturday", "sunday"]}, "2026-03-09T00:00", False),
    ({"days_of_month": ["1:5"]}, "2026-03-05T00:00", True),
    ({"days_of_month": ["-3:-1"]}, "2026-02-25T23:59", False),
    ({"days_of_month": ["-3:-1"]}, "2026-02-26T00:00", True),
    ({"days_of_month": ["31"]}, "2026-04-30T00:00", False),
    ({"days_of_month": ["29:31"]}, "2026-04-30T00:00", True),
    ({"days_of_month": ["-1"]}, "2024-02-29T00:00", True),
    ({"months": ["january:march", "12"]}, "2026-12-01T00:00", True),
    ({"months": ["April"]}, "2026-03-31T23:59", False),
    ({"years": ["2025:2026"]}, "2026-03-31T23:59", True),
    ({"years": ["2027"]}, "2026-03-31T23:59", False),
    ({"weekdays": ["monday"], "months": ["3"]}, "2026-03-03T12:00", False),
    # Berlin: winter time until 01:00 UTC on 29 March 2026, then summer time
    ({"times": [{"start_time": "09:00", "end_time": "10:00"}], "location": "Europe/Berlin"},
     "2026-03-28T08:30", True),
    ({"times": [{"start_time": "09:00", "end_time": "10:00"}], "location": "Europe/Berlin"},
     "2026-03-29T08:30", False),
    ({"times": [{"start_time": "09:00", "end_time": "10:00"}], "location": "Europe/Berlin"},
     "2026-03-29T07:30", True),
]  # fmt: skip
REFUSED = [
    {"times": [{"start_time": "17:00", "end_time": "09:00"}]},
    {"times": [{"start_time": "9:00", "end_time": "10:00"}]},
    {"times": [{"start_time": "09:00", "end_time": "25:00"}]},
    {"weekdays": ["friday:monday"]},
    {"weekdays": ["fryday"]},
    {"days_of_month": ["0"]},
    {"days_of_month": ["5:1"]},
    {"days_of_month": ["-1:5"]},
    {"months": ["0"]},
    {"years": ["soon"]},
    {"location": "Mars/Olympus"},
    {"location": "../../etc/passwd"},
    {"unknown": 1},
]


@pytest.mark.parametrize(("settings", "at", "expected"), CASES)
def test_holds(settings: dict[str, object], at: str, expected: bool):
    made = interval(TimeIntervalSettings.model_validate(settings))
    assert made.holds(datetime.fromisoformat(at).replace(tzinfo=UTC)) is expected


@pytest.mark.parametrize("settings", REFUSED)
def test_refuses(settings: dict[str, object]):
    with pytest.raises(ValidationError):
        TimeIntervalSettings.model_validate(settings)
