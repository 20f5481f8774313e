"""From interactions to units: what each user or session came to under its variant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from groundwatch.analytics.assignment import variant_of
from groundwatch.analytics.experiments_effects import Sample
from groundwatch.analytics.experiments_settings import ExperimentSettings, Goal
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.metrics import FAILURES
from groundwatch.domain.scores import Quality

Past = Mapping[str, Mapping[Goal, float]]
"""Means by unit, before the experiment began."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One interaction as experiments see it.

    Attributes:
        variant: empty when it took no part.
    """

    at: datetime
    unit: str
    variant: str
    values: Mapping[Goal, float]


@dataclass(slots=True)
class Totals:
    """What one unit came to under one variant."""

    counts: dict[Goal, int] = field(default_factory=dict)
    sums: dict[Goal, float] = field(default_factory=dict)

    def add(self, values: Mapping[Goal, float]) -> None:
        for goal, value in values.items():
            self.counts[goal] = self.counts.get(goal, 0) + 1
            self.sums[goal] = self.sums.get(goal, 0.0) + value

    def plus(self, other: "Totals") -> "Totals":
        goals = self.counts.keys() | other.counts.keys()
        return Totals(
            {goal: self.counts.get(goal, 0) + other.counts.get(goal, 0) for goal in goals},
            {goal: self.sums.get(goal, 0.0) + other.sums.get(goal, 0.0) for goal in goals},
        )


Units = dict[str, dict[str, Totals]]
"""Totals by unit and variant."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What an experiment is judged by.

    Attributes:
        assigned: units by variant, whatever was measured of them.
        crossed: units seen under several variants; they are left out.
    """

    samples: Mapping[str, Mapping[Goal, Sample]]
    assigned: Mapping[str, int]
    crossed: int


def observed(
    name: str,
    experiment: ExperimentSettings,
    interaction: Interaction,
    quality: Quality | None = None,
    feedback: Sequence[Feedback] = (),
) -> Observed:
    """Read an interaction's unit, its variant and what can be compared."""
    unit = interaction.user if experiment.unit == "user" else interaction.session
    variant = variant_of(name, interaction.attributes)
    return Observed(
        interaction.started_at, unit, variant, values_of(interaction, quality, feedback)
    )


def values_of(
    interaction: Interaction, quality: Quality | None, feedback: Sequence[Feedback]
) -> dict[Goal, float]:
    """What an interaction measures; what it does not is missing, never zero."""
    given = [value for each in feedback if (value := each.satisfaction) is not None]
    found = {
        Goal.QUALITY: None if quality is None else quality.overall,
        Goal.SATISFACTION: sum(given) / len(given) if given else None,
        Goal.LATENCY: interaction.duration,
        Goal.COST: interaction.cost,
        Goal.ERRORS: float(interaction.outcome in FAILURES),
        Goal.DECLINED: float(interaction.outcome is Outcome.DECLINED),
    }
    return {goal: value for goal, value in found.items() if value is not None}


def add(units: Units, experiment: ExperimentSettings, each: Observed) -> None:
    """Count an interaction for its unit; variants the experiment does not know are left out."""
    if each.unit and each.variant in experiment.variants:
        units.setdefault(each.unit, {}).setdefault(each.variant, Totals()).add(each.values)


def joined(one: Units, other: Units) -> Units:
    """Both together; neither is changed."""
    both = dict(one)
    for unit, found in other.items():
        before = one.get(unit, {})
        both[unit] = before | {
            variant: before[variant].plus(totals) if variant in before else totals
            for variant, totals in found.items()
        }
    return both


def measured(
    experiment: ExperimentSettings, seen: Iterable[Observed], past: Past | None = None
) -> Measured:
    """Add interactions up by unit.

    Args:
        experiment: its settings.
        seen: in any order.
        past: what is known of units from before; makes intervals narrower.
    """
    units: Units = {}
    for each in seen:
        add(units, experiment, each)
    return measured_of(experiment, units, past)


def measured_of(experiment: ExperimentSettings, units: Units, past: Past | None = None) -> Measured:
    """What units came to, by variant; those seen under several are left out."""
    by_variant: dict[str, dict[str, Totals]] = {name: {} for name in experiment.variants}
    for unit, found in units.items():
        if len(found) == 1:
            variant, totals = next(iter(found.items()))
            by_variant[variant][unit] = totals
    samples = {
        variant: {
            goal: sample
            for goal in (experiment.goal, *experiment.guardrails)
            if (sample := _sample(goal, totals, past or {})) is not None
        }
        for variant, totals in by_variant.items()
    }
    assigned = {variant: len(totals) for variant, totals in by_variant.items()}
    return Measured(samples, assigned, len(units) - sum(assigned.values()))


def past_means(seen: Iterable[Observed]) -> Past:
    """What units came to before an experiment, whatever answered them."""
    units: dict[str, Totals] = {}
    for each in seen:
        if each.unit:
            units.setdefault(each.unit, Totals()).add(each.values)
    return {
        unit: {goal: totals.sums[goal] / count for goal, count in totals.counts.items()}
        for unit, totals in units.items()
    }


def _sample(goal: Goal, units: Mapping[str, Totals], past: Past) -> Sample | None:
    names = [unit for unit, totals in units.items() if goal in totals.counts]
    if not names:
        return None
    return Sample(
        np.array([units[name].counts[goal] for name in names], dtype=np.float64),
        np.array([units[name].sums[goal] for name in names]),
        np.array([past.get(name, {}).get(goal, np.nan) for name in names]),
    )
