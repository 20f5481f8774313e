"""All layers on one series."""

import json
from math import inf, nan

import pytest
from tests.anomaly.made_series import DAY, daily, with_spike

from groundwatch.anomaly.ensemble import (
    BESIDE,
    DEFAULT_LAYERS,
    NOTEWORTHY,
    WARM_UP,
    Ensemble,
    Layer,
)
from groundwatch.anomaly.memory import recall, remember


def scores(ensemble, series):
    return [ensemble.take(at, value).score for at, value in series]


def test_a_spike_is_noteworthy_and_names_the_layers_that_saw_it():
    series = with_spike(daily(), 2000, 40.0)
    ensemble = Ensemble()
    found = [ensemble.take(at, value) for at, value in series]
    assert max(range(WARM_UP, len(found)), key=lambda row: found[row].score) == 2000
    assert found[2000].score > NOTEWORTHY
    assert set(DEFAULT_LAYERS) == set(found[2000].layers)
    assert found[2000].layers[Layer.RANGE] > 0.0
    assert found[2000].layers[Layer.SEASONAL] > 3.0


def test_what_is_ordinary_at_noon_is_not_at_midnight():
    series = daily()
    night = next(n for n, (at, _) in enumerate(series) if at % DAY == 0.75 * DAY and n > 1700)
    at, value = series[night]
    changed = [*series[:night], (at, value + 17.0), *series[night + 1 :]]
    before, after = Ensemble(layers=(Layer.SEASONAL,)), Ensemble(layers=(Layer.SEASONAL,))
    assert scores(after, changed)[night] > scores(before, series)[night] + 2.0
    assert Ensemble(layers=(Layer.RANGE,)).range.score(at, value) == 0.0


def test_a_series_is_learning_until_enough_is_known():
    ensemble = Ensemble()
    found = [ensemble.take(at, value).learning for at, value in daily(days=1)]
    assert [True] * WARM_UP + [False] * (len(found) - WARM_UP) == found


@pytest.mark.parametrize("gap", [nan, inf, -inf])
def test_what_is_no_number_is_a_gap_and_teaches_nothing(gap):
    series = daily(days=3)
    with_gaps, without = Ensemble(), Ensemble()
    expected = scores(without, series)
    got = []
    for at, value in series:
        found = with_gaps.take(at, gap)
        assert found.missing
        assert found.score == 0.0
        got.append(with_gaps.take(at, value).score)
    assert expected == got


def test_assessing_teaches_nothing():
    ensemble = Ensemble()
    scores(ensemble, daily(days=3))
    before = remember(ensemble)
    one = ensemble.assess(daily()[900][0], 500.0)
    assert ensemble.assess(daily()[900][0], 500.0) == one
    assert one == ensemble.take(daily()[900][0], 500.0)
    assert before != remember(ensemble)


TOGETHER = tuple(each for each in Layer if each not in BESIDE)


@pytest.mark.parametrize("layer", TOGETHER)
def test_each_layer_can_stand_alone_and_be_left_out(layer):
    series = with_spike(daily(), 2000, 60.0)
    alone = Ensemble(layers=(layer,))
    found = [alone.take(at, value) for at, value in series]
    assert {layer} == set(found[-1].layers)
    rest = Ensemble(layers=tuple(each for each in TOGETHER if each is not layer))
    others = [rest.take(at, value) for at, value in series]
    assert set(TOGETHER) - {layer} == set(others[-1].layers)
    assert others[2000].score > NOTEWORTHY


def test_memory_comes_back_bit_for_bit():
    series = with_spike(daily(), 1900, 60.0)
    layers = TOGETHER
    straight, half = Ensemble(layers=layers), Ensemble(layers=layers)
    expected = scores(straight, series)
    got = scores(half, series[:1500])
    again = recall(Ensemble, json.loads(json.dumps(remember(half))))
    assert expected == got + scores(again, series[1500:])


def test_an_anomaly_teaches_little():
    series = daily()
    ensemble = Ensemble()
    scores(ensemble, series[:1200])
    at = series[1200][0]
    expected, usual = ensemble.seasonal.expected(at), ensemble.seasonal.usual(at)
    for _ in range(3):
        ensemble.take(at, 100_000.0)
    assert abs(ensemble.seasonal.expected(at) - expected) < 8.0 * usual
    assert ensemble.seasonal.usual(at) < 3.0 * usual


def test_a_level_that_stays_is_learned_in_the_end():
    series = daily(days=4)
    raised = [(at + 4 * DAY, value + 60.0) for at, value in daily(seed=1, days=8)]
    ensemble = Ensemble()
    scores(ensemble, series)
    found = scores(ensemble, raised)
    assert found[0] > NOTEWORTHY
    assert max(found[-288:]) < found[0]
    expected = ensemble.expected(raised[-1][0])
    assert expected is not None
    assert expected[0] < raised[-1][1] < expected[1]


def test_the_expected_range_holds_most_values():
    series = daily(days=10)
    ensemble = Ensemble()
    inside = known = 0
    for at, value in series:
        expected = ensemble.expected(at)
        if expected and at > series[0][0] + 3 * DAY:
            known += 1
            inside += expected[0] <= value <= expected[1]
        ensemble.take(at, value)
    assert 0.97 < inside / known < 1.0
