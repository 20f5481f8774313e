"""What an experiment has shown so far, whether it must stop, and the record of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundwatch.analytics.experiments_effects import Effect, Sample, effect
from groundwatch.analytics.experiments_record import Compared, Look, Verdict, finite
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal
from groundwatch.analytics.sequential import BEFORE, Looked, look, mismatch_p

MISMATCH = 0.001
"""Below this p-value units are not dealt as they were meant to be."""

Samples = Mapping[str, Mapping[Goal, Sample]]
"""Units by variant and metric."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variant against the control, in one metric.

    Attributes:
        effect: None before there are enough units.
        looked: over all looks; its interval is of the difference.
        alpha: its part of the false positives.
        accepted: the loss a guardrail accepts, in the metric's unit; 0 for the goal.
        is_harmed: the whole interval is worse than what is accepted.
        is_better: the whole interval is better than none.
    """

    variant: str
    goal: Goal
    is_guardrail: bool
    units: int
    control_units: int
    effect: Effect | None
    looked: Looked
    alpha: float
    accepted: float
    is_harmed: bool
    is_better: bool

    @property
    def key(self) -> str:
        return f"{self.variant}/{self.goal}"

    @property
    def shown(self) -> Compared:
        """As it is kept and shown."""
        effect, looked = self.effect, self.looked
        return Compared(
            self.variant, self.goal, self.is_guardrail, self.units, self.control_units,
            None if effect is None else effect.control,
            None if effect is None else effect.treatment,
            None if effect is None else effect.difference,
            finite(looked.low), finite(looked.high), looked.p, self.alpha, self.accepted,
            0.0 if effect is None else effect.reduced,
            self.is_harmed, self.is_better,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What has to be kept from one look to the next.

    Attributes:
        looked: by `VARIANT/METRIC`.
        mismatch: the least p-value of the units' shares.
        dropped: variants that did harm; they get no more units.
    """

    looked: Mapping[str, Looked] = field(default_factory=dict)
    mismatch: float = 1.0
    dropped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """The record of a look.

    Attributes:
        stop: whether the experiment must not go on; single variants stop by `state.dropped`.
        variant: what to use from now on; empty while that is open.
        reasons: in words, the deciding one first.
        cautions: what makes the comparison doubtful without stopping it.
        settings: as they were.
        state: to be given to the next look.
    """

    experiment: str
    at: datetime
    verdict: Verdict
    stop: bool
    variant: str
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]
    units: Mapping[str, int]
    mismatch: float
    comparisons: tuple[Comparison, ...]
    settings: ExperimentSettings
    state: State

    def look(self, crossed: int, cautions: Sequence[str] = ()) -> Look:
        """As it is kept and shown.

        Args:
            crossed: units seen under several variants.
            cautions: of whoever looked.
        """
        return Look(
            self.at, self.verdict, self.variant, self.reasons, (*self.cautions, *cautions),
            dict(self.units), crossed, self.mismatch,
            tuple(each.shown for each in self.comparisons),
        )  # fmt: skip


def judge(
    name: str,
    experiment: ExperimentSettings,
    samples: Samples,
    assigned: Mapping[str, int],
    *,
    at: datetime,
    before: State,
    begun: datetime | None = None,
) -> Decision:
    """Look at an experiment; as often as one likes.

    Args:
        name: the experiment's.
        experiment: its settings.
        samples: what was measured.
        assigned: how many units took part by variant, measured or not.
        at: the present.
        before: the state of the last look; `State()` at the first.
        begun: when it began; None does not wait for `least_days`.
    """
    units = {each: assigned.get(each, 0) for each in sorted(experiment.variants)}
    mismatch = min(before.mismatch, _mismatch(experiment, units, before.dropped))
    comparisons = tuple(_compared(experiment, samples, before))
    looked = {**before.looked, **{each.key: each.looked for each in comparisons}}
    dropped = before.dropped | {each.variant for each in comparisons if each.is_harmed}
    verdict, variant, reasons = _verdict(experiment, comparisons, mismatch, units, dropped)
    earliest = begun and begun + timedelta(days=experiment.least_days)
    if earliest and at < earliest and not (verdict.is_open or verdict.stops):
        reasons = (f"nothing but harm is decided before {earliest:%Y-%m-%d %H:%M} UTC", *reasons)
        verdict, variant = Verdict.RUNNING, ""
    state = State(looked, mismatch, dropped)
    cautions = uneven_measurement(experiment, comparisons, units)
    return Decision(
        name, at, verdict, not verdict.is_open, variant, reasons, cautions, units, mismatch,
        comparisons, experiment, state,
    )  # fmt: skip


def _mismatch(
    experiment: ExperimentSettings, units: Mapping[str, int], dropped: frozenset[str]
) -> float:
    """Among the variants that still get units."""
    names = [each for each in units if each not in dropped]
    whole = sum(experiment.variants[each].share for each in names)
    return mismatch_p(
        [units[each] for each in names], [experiment.variants[each].share / whole for each in names]
    )


def uneven_measurement(
    experiment: ExperimentSettings, comparisons: Sequence[Comparison], units: Mapping[str, int]
) -> tuple[str, ...]:
    """Where more units of one variant than of another were measured at all."""
    found: list[str] = []
    for each in comparisons:
        whole = units[each.variant], units[experiment.control]
        measured = each.units, each.control_units
        if not all(measured) or not all(whole):
            continue
        shares = [count / sum(whole) for count in whole]
        if mismatch_p(measured, shares) < MISMATCH:
            parts = [count / of for count, of in zip(measured, whole, strict=True)]
            found.append(
                f"{each.goal} was measured of {parts[0]:.0%} of {each.variant} and {parts[1]:.0%} "
                f"of {experiment.control}: those that are missing may differ"
            )
    return tuple(found)


def _compared(experiment: ExperimentSettings, samples: Samples, before: State) -> list[Comparison]:
    others = [each for each in sorted(experiment.variants) if each != experiment.control]
    goal_alpha = experiment.alpha / len(others)
    found: list[Comparison] = []
    for variant in others:
        found.append(_one(experiment, samples, before, (variant, experiment.goal), goal_alpha))
        for guard in experiment.guardrails:
            alpha = goal_alpha / len(experiment.guardrails)
            found.append(_one(experiment, samples, before, (variant, guard), alpha))
    return found


def _one(
    experiment: ExperimentSettings,
    samples: Samples,
    before: State,
    which: tuple[str, Goal],
    alpha: float,
) -> Comparison:
    variant, goal = which
    control = samples.get(experiment.control, {}).get(goal)
    treatment = samples.get(variant, {}).get(goal)
    units, control_units = (0 if each is None else each.units for each in (treatment, control))
    is_guardrail = goal != experiment.goal
    looked = before.looked.get(f"{variant}/{goal}", BEFORE)
    enough = min(units, control_units) >= experiment.fewest
    if control is None or treatment is None or not enough:
        return Comparison(
            variant, goal, is_guardrail, units, control_units, None, looked, alpha, 0.0,
            is_harmed=False, is_better=False,
        )  # fmt: skip
    found = effect(control, treatment)
    part = min(units, control_units) / experiment.planned
    looked = look(looked, found.difference, found.variance, part, alpha)
    accepted = experiment.guardrails.get(goal, 0.0) * abs(found.control)
    low, high = (looked.low, looked.high) if goal.is_better_high else (-looked.high, -looked.low)
    return Comparison(
        variant, goal, is_guardrail, units, control_units, found, looked, alpha, accepted,
        is_harmed=high < -accepted, is_better=low > 0,
    )  # fmt: skip


Answer = tuple[Verdict, str, tuple[str, ...]]


def _verdict(
    experiment: ExperimentSettings,
    comparisons: Sequence[Comparison],
    mismatch: float,
    units: Mapping[str, int],
    dropped: frozenset[str],
) -> Answer:
    control = experiment.control
    if mismatch < MISMATCH:
        said = ", ".join(f"{name} {count}" for name, count in units.items())
        reason = f"units are not dealt as meant (p {mismatch:.2g}): {said}; nothing is concluded"
        return Verdict.MISMATCH, control, (reason,)
    harm = [_said(each) for each in comparisons if each.is_harmed]
    now = {each.variant for each in comparisons if each.is_harmed}
    reasons = (*harm, *(f"{each} was dropped before" for each in sorted(dropped - now)))
    goals = [each for each in comparisons if not each.is_guardrail and each.variant not in dropped]
    if not goals:
        return Verdict.HARMS, control, reasons
    unknown = {each.variant for each in comparisons if each.is_guardrail and each.effect is None}
    better = [each for each in goals if each.is_better and each.variant not in unknown]
    if better:
        best = max(better, key=lambda each: abs(each.effect.difference) if each.effect else 0.0)
        return Verdict.WINS, best.variant, (_said(best), *reasons)
    return _open(experiment, goals, reasons)


def _open(
    experiment: ExperimentSettings, goals: Sequence[Comparison], reasons: tuple[str, ...]
) -> Answer:
    """Nothing wins or harms yet: whether it goes on."""
    control = experiment.control
    if any(each.effect is None for each in goals):
        few = min(min(each.units, each.control_units) for each in goals)
        said = f"{few} units of a variant were measured, {experiment.fewest} are needed"
        return Verdict.TOO_FEW, "", (said, *reasons)
    unmeasured = [each for each in goals if each.is_better]
    if unmeasured:
        said = f"{unmeasured[0].variant} is better, but a guardrail is not measured yet"
        return Verdict.RUNNING, "", (said, *reasons)
    if all(_is_even(each, experiment.least_effect) for each in goals):
        said = f"a difference of {experiment.least_effect:.1%} is ruled out"
        return Verdict.EVEN, control, (said, *(_said(each) for each in goals), *reasons)
    if all(min(each.units, each.control_units) >= experiment.planned for each in goals):
        said = f"the planned {experiment.planned} units show no difference"
        return Verdict.INCONCLUSIVE, control, (said, *(_said(each) for each in goals), *reasons)
    return Verdict.RUNNING, "", (*(_said(each) for each in goals), *reasons)


def _is_even(one: Comparison, least: float) -> bool:
    if one.effect is None:
        return False
    matters = least * abs(one.effect.control)
    return -matters < one.looked.low and one.looked.high < matters


def _said(one: Comparison) -> str:
    if one.effect is None:
        return f"{one.variant}: too few units for {one.goal}"
    holds = f"{1 - one.alpha:.0%}"
    word = "harms" if one.is_harmed else "has"
    return (
        f"{one.variant} {word} {one.goal} {one.effect.treatment:.4g} against "
        f"{one.effect.control:.4g}, difference {one.effect.difference:+.3g} "
        f"({holds}: {one.looked.low:+.3g} to {one.looked.high:+.3g}, p {one.looked.p:.2g})"
    )
