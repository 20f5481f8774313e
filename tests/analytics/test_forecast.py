"""Forecasts of made series: what is said, how wrong it is, and when nothing is said."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.analytics.fakes_series import MadeCells

from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.forecast import Answer, Forecast, History, forecast
from groundwatch.analytics.forecast_backtest import added_up, candidates, margins, sum_margins
from groundwatch.analytics.forecast_models import Values, filled, holt_winters, seasonal_naive
from groundwatch.analytics.forecast_series import Subject, forecast_of, history_of
from groundwatch.analytics.forecast_theta import theta
from groundwatch.domain import metrics

SINCE = datetime(2026, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def made(values: Values, horizon: int = 24) -> Forecast:
    return forecast(History("volume", "1", SINCE, HOUR, values, (24, 168)), horizon)


def daily(days: int, noise: float, seed: int = 1) -> Values:
    hours = np.arange(days * 24)
    rng = np.random.default_rng(seed)
    return 100 + 40 * np.sin(2 * np.pi * hours / 24) + noise * rng.normal(size=hours.size)


def test_an_exact_rhythm_is_repeated_exactly() -> None:
    found = made(daily(10, 0.0))

    assert found.answer is Answer.SEASONAL
    assert found.error is not None
    assert found.error.mae == pytest.approx(0, abs=1e-6)
    assert found.values == pytest.approx(daily(11, 0.0)[-24:])
    assert found.at[0] == SINCE + 240 * HOUR


def test_a_noisy_rhythm_is_forecast_better_than_repeated() -> None:
    values = daily(22, 10.0)

    found = made(values[:-24])

    assert found.error is not None
    assert found.error.mae < 0.9 * found.error.naive
    assert np.abs(np.array(found.values) - values[-24:]).mean() < 12


def test_intervals_hold_what_they_promise() -> None:
    """90 % intervals on simulated series, each compared with a day that was not seen."""
    inside: list[bool] = []
    for seed in range(60):
        values = daily(16, 10.0, seed)
        found = made(values[:-24])
        pairs = zip(found.low, values[-24:], found.high, strict=True)
        inside += [low <= value <= high for low, value, high in pairs]

    assert 0.87 <= np.mean(inside) <= 0.975


def test_intervals_of_sums_hold_what_they_promise() -> None:
    """Narrower than the sum of the bounds, since errors of hours partly cancel."""
    inside: list[bool] = []
    narrower: list[float] = []
    for seed in range(60):
        values = daily(16, 10.0, seed)
        found = made(values[:-24])
        inside.append(found.sums_low[-1] <= values[-24:].sum() <= found.sums_high[-1])
        whole = sum(found.high) - sum(found.low)
        narrower.append((found.sums_high[-1] - found.sums_low[-1]) / whole)
        assert list(found.sums_low) == sorted(found.sums_low)

    assert np.median(narrower) < 0.8
    assert 0.83 <= np.mean(inside) <= 1.0


def test_errors_add_up_and_cancel() -> None:
    nothing = np.nan
    missed = np.array([[1.0, -1.0, 2.0], [1.0, nothing, 2.0], [1.0, nothing, nothing]])

    sums = added_up(missed)

    assert sums[0].tolist() == [1.0, 0.0, 2.0]
    assert sums[1].tolist() == [1.0, 1.0, 3.0]
    assert sums[2, 0] == 1.0
    assert np.isnan(sums[2, 1:]).all()


def test_a_weekly_rhythm_is_found() -> None:
    hours = np.arange(6 * 168)
    values = np.where(hours // 24 % 7 >= 5, 10.0, 100.0) + np.random.default_rng(2).normal(
        size=1008
    )

    found = made(values, 48)

    assert found.season == 168


def test_one_spike_hardly_moves_the_forecast() -> None:
    values = daily(15, 2.0)
    spiked = values.copy()
    spiked[-30] = 5000.0

    calm, after = np.array(made(values).values), np.array(made(spiked).values)

    assert np.median(np.abs(calm - after)) < 5


def test_a_spike_in_the_start_leaves_no_rhythm_of_its_own() -> None:
    values = daily(15, 2.0)
    spiked = values.copy()
    spiked[10] = 5000.0

    calm, after = np.array(made(values).values), np.array(made(spiked).values)

    assert np.abs(calm - after).max() < 10


@pytest.mark.parametrize("count", [3, 7])
def test_too_little_is_said(count: int) -> None:
    found = made(np.ones(count))

    assert found.answer is Answer.TOO_LITTLE
    assert not found.values
    assert found.error is None
    assert "8 hours are needed" in found.reason


def test_nothing_at_all_is_said_so() -> None:
    assert made(np.full(9, np.nan)).reason == "nothing was measured"


def test_a_history_of_gaps_is_too_little() -> None:
    values = daily(10, 1.0)
    values[1::3] = np.nan
    values[2::3] = np.nan

    assert made(values).answer is Answer.TOO_LITTLE


def test_a_short_history_has_a_level_and_no_rhythm() -> None:
    found = made(daily(2, 5.0))

    assert found.answer is Answer.LEVEL
    assert found.season == 1
    assert "rhythm" in found.reason


def test_no_forecast_reaches_further_than_was_tried_three_times() -> None:
    found = made(daily(4, 5.0), 500)

    assert len(found.values) == 16, "two days start the models, two were forecast"
    assert found.reason == ("4 days of history; of the 21 days asked for, 16 hours can be told")


def test_the_sum_of_a_span_that_was_seldom_tried_may_be_less_or_more() -> None:
    """A week whose quiet days are not over: no hour so far was less than the day before."""
    values = 100 + np.arange(168.0)

    found = made(values, 100)

    assert found.sums_low[-1] < found.total < found.sums_high[-1]
    missed = np.ones((20, 30))
    missed[0] = 3.0
    wide = sum_margins(missed, 90, 0.9)
    assert wide[0] == 1, "ninety steps tell enough to leave the worst out"
    assert wide[-1] == 90, "three sums of thirty steps do not"


def test_a_flat_series_stays_flat() -> None:
    found = made(np.full(200, 7.0))

    assert found.values == pytest.approx([7.0] * 24)
    assert found.high == pytest.approx([7.0] * 24)
    assert found.trend.direction == "steady"


def test_gaps_do_not_count_as_errors() -> None:
    values = daily(12, 0.0)
    values[100:110] = np.nan

    found = made(values)

    assert found.error is not None
    assert found.error.mae == pytest.approx(0, abs=1e-6)
    assert found.history == 278


def test_origins_see_only_what_came_before() -> None:
    values = daily(10, 5.0)
    changed = values.copy()
    changed[150:] = 1e6
    seen = np.ones(values.size, dtype=bool)

    for season in (1, 24):
        one = holt_winters(values, seen, [100, 150], season, 24)
        other = holt_winters(changed, seen, [100, 150], season, 24)
        assert one == pytest.approx(other)
        assert seasonal_naive(values, [150], season, 24) == pytest.approx(
            seasonal_naive(changed, [150], season, 24)
        )


@settings(max_examples=50, deadline=None)
@given(
    arrays(np.float64, st.integers(8, 120), elements=st.floats(0, 1e6) | st.just(float("nan"))),
    st.integers(1, 30),
)
def test_every_forecast_is_finite_ordered_and_within_bounds(values: Values, horizon: int) -> None:
    found = forecast(History("x", "1", SINCE, HOUR, values, (24,)), horizon)

    assert len(found.values) <= horizon
    for low, value, high in zip(found.low, found.values, found.high, strict=True):
        assert 0 <= low <= value <= high < float("inf")


@settings(max_examples=30, deadline=None)
@given(arrays(np.float64, (20, 5), elements=st.floats(-100, 100)))
def test_a_wider_share_has_wider_margins(missed: Values) -> None:
    low50, high50 = margins(missed, 0.5)
    low90, high90 = margins(missed, 0.9)

    assert (low90 <= low50).all()
    assert (high90 >= high50).all()


def test_filled_gaps_take_the_season_before() -> None:
    values = np.array([np.nan, 1.0, 2.0, np.nan, 5.0, np.nan])

    assert filled(values, 2).tolist() == [1.0, 1.0, 2.0, 1.0, 5.0, 1.0]


def test_all_three_models_compete() -> None:
    found = {each.model for each in candidates(daily(10, 5.0), [24], 24)}

    assert found == {"seasonal naive", "Holt-Winters", "mean of both", "damped trend"}


def test_subjects_are_read_from_cells() -> None:
    cells = MadeCells()
    now = SINCE + timedelta(days=8, minutes=20)
    for hour in range(8 * 24):
        at = SINCE + hour * HOUR
        asked = 10 + hour % 24
        cells.add(metrics.REQUESTS, at, [1.0] * asked)
        cells.add(metrics.LATENCY, at, [0.5] * asked)
        cells.add(metrics.COST, at, [0.01] * asked)
        cells.add(metrics.DISK, at, [0.4])
    cells.add(metrics.REQUESTS, now, [1.0] * 999)

    volume = forecast_of(cells, Subject.VOLUME, now, timedelta(days=1))
    slow = forecast_of(cells, Subject.LATENCY, now, timedelta(days=1))
    cost = forecast_of(cells, Subject.COST, now, timedelta(days=1))
    disk = forecast_of(cells, Subject.STORAGE, now, timedelta(days=1))

    assert volume.at[0] == SINCE + timedelta(days=8)
    assert volume.values == pytest.approx([10 + hour for hour in range(24)])
    assert slow.values[0] == pytest.approx(0.5, rel=0.02)
    assert cost.values[5] == pytest.approx(0.15)
    assert disk.values == pytest.approx([0.4] * 24)


def test_silence_since_the_first_question_is_none_asked() -> None:
    cells = MadeCells()
    cells.add(metrics.REQUESTS, SINCE, [1.0])
    cells.add(metrics.LATENCY, SINCE, [1.0])
    now = SINCE + timedelta(hours=5)

    volume = history_of(cells, Subject.VOLUME, now)
    slow = history_of(cells, Subject.LATENCY, now)

    assert volume.values[-5:].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert np.isnan(volume.values[:-5]).all()
    assert np.isnan(slow.values[-4:]).all()


def test_an_application_that_is_asked_once_a_day_is_forecast_by_the_day() -> None:
    cells = MadeCells()
    for day in range(30):
        cells.add(metrics.LATENCY, SINCE + timedelta(days=day, hours=9), [1.0] * 5)

    found = forecast_of(cells, Subject.LATENCY, SINCE + timedelta(days=30), timedelta(days=7))

    assert found.step == timedelta(days=1)
    assert found.reach == timedelta(days=5)


def test_far_ahead_is_by_the_hour_while_days_are_few() -> None:
    cells = MadeCells()
    for hour in range(7 * 24):
        cells.add(metrics.REQUESTS, SINCE + hour * HOUR, [1.0] * (10 + hour % 24))

    found = forecast_of(cells, Subject.VOLUME, SINCE + timedelta(days=7), timedelta(days=30))

    assert (found.step, found.reach) == (HOUR, timedelta(hours=40))
    assert "of the 30 days asked for, 40 hours can be told" in found.reason


def test_a_rival_forecasts_only_where_it_erred_less() -> None:
    whole = daily(16, 9.0)
    past = History("volume", "1", SINCE, HOUR, whole[:-24], (24,))

    def perfect(values: Values, origins: Sequence[int], season: int, horizon: int) -> Values:
        return np.stack([whole[origin : origin + horizon] for origin in origins])

    def wrong(values: Values, origins: Sequence[int], season: int, horizon: int) -> Values:
        return np.full((len(origins), horizon), -1e9)

    assert forecast(past, 24, rivals={"perfect": perfect}).model == "perfect"
    assert forecast(past, 24, rivals={"wrong": wrong}) == forecast(past, 24)


def test_theta_is_fitted_on_what_came_before_each_origin() -> None:
    values = daily(10, 0.5) + np.arange(240) * 0.1
    found = theta(values, [120, 200], 24, 24)
    assert found.shape == (2, 24)
    for row, origin in zip(found, (120, 200), strict=True):
        assert np.abs(row - values[origin : origin + 24]).mean() < 8
    changed = values.copy()
    changed[120:] += 1000
    assert np.allclose(theta(changed, [120], 24, 24), found[:1])


def test_the_extra_is_chosen_by_configuration() -> None:
    assert not CapacitySettings().rivals
    assert set(CapacitySettings(forecasts="statsforecast").rivals) == {"optimised theta"}
