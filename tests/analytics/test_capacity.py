"""Days until limits, and what is advised."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.analytics.fakes_series import MadeCells

from groundwatch.analytics.capacity import Limit, Reach, days_until, theil_sen
from groundwatch.analytics.capacity_advice import capacity
from groundwatch.analytics.capacity_budget import budget_limit
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.domain import metrics

SINCE = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def days(values: Sequence[float]) -> list[tuple[datetime, float]]:
    return [(SINCE + DAY * place, float(value)) for place, value in enumerate(values)]


def until(values: Sequence[float], limit: float, idle: int = 0) -> Limit:
    """The day after the last measured one, or some days later."""
    today = SINCE + DAY * (len(values) + idle)
    return days_until("disk", "ratio", days(values), limit, today=today)


def noisy(count: int, slope: float, seed: int, lag: float = 0.0) -> list[float]:
    rng = np.random.default_rng(seed)
    values, noise = [], 0.0
    for day in range(count):
        noise = lag * noise + 0.02 * float(rng.normal())
        values.append(0.4 + slope * day + noise)
    return values


def test_a_steady_rise_reaches_its_limit_in_time() -> None:
    found = until([0.5 + 0.01 * day for day in range(30)], 0.9)

    assert found.reach is Reach.DAYS
    assert found.days == pytest.approx(11.0)
    assert found.soonest == pytest.approx(11.0)


def test_noise_gives_an_interval() -> None:
    found = until(noisy(30, 0.01, 1), 0.9)

    assert found.soonest is not None
    assert found.days is not None
    assert found.soonest < found.days
    assert found.latest is None or found.days < found.latest


@pytest.mark.parametrize("slope", [0.0, -0.005])
def test_no_trend_is_an_answer(slope: float) -> None:
    found = [until(noisy(30, slope, seed), 0.9) for seed in range(60)]

    flat = [each for each in found if each.reach is Reach.NO_TREND]
    assert len(flat) >= 54
    assert all(each.days is None for each in flat)


def test_nothing_is_said_beyond_the_history() -> None:
    found = until([0.1 + 0.001 * day for day in range(30)], 0.9)

    assert found.reach is Reach.NOT_SOON
    assert found.days is None
    assert "30 days" in found.reason


def test_what_is_reached_is_said() -> None:
    assert until([0.95] * 10, 0.9).reach is Reach.REACHED
    assert until([0.95], 0.9).reach is Reach.REACHED


def test_one_spike_is_not_the_limit_reached() -> None:
    assert until([0.5] * 20 + [0.99], 0.9).reach is not Reach.REACHED


def test_what_is_no_longer_measured_is_not_projected() -> None:
    rising = [0.5 + 0.01 * day for day in range(30)]

    assert until(rising, 0.9, idle=2).days == pytest.approx(9.0)
    stale = until(rising, 0.9, idle=10)
    assert stale.reach is Reach.NOT_MEASURED
    assert "2026-10-30" in stale.reason


def test_too_little_and_nothing() -> None:
    assert until([0.1] * 6, 0.9).reach is Reach.TOO_LITTLE
    assert until([], 0.9).reach is Reach.NOT_MEASURED


@pytest.mark.parametrize("lag", [0.0, 0.5])
def test_the_slopes_interval_holds_the_true_slope(lag: float) -> None:
    """At least about 90 %, also where neighbouring days are alike."""
    inside = 0
    for seed in range(120):
        slope = theil_sen(days(noisy(40, 0.003, seed, lag)), 0.9)
        inside += slope.low <= 0.003 <= slope.high

    assert inside >= 120 * 0.82


def test_one_outlier_does_not_turn_the_slope() -> None:
    values = [0.5 + 0.01 * day for day in range(30)]
    values[20] = 50.0

    assert theil_sen(days(values)).per_day == pytest.approx(0.01, abs=1e-4)


def spend(cells: MadeCells, count: int, dollars: float) -> datetime:
    for day in range(count):
        cells.add(metrics.COST, SINCE + DAY * day + timedelta(hours=3), [dollars])
    return SINCE + DAY * count


@pytest.mark.parametrize(
    ("limit", "reach"),
    [(15.0, Reach.REACHED), (25.0, Reach.DAYS), (1000.0, Reach.NOT_SOON)],
)
def test_the_months_budget(limit: float, reach: Reach) -> None:
    cells = MadeCells()
    now = spend(cells, 20, 1.0)

    found = budget_limit(cells, limit, now)

    assert found.reach is reach
    assert found.value == pytest.approx(20.0)
    if reach is Reach.DAYS:
        assert found.days == pytest.approx(5.0, abs=0.1)


def test_no_prices_are_no_spending() -> None:
    assert budget_limit(MadeCells(), 10.0, SINCE).reach is Reach.NOT_MEASURED


def machine(cells: MadeCells, count: int, disk: float, asked: int) -> datetime:
    """Processors take 10 % and .1 % more for each question an hour; the disk fills."""
    for hour in range(count * 24):
        at = SINCE + timedelta(hours=hour)
        questions = asked + asked // 2 * (hour % 24 > 12) + asked * hour // (count * 24)
        cells.add(metrics.REQUESTS, at, [1.0] * questions)
        cells.add(metrics.CPU, at, [min(1.0, 0.1 + 0.001 * questions)])
        cells.add(metrics.MEMORY, at, [0.5])
        cells.add(metrics.DISK, at, [0.3 + disk * hour / 24])
    return SINCE + DAY * count


def test_use_of_a_question_is_measured() -> None:
    cells = MadeCells()
    now = machine(cells, 15, 0.0, 100)

    found = capacity(cells, CapacitySettings(), now)
    cpu, memory = found.loads

    assert cpu.per_question == pytest.approx(3.6, rel=0.05)
    assert cpu.idle == pytest.approx(0.1, abs=0.01)
    assert cpu.carries == pytest.approx(0.7 / 3.6, rel=0.05)
    assert cpu.exceeded_at is None
    assert memory.per_question is None
    assert "does not follow" in memory.reason
    assert not found.recommendations


def test_what_will_not_be_carried_is_scaled_before_it_comes() -> None:
    cells = MadeCells()
    now = machine(cells, 15, 0.02, 260)

    found = capacity(cells, CapacitySettings(), now)

    assert found.loads[0].exceeded_at is not None
    assert found.loads[0].exceeded_at >= now
    advised = [each.recommendation for each in found.recommendations]
    assert any(each.startswith("Scale processors by 1.") for each in advised)
    assert any(each.startswith("Scale disk by") for each in advised)
