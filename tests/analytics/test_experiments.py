"""Experiments from interactions to a recorded decision."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.analytics.experiments import Decision, Samples, State, judge
from groundwatch.analytics.experiments_effects import Sample, effect
from groundwatch.analytics.experiments_observed import (
    Observed,
    measured,
    observed,
    past_means,
    values_of,
)
from groundwatch.analytics.experiments_record import Verdict
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal, VariantSettings
from groundwatch.analytics.sequential import BEFORE, look
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.status import Severity

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HALVES = ExperimentSettings(
    variants={"old": VariantSettings(share=0.5), "new": VariantSettings(share=0.5)},
    control="old",
    planned=2_000,
)
ASKED = Interaction(
    id="1",
    application="demo",
    started_at=NOW,
    duration=1.5,
    outcome=Outcome.ANSWERED,
    severity=Severity.INFO,
    query="where",
    user="ada",
    session="s1",
    cost=0.02,
    attributes={"experiment.prompt": "new"},
)


def ones(values: np.ndarray) -> Sample:
    return Sample(np.ones(values.size), values, np.full(values.size, np.nan))


def samples(
    rng: np.random.Generator, count: int, lift: float = 0.0, errors: float = 0.02, slow: float = 1.0
) -> dict[str, dict[Goal, Sample]]:
    def variant(mean: float, failing: float, times: float) -> dict[Goal, Sample]:
        return {
            Goal.QUALITY: ones(rng.normal(mean, 0.1, count)),
            Goal.ERRORS: ones((rng.random(count) < failing).astype(float)),
            Goal.LATENCY: ones(times * rng.lognormal(0, 0.5, count)),
        }

    return {"old": variant(0.8, 0.02, 1.0), "new": variant(0.8 + lift, errors, slow)}


def judged(found: Samples, before: State | None = None, **counts: int) -> Decision:
    units = {name: each[Goal.QUALITY].units for name, each in found.items()} | counts
    return judge("prompt", HALVES, found, units, at=NOW, before=before or State())


def test_a_better_variant_wins() -> None:
    decision = judged(samples(np.random.default_rng(1), 1000, lift=0.05))

    assert decision.verdict is Verdict.WINS
    assert decision.variant == "new"
    assert decision.stop
    assert "quality" in decision.reasons[0]
    goal = next(each for each in decision.comparisons if not each.is_guardrail)
    assert goal.looked.low < 0.05 < goal.looked.high
    shown = goal.shown
    assert shown.relative(shown.difference) == pytest.approx(0.0625, abs=0.02)


def test_a_worse_variant_is_stopped() -> None:
    decision = judged(samples(np.random.default_rng(2), 500, lift=-0.1))

    assert decision.verdict is Verdict.HARMS
    assert decision.variant == "old"
    assert decision.stop


@pytest.mark.parametrize(("errors", "slow"), [(0.2, 1.0), (0.02, 2.0)])
def test_a_guardrail_stops_a_better_variant(errors: float, slow: float) -> None:
    found = samples(np.random.default_rng(3), 1000, lift=0.05, errors=errors, slow=slow)

    decision = judged(found)

    assert decision.verdict is Verdict.HARMS
    assert decision.variant == "old"


def test_a_variant_that_always_fails_is_stopped() -> None:
    """Nothing varies within either variant: there is no spread to compare the difference with."""
    found = samples(np.random.default_rng(3), 100)
    found["old"][Goal.ERRORS] = ones(np.zeros(100))
    found["new"][Goal.ERRORS] = ones(np.ones(100))

    assert judged(found).verdict is Verdict.HARMS
    known = replace(ones(np.ones(100)), before=np.linspace(0, 1, 100))
    found["new"][Goal.ERRORS] = known
    assert judged(found).verdict is Verdict.HARMS, "with a history too"


def test_an_accepted_loss_does_not_stop() -> None:
    decision = judged(samples(np.random.default_rng(4), 1000, lift=0.05, slow=1.03))

    assert decision.verdict is Verdict.WINS


def test_no_difference_is_even_at_the_end() -> None:
    decision = judged(samples(np.random.default_rng(5), 2000))

    assert decision.verdict in {Verdict.EVEN, Verdict.INCONCLUSIVE}
    assert decision.variant == "old"
    assert decision.stop


def test_few_units_decide_nothing() -> None:
    decision = judged(samples(np.random.default_rng(6), 50, lift=0.3))

    assert decision.verdict is Verdict.TOO_FEW
    assert not decision.stop
    assert "100 are needed" in decision.reasons[0]


def test_an_unmeasured_guardrail_holds_the_winner_back() -> None:
    found = samples(np.random.default_rng(7), 1000, lift=0.05)
    without = {name: {Goal.QUALITY: each[Goal.QUALITY]} for name, each in found.items()}

    decision = judged(without)

    assert decision.verdict is Verdict.RUNNING
    assert "not measured yet" in decision.reasons[0]


def test_units_that_are_not_dealt_as_meant_conclude_nothing() -> None:
    decision = judged(samples(np.random.default_rng(8), 1000, lift=0.05), old=1000, new=700)

    assert decision.verdict is Verdict.MISMATCH
    assert decision.stop
    assert decision.variant == "old"


def test_a_harmful_variant_is_dropped_and_the_others_go_on() -> None:
    three = ExperimentSettings(
        variants={
            "old": VariantSettings(share=0.4),
            "bad": VariantSettings(share=0.3),
            "new": VariantSettings(share=0.3),
        },
        control="old",
        planned=3_000,
    )
    rng = np.random.default_rng(14)
    good, bad = samples(rng, 400), samples(rng, 300, lift=-0.2)
    found = {**good, "bad": bad["new"]}

    first = judge("p", three, found, {"old": 400, "bad": 300, "new": 300}, at=NOW, before=State())
    units = {"old": 4000, "bad": 300, "new": 3000}
    second = judge("p", three, good, units, at=NOW, before=first.state)

    assert first.verdict is Verdict.RUNNING
    assert first.state.dropped == {"bad"}
    assert second.state.dropped == {"bad"}
    assert second.mismatch > 0.5
    assert "bad was dropped before" in second.reasons


def test_uneven_measurement_is_a_caution() -> None:
    rng = np.random.default_rng(15)
    found = {"old": samples(rng, 1900)["old"], "new": samples(rng, 1200)["new"]}

    decision = judged(found, old=2000, new=2000)

    assert decision.verdict is not Verdict.MISMATCH
    assert "60% of new" in decision.cautions[0]
    assert not judged(samples(rng, 1000)).cautions


def test_history_keeps_the_false_positives() -> None:
    """200 A/A runs with a history that explains half, looked at after every 50 units."""
    wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        before = rng.normal(size=(2, 800))
        after = 0.7 * before + 0.7 * rng.normal(size=(2, 800))
        looked = BEFORE
        for count in range(100, 801, 50):
            arms = [Sample(np.ones(count), after[k, :count], before[k, :count]) for k in (0, 1)]
            found = effect(*arms)
            looked = look(looked, found.difference, found.variance, count / 800, 0.05)
        wrong += looked.p <= 0.05

    assert wrong <= 12


def test_looks_are_kept_from_one_to_the_next() -> None:
    first = judged(samples(np.random.default_rng(9), 300, lift=0.02))
    second = judged(samples(np.random.default_rng(10), 600), first.state)

    for key, looked in second.state.looked.items():
        assert looked.p <= first.state.looked[key].p
        assert looked.mixing == first.state.looked[key].mixing
    assert second.mismatch <= first.mismatch


def test_effect_of_units_that_ask_once_is_the_difference_of_means() -> None:
    rng = np.random.default_rng(11)
    one, other = rng.normal(0, 1, 400), rng.normal(1, 2, 300)

    found = effect(ones(one), ones(other))

    assert found.difference == pytest.approx(other.mean() - one.mean())
    assert found.variance == pytest.approx(one.var(ddof=1) / 400 + other.var(ddof=1) / 300)


def test_answers_of_one_user_are_not_independent() -> None:
    """A thousand users with one answer, or each of them ten equal ones: equally much is known."""
    values = np.random.default_rng(12).normal(0, 1, 1000)
    once, often = ones(values), Sample(np.full(1000, 10.0), 10 * values, np.full(1000, np.nan))

    assert effect(often, often).variance == pytest.approx(effect(once, once).variance)


@given(st.integers(0, 10_000), st.floats(0, 0.95), st.floats(0, 0.8))
def test_history_never_widens(seed: int, correlation: float, missing: float) -> None:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(2):
        before = rng.normal(size=200)
        after = correlation * before + np.sqrt(1 - correlation**2) * rng.normal(size=200)
        before[rng.random(200) < missing] = np.nan
        found.append(Sample(np.ones(200), after, before))
    plain = effect(*(ones(each.sums) for each in found))
    adjusted = effect(*found)

    assert adjusted.variance <= plain.variance * (1 + 1e-12)
    assert 0 <= adjusted.reduced <= 1
    assert adjusted.control == plain.control


def test_history_corrects_an_unlucky_deal() -> None:
    rng = np.random.default_rng(13)
    before = rng.normal(0, 1, 2000)
    after = before + rng.normal(0, 0.3, 2000)
    unlucky = before > 0.2 * rng.normal(size=2000) + 0.5
    control, treatment = (
        Sample(np.ones(int(each.sum())), after[each], before[each]) for each in (~unlucky, unlucky)
    )

    found = effect(control, treatment)

    assert treatment.mean - control.mean > 1
    assert abs(found.difference) < 0.15


def test_coverage_of_the_interval_over_all_looks() -> None:
    """Ninety-five in a hundred runs, at every one of their looks."""
    held = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        values = rng.beta(8, 2, (2, 1000))
        state, always = State(), True
        for count in range(100, 1001, 100):
            found = {
                "old": {Goal.QUALITY: ones(values[0, :count])},
                "new": {Goal.QUALITY: ones(values[1, :count] + 0.01)},
            }
            decision = judged(found, state)
            state = decision.state
            goal = state.looked["new/quality"]
            always = always and goal.low <= 0.01 <= goal.high
        held += always

    assert held >= 120 * 0.92


def test_an_interaction_is_read() -> None:
    found = observed("prompt", HALVES, ASKED)

    assert (found.unit, found.variant) == ("ada", "new")
    assert found.values == {
        Goal.LATENCY: 1.5,
        Goal.COST: 0.02,
        Goal.ERRORS: 0.0,
        Goal.DECLINED: 0.0,
    }
    by_session = HALVES.model_copy(update={"unit": "session"})
    assert observed("prompt", by_session, ASKED).unit == "s1"


def test_failures_and_opinions_are_values() -> None:
    given_ = [Feedback("1", "ada", NOW, thumb=1), Feedback("1", "bo", NOW, rating=3)]

    found = values_of(replace(ASKED, outcome=Outcome.TIMED_OUT), None, given_)

    assert found[Goal.ERRORS] == 1.0
    assert found[Goal.SATISFACTION] == 0.75
    assert Goal.QUALITY not in found


def test_units_are_added_up_and_crossed_ones_left_out() -> None:
    seen = [
        Observed(NOW, "ada", "new", {Goal.QUALITY: 0.5, Goal.ERRORS: 0.0}),
        Observed(NOW, "ada", "new", {Goal.QUALITY: 0.7, Goal.ERRORS: 1.0}),
        Observed(NOW, "bo", "old", {Goal.ERRORS: 0.0}),
        Observed(NOW, "cy", "old", {Goal.QUALITY: 0.9}),
        Observed(NOW, "cy", "new", {Goal.QUALITY: 0.9}),
        Observed(NOW, "", "new", {Goal.QUALITY: 0.9}),
        Observed(NOW, "di", "", {Goal.QUALITY: 0.9}),
        Observed(NOW, "ed", "unknown", {Goal.QUALITY: 0.9}),
    ]

    found = measured(HALVES, seen, {"ada": {Goal.QUALITY: 0.4}})

    assert found.assigned == {"old": 1, "new": 1}
    assert found.crossed == 1
    quality = found.samples["new"][Goal.QUALITY]
    assert (quality.counts.tolist(), quality.before.tolist()) == ([2.0], [0.4])
    assert quality.mean == pytest.approx(0.6)
    assert Goal.QUALITY not in found.samples["old"]


def test_the_past_is_by_unit() -> None:
    seen = [
        Observed(NOW, "ada", "", {Goal.LATENCY: 1.0}),
        Observed(NOW, "ada", "", {Goal.LATENCY: 3.0}),
    ]

    assert past_means(seen) == {"ada": {Goal.LATENCY: 2.0}}
