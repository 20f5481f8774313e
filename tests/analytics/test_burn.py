"""The arithmetic of error budgets."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.analytics.burn import (
    BurnRule,
    Events,
    budget_left,
    burn_rate,
    hours,
    time_to_empty,
    usual_rules,
)

events = st.builds(
    lambda total, share: Events(total, total * share, round(total)),
    st.floats(0, 1e6),
    st.floats(0, 1),
)
targets = st.floats(0.5, 0.9999)


@pytest.mark.parametrize(
    ("days", "factors"),
    [
        (30, [14.4, 6, 3, 1]),
        (28, [13.44, 5.6, 2.8, 0.933333]),
        (7, [13.44, 3.5, 1.4, 0.98]),
    ],
)
def test_factors_follow_the_period(days: int, factors: list[float]) -> None:
    period = timedelta(days=days)

    assert [rule.factor(period) for rule in usual_rules(period)] == pytest.approx(factors)


def test_short_windows_are_a_twelfth() -> None:
    rules = usual_rules(timedelta(days=30))

    assert [hours(rule.short) for rule in rules] == ["5m", "30m", "2h", "6h"]


@pytest.mark.parametrize(
    ("share", "long", "target", "is_sound"),
    [
        (0.02, timedelta(hours=1), 0.999, True),
        (0.02, timedelta(hours=1), 0.9, False),
        (0.1, timedelta(days=30), 0.999, False),
        (0.1, timedelta(minutes=11), 0.999999, False),
    ],
)
def test_impossible_rules_say_so(
    share: float, long: timedelta, target: float, is_sound: bool
) -> None:
    problem = BurnRule(share, long, "page").problem(target, timedelta(days=30))

    assert is_sound == (not problem)


@given(events, events, targets)
def test_budgets_add_over_windows(one: Events, other: Events, target: float) -> None:
    """What is spent of both together is the mean of both, weighted by their events."""
    both = budget_left(one + other, target)
    parts = [(each.total, budget_left(each, target)) for each in (one, other) if each.total > 0]

    if not parts:
        assert both is None
        return
    expected = sum(total * (left or 0.0) for total, left in parts) / sum(t for t, _ in parts)
    assert both == pytest.approx(expected, abs=1e-6, rel=1e-6)


@given(events, targets)
def test_a_burn_of_one_spends_the_budget_exactly(events: Events, target: float) -> None:
    burn = burn_rate(events, target)

    if burn is None:
        assert not events.total
    else:
        assert burn >= 0
        assert budget_left(events, target) == pytest.approx(1 - burn)


@pytest.mark.parametrize("days", [7, 28, 30, 90])
def test_a_long_window_at_the_factor_spends_the_share_of_its_rule(days: int) -> None:
    """From events alone: even traffic, all of the period's bad ones within one long window."""
    period, target, hourly = timedelta(days=days), 0.9995, 1000.0
    for rule in usual_rules(period):
        asked = hourly * (rule.long / timedelta(hours=1))
        window = Events(asked, asked * rule.factor(period) * (1 - target))
        rest = Events(hourly * (period - rule.long) / timedelta(hours=1))

        assert burn_rate(window, target) == pytest.approx(rule.factor(period))
        assert budget_left(window + rest, target) == pytest.approx(1 - rule.budget_share)


@given(st.floats(0.01, 1), st.floats(0.01, 1000), targets)
def test_at_its_rate_the_budget_is_empty_when_it_was_said(
    left: float, burn: float, target: float
) -> None:
    period, hourly = timedelta(days=30), 1000.0
    said = time_to_empty(left, burn, period)
    assert said is not None
    whole = hourly * (period / timedelta(hours=1))
    spent = (1 - left) * (1 - target) * whole
    until_then = burn * (1 - target) * hourly * (said / timedelta(hours=1))

    assert budget_left(Events(whole, spent + until_then), target) == pytest.approx(0, abs=1e-6)


def test_no_events_are_no_success() -> None:
    assert burn_rate(Events(), 0.99) is None
    assert budget_left(Events(), 0.99) is None


def test_time_to_empty() -> None:
    period = timedelta(days=30)

    assert time_to_empty(0.5, 10, period) == timedelta(days=1.5)
    assert time_to_empty(-0.2, 10, period) == timedelta()
    assert time_to_empty(0.5, 0, period) is None
    assert time_to_empty(None, 3, period) is None
