"""Tests that may be looked at any time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.analytics.sequential import (
    BEFORE,
    half_width,
    look,
    mismatch_p,
    mixing_variance,
    p_value,
)

differences = st.floats(-10, 10)
variances = st.floats(1e-6, 10)


@given(st.lists(st.tuples(differences, variances), min_size=1, max_size=30))
def test_p_values_never_rise_and_lie_in_0_to_1(looks: list[tuple[float, float]]) -> None:
    looked = BEFORE
    for difference, variance in looks:
        after = look(looked, difference, variance, 0.5, 0.05)
        assert 0 <= after.p <= looked.p <= 1
        assert after.low <= after.high
        assert after.mixing == (looked.mixing or after.mixing)
        looked = after


@given(differences, variances, st.floats(1e-6, 10), st.floats(0.001, 0.2))
def test_interval_and_p_value_agree(
    difference: float, variance: float, mixing: float, alpha: float
) -> None:
    p = p_value(difference, variance, mixing)
    reach = half_width(variance, mixing, alpha)

    if abs(difference) > reach * (1 + 1e-9):
        assert p < alpha
    if abs(difference) < reach * (1 - 1e-9):
        assert p > alpha


@given(variances, st.floats(0.001, 0.1), st.floats(0.101, 0.5))
def test_surer_intervals_are_wider(variance: float, small: float, large: float) -> None:
    assert half_width(variance, 1.0, small) > half_width(variance, 1.0, large)


def test_always_valid_costs_more_than_one_look() -> None:
    mixing = mixing_variance(1.0, 1.0, 0.05)

    assert 1.96 < half_width(1.0, mixing, 0.05) < 3.2


def test_no_variance_says_nothing() -> None:
    assert p_value(1.0, 0.0, 1.0) == 1.0
    assert half_width(0.0, 1.0, 0.05) == math.inf


def test_peeking_keeps_its_false_positives() -> None:
    """400 A/A runs of 1,000 units, looked at after every ten; the fixed test shows it can fail."""
    rng = np.random.default_rng(7)
    counts = np.arange(50, 1001, 10)
    ours = fixed = 0
    for _ in range(400):
        values = rng.normal(size=(2, 1000)).cumsum(axis=1)[:, counts - 1] / counts
        looked, is_fixed = BEFORE, False
        for count, difference in zip(
            counts.tolist(), (values[1] - values[0]).tolist(), strict=True
        ):
            looked = look(looked, difference, 2 / count, count / 1000, 0.05)
            is_fixed = is_fixed or abs(difference) > 1.96 * math.sqrt(2 / count)
        ours += looked.p <= 0.05
        fixed += is_fixed

    assert ours <= 400 * 0.05
    assert fixed > 400 * 0.15


@pytest.mark.parametrize("counts", [(500, 500), (10_020, 9_980), (0, 0)])
def test_units_dealt_as_meant(counts: tuple[int, int]) -> None:
    assert mismatch_p(counts, (0.5, 0.5)) > 0.5


@pytest.mark.parametrize(
    ("counts", "shares"),
    [((700, 300), (0.5, 0.5)), ((10_500, 9_500), (0.5, 0.5)), ((800, 300), (0.9, 0.1))],
)
def test_a_mismatch_is_noticed(counts: tuple[int, int], shares: tuple[float, float]) -> None:
    assert mismatch_p(counts, shares) < 0.001


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=4))
def test_mismatch_p_is_a_probability(counts: list[int]) -> None:
    assert 0 <= mismatch_p(counts, [1 / len(counts)] * len(counts)) <= 1
