"""What every detector keeps to, for every detector that exists."""

import importlib
import inspect
import json
import pkgutil
from copy import deepcopy
from dataclasses import is_dataclass
from math import isfinite

import pytest
from tests.anomaly.made_series import DAY, daily, run, with_spike

import groundwatch.anomaly
from groundwatch.anomaly.memory import recall, remember
from groundwatch.anomaly.threshold import Limit, Operator, Threshold

MADE = {Threshold: lambda: Threshold(Limit(Operator.GT, 105.0, lasting=600.0))}
"""How to make those that need arguments."""

SCALE_INVARIANT = {
    "Autoregression",
    "DailyBand",
    "DistributionShift",
    "Level",
    "NextWindow",
    "OutOfRange",
    "Seasonal",
    "Subsequence",
}


def detectors():
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(groundwatch.anomaly.__path__):
        loaded = importlib.import_module(f"groundwatch.anomaly.{module.name}")
        for name, kind in inspect.getmembers(loaded, inspect.isclass):
            own = kind.__module__ == loaded.__name__
            found |= {name: kind} if own and is_dataclass(kind) and _streams(kind) else {}
    return found


def _streams(kind):
    methods = [getattr(kind, name, None) for name in ("score", "learn")]
    wanted = ["self", "at", "value"]
    return all(
        callable(each) and list(inspect.signature(each).parameters) == wanted for each in methods
    )


FOUND = detectors()


@pytest.fixture(params=sorted(FOUND))
def make(request):
    kind = FOUND[request.param]
    return MADE.get(kind, kind)


def test_all_detectors_are_found():
    assert set(FOUND) >= SCALE_INVARIANT | {"Threshold"}


def test_a_score_depends_on_earlier_values_alone(make):
    series = daily(days=5)
    other = [(at, 1000.0 - value) for at, value in series[900:]]
    whole, changed = run(make(), series), run(make(), series[:900] + other)
    assert whole[:900] == changed[:900]
    assert any(whole)


def test_scoring_teaches_nothing(make):
    series = daily(days=4)
    detector = make()
    run(detector, series[:800])
    twin = deepcopy(detector)
    before = remember(detector)
    for at, value in [*series[800:], (series[-1][0] + 9 * DAY, 1e6)]:
        assert detector.score(at, value) == detector.score(at, value)
    assert remember(detector) == before
    assert run(detector, series[800:]) == run(twin, series[800:])


def test_scores_are_finite_and_not_negative(make):
    series = with_spike(daily(days=4), 900, 1e12)
    scores = run(make(), series)
    assert all(isfinite(score) and score >= 0.0 for score in scores)


@pytest.mark.parametrize("value", [0.0, 45.0, -1e-9, 1e15])
def test_a_flat_line_is_nothing(make, value):
    series = [(at, value) for at, _ in daily(days=4)]
    limited = make().__class__ is Threshold and value > 105.0
    assert limited or not any(run(make(), series))


def test_gaps_and_clocks_that_jump_are_survived(make):
    series = daily(days=4)
    jumping = (
        series[:300]
        + [(at + 3 * DAY, value) for at, value in series[300:500]]
        + [(at - 400 * DAY, value) for at, value in series[500:600]]
        + [(series[600][0], value) for _, value in series[600:650]]
        + series[650:]
    )
    assert all(isfinite(score) for score in run(make(), jumping))


def test_memory_comes_back_bit_for_bit(make):
    series = with_spike(daily(days=9), 1500, 80.0)
    straight, detector = make(), make()
    expected = run(straight, series)
    got = run(detector, series[:1600])
    again = recall(type(detector), json.loads(json.dumps(remember(detector))))
    assert expected == got + run(again, series[1600:])
    assert remember(straight) == remember(again)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
@pytest.mark.parametrize("name", sorted(SCALE_INVARIANT))
def test_the_unit_does_not_matter(name, factor):
    make = FOUND[name]
    series = with_spike(daily(days=5), 1200, 50.0)
    scaled = [(at, value * factor) for at, value in series]
    assert run(make(), scaled) == pytest.approx(run(make(), series), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("name", sorted(SCALE_INVARIANT - {"DistributionShift", "NextWindow"}))
def test_a_spike_stands_out(name):
    series = with_spike(daily(days=6), 1500, 50.0)
    scores = run(FOUND[name](), series)
    ordinary = sorted(scores[600:1500])[int(0.99 * 900)]
    assert scores[1500] > 2.0 * ordinary
