"""The laws of histograms, and how close their quantiles are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.domain.metrics import Spread
from groundwatch.store.events.histogram import ERROR, Histogram, merged, packed, unpacked

weights = st.one_of(st.integers(1, 20), st.floats(0.01, 500, allow_nan=False))
times = st.one_of(st.just(0.0), st.floats(1e-6, 1e6), st.floats(-1e6, -1e-6))
scores = st.floats(0, 1)


def histogram(spread, observed):
    made = Histogram(spread)
    for value, weight in observed:
        made.add(value, weight)
    return made


def histograms(spread):
    values = times if spread is Spread.LOG else scores
    return st.lists(st.tuples(values, weights), max_size=30).map(
        lambda observed: histogram(spread, observed)
    )


either = st.sampled_from([Spread.LOG, Spread.UNIT])


def copy(one):
    return Histogram(one.spread, dict(one.buckets))


def together(one, other):
    made = copy(one)
    made.merge(other)
    return made


@given(data=st.data(), spread=either)
def test_merging_is_associative_and_commutative(data, spread):
    one, two, three = (data.draw(histograms(spread)) for _ in range(3))
    assert together(together(one, two), three) == together(one, together(two, three))
    assert together(one, two) == together(two, one)
    assert together(one, Histogram(spread)) == one


@given(data=st.data(), spread=either)
def test_subtracting_undoes_merging(data, spread):
    one, two = data.draw(histograms(spread)), data.draw(histograms(spread))
    both = together(one, two)
    both.subtract(two)
    assert both == one
    both.subtract(one)
    assert both.buckets == {}
    assert both.quantile(0.5) is both.share_below(1) is None


@given(data=st.data(), spread=either)
def test_bytes_hold_everything(data, spread):
    one = data.draw(histograms(spread))
    assert Histogram(spread, unpacked(bytes(one))) == one
    assert merged(spread, [bytes(one), packed({}), bytes(one)]) == together(one, one)


@given(values=st.lists(times, min_size=1), share=st.floats(0, 1))
def test_quantiles_are_within_two_percent(values, share):
    made = histogram(Spread.LOG, [(value, 1) for value in values])
    exact = sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
    found = made.quantile(share)
    assert found is not None
    assert abs(found - exact) <= ERROR * abs(exact) * 1.0001


@given(values=st.lists(scores, min_size=1), share=st.floats(0, 1))
def test_quantiles_of_scores_are_within_half_a_step(values, share):
    made = histogram(Spread.UNIT, [(value, 1) for value in values])
    exact = sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
    assert made.quantile(share) == pytest.approx(exact, abs=0.005001)


@given(values=st.lists(times, min_size=1), limit=times)
def test_the_share_below_is_between_those_of_the_buckets_around(values, limit):
    made = histogram(Spread.LOG, [(value, 1) for value in values])
    near = 3 * ERROR * abs(limit)
    low = sum(value < limit - near for value in values) / len(values)
    high = sum(value <= limit + near for value in values) / len(values)
    found = made.share_below(limit)
    assert found is not None
    assert low - 1e-9 <= found <= high + 1e-9


def test_weights_count():
    made = histogram(Spread.LOG, [(1.0, 1), (10.0, 9)])
    assert made.weight == 10
    assert made.quantile(0.5) == pytest.approx(10, rel=ERROR)
    assert made.quantile(0.05) == pytest.approx(1, rel=1.001 * ERROR)
    assert made.share_below(5) == pytest.approx(0.1)


def test_a_spread_of_usual_times_is_small():
    made = histogram(Spread.LOG, [(0.1 * 1.03**n, 1) for n in range(100)])
    assert len(bytes(made)) < 300
