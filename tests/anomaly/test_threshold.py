"""Limits that people set."""

from math import nan

import pytest

from groundwatch.anomaly.threshold import Limit, Operator, State, Threshold
from groundwatch.errors import InvalidInput


@pytest.mark.parametrize(
    ("operator", "held", "not_held"),
    [
        (Operator.GT, [5.1], [5.0, 4.9, nan]),
        (Operator.GTE, [5.1, 5.0], [4.9, nan]),
        (Operator.LT, [4.9], [5.0, 5.1, nan]),
        (Operator.LTE, [4.9, 5.0], [5.1, nan]),
        (Operator.EQ, [5.0], [4.9, 5.1, nan]),
    ],
)
def test_each_operator(operator, held, not_held):
    assert all(operator.holds(value, 5.0) for value in held)
    assert not any(operator.holds(value, 5.0) for value in not_held)


def states(threshold, rows):
    found = []
    for at, value in rows:
        threshold.learn(at, value)
        found.append(threshold.state)
    return found


def test_it_has_to_hold_for_a_while_and_without_a_break():
    threshold = Threshold(Limit(Operator.GT, 5.0, lasting=120.0))
    rows = [(0, 6), (60, 6), (90, 4), (120, 6), (180, 6), (240, 6), (300, 4)]
    assert states(threshold, rows) == [
        State.PENDING,
        State.PENDING,
        State.CLEAR,
        State.PENDING,
        State.PENDING,
        State.BREACHED,
        State.CLEAR,
    ]
    assert threshold.since == 120


def test_between_the_limits_nothing_changes():
    threshold = Threshold(Limit(Operator.LT, 0.7, clears_at=0.8))
    rows = [(0, 0.75), (1, 0.69), (2, 0.75), (3, 0.79), (4, 0.8), (5, 0.75)]
    breached = [state is State.BREACHED for state in states(threshold, rows)]
    assert breached == [False, True, True, True, False, False]


def test_no_data_is_unknown_and_never_clear():
    threshold = Threshold(Limit(Operator.GT, 5.0, stale_after=100.0))
    assert threshold.look(0.0) is State.UNKNOWN
    threshold.learn(0.0, 1.0)
    assert threshold.look(90.0) is State.CLEAR
    assert threshold.look(101.0) is State.UNKNOWN
    threshold.learn(102.0, nan)
    assert threshold.state is State.UNKNOWN


def test_scores_say_what_a_value_would_do():
    threshold = Threshold(Limit(Operator.GT, 5.0, lasting=60.0))
    assert threshold.score(0.0, 4.0) == 0.0
    assert threshold.score(0.0, 6.0) == 0.5
    threshold.learn(0.0, 6.0)
    assert threshold.score(60.0, 6.0) == 1.0
    assert threshold.state is State.PENDING


def test_a_clock_that_jumps_back_does_not_prolong_waiting():
    threshold = Threshold(Limit(Operator.GT, 5.0, lasting=60.0))
    found = states(threshold, [(1000.0, 6.0), (10.0, 6.0), (70.0, 6.0)])
    assert found[-1] is State.BREACHED


@pytest.mark.parametrize(
    "given",
    [
        {"operator": Operator.GT, "value": nan},
        {"operator": Operator.GT, "value": 5.0, "lasting": -1.0},
        {"operator": Operator.GT, "value": 5.0, "stale_after": 0.0},
        {"operator": Operator.GT, "value": 5.0, "clears_at": 6.0},
        {"operator": Operator.LTE, "value": 5.0, "clears_at": 5.0},
        {"operator": Operator.EQ, "value": 5.0, "clears_at": 5.0},
    ],
)
def test_limits_that_contradict_each_other_are_refused(given):
    with pytest.raises(InvalidInput):
        Limit(**given)
