"""Who gets which variant."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from groundwatch.analytics.assignment import assign, variant_of
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal
from groundwatch.domain.interactions import EXPERIMENT


def experiment(*shares: float, **changes: object) -> ExperimentSettings:
    names = "abcdef"
    variants = {name: {"share": share} for name, share in zip(names, shares, strict=False)}
    return ExperimentSettings.model_validate({"variants": variants, "control": "a", **changes})


HALVES = experiment(0.5, 0.5)


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_unit_always_gets_the_same(name: str, unit: str) -> None:
    assert assign(name, HALVES, unit) == assign(name, HALVES, unit)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.2, 0.3, 0.5)])
@pytest.mark.parametrize("traffic", [1.0, 0.3])
def test_shares_are_within_binomial_bounds(shares: tuple[float, ...], traffic: float) -> None:
    """Within 4.5 standard deviations, for several experiments."""
    count = 20_000
    for name in ("one", "two", "three"):
        given_ = experiment(*shares, traffic=traffic)
        dealt = [assign(name, given_, f"user{place}") for place in range(count)]
        found = Counter(each.variant for each in dealt if each.is_counted)
        for variant, share in zip("abc", shares, strict=False):
            part = share * traffic
            reach = 4.5 * math.sqrt(count * part * (1 - part))
            assert abs(found[variant] - count * part) < reach


@given(st.text(min_size=1), st.floats(0.01, 1), st.floats(0.01, 1))
def test_more_traffic_moves_nobody(unit: str, one: float, other: float) -> None:
    less, more = sorted((one, other))
    before = assign("x", experiment(0.5, 0.5, traffic=less), unit)
    after = assign("x", experiment(0.5, 0.5, traffic=more), unit)

    if before.is_counted:
        assert after == before


def test_experiments_are_independent() -> None:
    count = 20_000
    both = Counter(
        (assign("one", HALVES, f"u{place}").variant, assign("two", HALVES, f"u{place}").variant)
        for place in range(count)
    )

    for pair in both.values():
        assert abs(pair - count / 4) < 4.5 * math.sqrt(count * 0.1875)


def test_another_salt_deals_anew() -> None:
    salted = experiment(0.5, 0.5, salt="again")
    moved = sum(
        assign("x", HALVES, f"u{place}") != assign("x", salted, f"u{place}")
        for place in range(2000)
    )

    assert 850 < moved < 1150


def test_the_names_of_traffic_and_variant_do_not_follow_each_other() -> None:
    """Those who take part at 10 % are split as those are who do not."""
    tenth = experiment(0.5, 0.5, traffic=0.1)
    inside = [f"u{place}" for place in range(30_000) if assign("x", tenth, f"u{place}").is_counted]
    first = sum(assign("x", HALVES, unit).variant == "a" for unit in inside)

    assert abs(first - len(inside) / 2) < 4.5 * math.sqrt(len(inside) / 4)


def test_nobody_and_stopped_get_the_control() -> None:
    nobody = assign("x", HALVES, "")
    stopped = assign("x", experiment(0.5, 0.5, is_running=False), "u1")

    assert (nobody.variant, nobody.is_counted) == ("a", False)
    assert (stopped.variant, stopped.is_counted) == ("a", False)
    assert "user" in nobody.reason


def test_units_of_a_dropped_variant_get_the_control_and_others_stay() -> None:
    thirds = experiment(0.4, 0.3, 0.3)
    for place in range(500):
        before = assign("x", thirds, f"u{place}")
        after = assign("x", thirds, f"u{place}", frozenset({"c"}))
        if before.variant == "c":
            assert (after.variant, after.is_counted) == ("a", False)
        else:
            assert after == before


def test_a_variant_is_read_from_attributes() -> None:
    assert variant_of("prompt", {EXPERIMENT + "prompt": "b"}) == "b"
    assert not variant_of("prompt", {})


@pytest.mark.parametrize(
    "changes",
    [
        {"variants": {"a": {"share": 0.5}}},
        {"variants": {"a": {"share": 0.5}, "b": {"share": 0.4}}},
        {"control": "c"},
        {"goal": "errors"},
        {"guardrails": {"cost": -0.1}},
        {"planned": 100, "fewest": 200},
        {"traffic": 0},
    ],
)
def test_senseless_experiments_are_refused(changes: dict[str, object]) -> None:
    sound = {"variants": {"a": {"share": 0.5}, "b": {"share": 0.5}}, "control": "a"}

    with pytest.raises(ValidationError):
        ExperimentSettings.model_validate({**sound, **changes})


def test_the_usual_guardrails_are_errors_and_latency() -> None:
    assert {Goal.ERRORS, Goal.LATENCY} == set(HALVES.guardrails)
