"""Rising, falling, or chance."""

from datetime import UTC, datetime, timedelta
from random import Random

from groundwatch.analytics.trend import trend_of

START = datetime(2026, 3, 2, tzinfo=UTC)


def hours(count):
    return [START + timedelta(hours=hour) for hour in range(count)]


def test_a_known_example_of_mann_kendall():
    # Ten values without ties, S = 45 - 2 * 6 = 33: z = 32 / sqrt(125) = 2.862, p = 0.0042.
    values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    values[3], values[0], values[6] = values[0], values[3], values[6]
    found = trend_of(hours(10), [float(value) for value in values])
    swaps = sum(a > b for i, a in enumerate(values) for b in values[i + 1 :])
    score = 45 - 2 * swaps
    z = (score - 1) / (10 * 9 * 25 / 18) ** 0.5
    assert found.direction == "rising"
    assert found.p is not None
    assert abs(found.p - 2 * (1 - _normal(z))) < 1e-9


def test_noise_is_no_trend_more_than_one_time_in_twenty():
    random = Random(4)  # noqa: S311
    found = [trend_of(hours(40), [random.random() for _ in range(40)]) for _ in range(400)]
    wrong = sum(each.direction != "steady" for each in found)
    assert wrong <= 400 * 0.05 + 3 * (400 * 0.05 * 0.95) ** 0.5


def test_a_daily_rhythm_is_no_trend_and_growth_under_it_is_one():
    at = hours(24 * 5)
    rhythm = [float(moment.hour) for moment in at]
    assert trend_of(at, rhythm).direction == "steady"
    grown = [value + place / 24 for place, value in enumerate(rhythm)]
    found = trend_of(at, grown)
    assert found.direction == "rising"
    assert found.per_day is not None
    assert abs(found.per_day - 1.0) < 1e-9
    assert "hour of day" in found.method


def test_a_quiet_weekend_at_one_end_is_no_trend_and_growth_beside_it_is_one():
    friday = START + timedelta(days=4, hours=17)
    at = [friday + timedelta(hours=hour) for hour in range(7 * 24)]
    random = Random(6)  # noqa: S311
    week = [
        random.gauss(10, 1) * (0.3 if moment.weekday() >= 5 else 1.0) + moment.hour % 7
        for moment in at
    ]
    assert trend_of(at, week).direction == "steady"
    grown = [value + place / 24 for place, value in enumerate(week)]
    assert trend_of(at, grown).direction == "rising"
    days = [START + timedelta(days=day) for day in range(12)]  # two weekends, one at the end
    daily = [random.gauss(2 if day.weekday() >= 5 else 10, 0.1) for day in days]
    assert trend_of(days, daily).direction == "steady"


def test_too_little_is_unknown_with_the_reason():
    found = trend_of(hours(9), [1.0, None, 2.0, None, 3.0, None, 4.0, 5.0, None])
    assert (found.direction, found.p) == ("unknown", None)
    assert "needs 8 points, there are 5" in found.method


def test_equal_values_are_steady():
    assert trend_of(hours(20), [3.0] * 20).direction == "steady"


def _normal(z: float) -> float:
    from math import erf, sqrt

    return 0.5 * (1 + erf(z / sqrt(2)))
