"""False positives of experiments that are looked at all the time, and what that costs in power.

A/A: both variants are the same, and the test is looked at after every few units until its planned
end; it may stop at any look. Beside it the same looks with a fixed-horizon z-test, whose errors
peeking multiplies. Power: the difference that a fixed-horizon test finds in 80 % of runs at its
planned end, and half as much again.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure, at_least, at_most, plain, show
from benchmarks.harness import options, say
from groundwatch.analytics.experiments import State, judge
from groundwatch.analytics.experiments_effects import Sample, effect
from groundwatch.analytics.experiments_record import Verdict
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal, VariantSettings
from groundwatch.analytics.sequential import (
    BEFORE,
    half_width,
    look,
    mismatch_p,
)

ALPHA = 0.05
PLANNED = 2_000
FEWEST = 100
_EVERY = 20
_Z = NormalDist().inv_cdf(1 - ALPHA / 2)
_Z_POWER = NormalDist().inv_cdf(0.8)
_NOTICED = 0.001
_LONGER = 1.7
_AT = datetime(2026, 11, 20, tzinfo=UTC)

Values = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Values]


@dataclass(frozen=True, slots=True)
class Run:
    """One simulated experiment.

    Attributes:
        found: whether it ever called a difference; `stopped`: units of each variant until then.
        peeked: whether a fixed-horizon test would have at any look; `fixed`: at the end.
        held: whether the interval held the truth at every look.
    """

    found: bool
    stopped: int
    peeked: bool
    fixed: bool
    held: bool


def main() -> None:
    given = options(__doc__)
    runs = 100 if given.quick else 2_500
    rng = np.random.default_rng(20261120)
    begun = time.process_time()
    figures: list[Figure] = []
    for name, draw in _DRAWS.items():
        figures += false_positives(name, [simulated(rng, draw, 0.0) for _ in range(runs)])
    figures += users(rng, runs // 5)
    figures += decisions(rng, runs // 5)
    figures += power(rng, max(100, runs // 2))
    figures += history(rng, max(50, runs // 10))
    figures += mismatches(rng, runs)
    figures.append(plain("cpu_seconds", time.process_time() - begun, "s"))
    show(figures)


def _scores(rng: np.random.Generator, count: int) -> Values:
    return rng.beta(8, 2, count)


def _failures(rng: np.random.Generator, count: int) -> Values:
    return (rng.random(count) < 0.05).astype(float)


def _seconds(rng: np.random.Generator, count: int) -> Values:
    return rng.lognormal(0.0, 1.0, count)


_DRAWS: dict[str, Draw] = {"quality": _scores, "errors": _failures, "latency": _seconds}


def simulated(rng: np.random.Generator, draw: Draw, lift: float, planned: int = PLANNED) -> Run:
    """One experiment, looked at every few units; `lift` is added to one variant."""
    control, treatment = draw(rng, planned), draw(rng, planned) + lift
    counts = np.arange(FEWEST, planned + 1, _EVERY)
    difference = _means(treatment, counts) - _means(control, counts)
    variance = _variances(treatment, counts) + _variances(control, counts)
    looks = zip(counts.tolist(), difference.tolist(), variance.tolist(), strict=True)
    looked, held, stopped = BEFORE, True, planned
    for count, apart, spread in looks:
        looked = look(looked, apart, spread, count / planned, ALPHA)
        held = held and abs(apart - lift) <= half_width(spread, looked.mixing, ALPHA)
        if looked.p <= ALPHA:
            stopped = min(stopped, count)
    z = np.abs(difference) / np.sqrt(np.maximum(variance, 1e-300))
    return Run(looked.p <= ALPHA, stopped, bool((z > _Z).any()), bool(z[-1] > _Z), held)


def _means(values: Values, counts: NDArray[np.int64]) -> Values:
    sums: Values = np.cumsum(values)[counts - 1]
    return sums / counts


def _variances(values: Values, counts: NDArray[np.int64]) -> Values:
    squares: Values = np.cumsum(values**2)[counts - 1]
    return (squares / counts - _means(values, counts) ** 2) / (counts - 1)


def false_positives(name: str, runs: list[Run]) -> list[Figure]:
    return [
        at_most(f"aa_{name}_false_positives", share(runs, lambda run: run.found), "", ALPHA),
        plain(f"aa_{name}_fixed_test_peeked", share(runs, lambda run: run.peeked), ""),
        plain(f"aa_{name}_fixed_test_at_end", share(runs, lambda run: run.fixed), ""),
        at_least(f"aa_{name}_intervals_always_hold", share(runs, lambda run: run.held), "", 0.95),
    ]


def users(rng: np.random.Generator, runs: int) -> list[Figure]:
    """A/A with users who come back, some of them very often, each with a level of its own."""
    count, days = 2_000, 40
    ours = naive = 0
    for _ in range(runs):
        often = rng.gamma(0.5, 1.0, count)
        level = rng.normal(0, 0.1, count)
        variant = rng.random(count) < 0.5
        asked, sums = np.zeros(count), np.zeros(count)
        looked = blind = BEFORE
        for _ in range(days):
            new = rng.poisson(often).astype(float)
            asked += new
            sums += new * (0.75 + level) + np.sqrt(new) * rng.normal(0, 0.1, count)
            samples = [_sample(asked, sums, chosen) for chosen in (~variant, variant)]
            if min(each.units for each in samples) < FEWEST:
                continue
            found = effect(*samples)
            part = min(each.units for each in samples) / (count / 2)
            looked = look(looked, found.difference, found.variance, part, ALPHA)
            apart = float(sum(0.02 / each.counts.sum() for each in samples))
            blind = look(blind, found.difference, apart, part, ALPHA)
        ours += looked.p <= ALPHA
        naive += blind.p <= ALPHA
    return [
        at_most("aa_returning_users_false_positives", ours / runs, "", ALPHA),
        plain("aa_returning_users_if_answers_were_units", naive / runs, ""),
    ]


def _sample(asked: Values, sums: Values, chosen: NDArray[np.bool_]) -> Sample:
    seen = chosen & (asked > 0)
    return Sample(asked[seen], sums[seen], np.full(int(seen.sum()), np.nan))


def decisions(rng: np.random.Generator, runs: int) -> list[Figure]:
    """A/A through the whole decision, with two guardrails; 5 % for the goal and 5 % for harm."""
    settings = ExperimentSettings(
        variants={"old": VariantSettings(share=0.5), "new": VariantSettings(share=0.5)},
        control="old",
        planned=PLANNED,
        guardrails={Goal.ERRORS: 0.0, Goal.LATENCY: 0.0},
    )
    wins = harms = 0
    for _ in range(runs):
        drawn = {
            name: {Goal(goal): draw(rng, PLANNED) for goal, draw in _DRAWS.items()}
            for name in settings.variants
        }
        verdicts = set(_looks(settings, drawn))
        wins += Verdict.WINS in verdicts
        harms += Verdict.HARMS in verdicts
    return [
        at_most("aa_decisions_wins", wins / runs, "", ALPHA),
        at_most("aa_decisions_harms", harms / runs, "", 2 * ALPHA),
    ]


def _looks(settings: ExperimentSettings, drawn: dict[str, dict[Goal, Values]]) -> Iterator[Verdict]:
    state = State()
    for count in range(FEWEST, PLANNED + 1, 5 * _EVERY):
        samples = {
            name: {
                goal: Sample(np.ones(count), values[:count], np.full(count, np.nan))
                for goal, values in goals.items()
            }
            for name, goals in drawn.items()
        }
        units = dict.fromkeys(drawn, count)
        decision = judge("aa", settings, samples, units, at=_AT, before=state)
        state = decision.state
        yield decision.verdict
        if decision.stop:
            return


def power(rng: np.random.Generator, runs: int) -> list[Figure]:
    """Of the difference that a fixed-horizon test finds four times in five."""
    spread = float(np.std(_scores(rng, 100_000)))
    planned = (_Z + _Z_POWER) * spread * np.sqrt(2 / PLANNED)
    figures: list[Figure] = []
    for name, times in (("planned", 1.0), ("half_as_much_again", 1.5)):
        found = [simulated(rng, _scores, times * planned) for _ in range(runs)]
        units = np.mean([run.stopped for run in found]) / PLANNED
        figures += [
            plain(f"power_{name}_fixed_test", share(found, lambda run: run.fixed), ""),
            plain(f"power_{name}_sequential", share(found, lambda run: run.found), ""),
            plain(f"power_{name}_units_used", float(units), "of planned"),
        ]
    longer = int(_LONGER * PLANNED)
    name = "power_planned_with_1.7_times_the_units"
    found = [simulated(rng, _scores, planned, longer) for _ in range(runs)]
    units = np.mean([run.stopped for run in found]) / PLANNED
    figures += [
        at_least(
            "power_planned_with_1.7_times_the_units", share(found, lambda run: run.found), "", 0.78
        ),
        plain("power_planned_with_1.7_times_units_used", float(units), "of planned"),
    ]
    say("a fixed-horizon test always uses all planned units, and may be looked at once")
    return figures


def history(rng: np.random.Generator, runs: int) -> list[Figure]:
    """What a history with a correlation of .7 takes out of the variance; 51 % stays in theory."""
    left: list[float] = []
    for _ in range(runs):
        samples = []
        for _ in range(2):
            before = rng.normal(0, 1, 500)
            after = 0.7 * before + np.sqrt(1 - 0.49) * rng.normal(0, 1, 500)
            samples.append(Sample(np.ones(500), after, before))
        left.append(1 - effect(*samples).reduced)
    return [at_most("cuped_variance_left", float(np.mean(left)), "", 0.55)]


def mismatches(rng: np.random.Generator, runs: int) -> list[Figure]:
    """Units dealt as meant, and 52 to 48, looked at after every hundred."""

    def noticed(share: float) -> float:
        found = 0
        for _ in range(runs):
            first = rng.binomial(100, share, 200).cumsum()
            whole = np.arange(1, 201) * 100
            pairs = zip(first.tolist(), (whole - first).tolist(), strict=True)
            found += any(mismatch_p(pair, (0.5, 0.5)) < _NOTICED for pair in pairs)
        return found / runs

    return [
        at_most("mismatch_false_alarms", noticed(0.5), "", 0.005),
        at_least("mismatch_noticed_52_48_in_20000", noticed(0.52), "", 0.8),
    ]


def share(runs: list[Run], of: Callable[[Run], bool]) -> float:
    return sum(of(run) for run in runs) / len(runs)


if __name__ == "__main__":
    main()
