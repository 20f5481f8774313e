"""Means with intervals, and the difference between two configurations.

Intervals are percentile bootstrap intervals over clusters of questions that hang together
(Efron & Tibshirani 1993; Field & Welsh 2007): questions about one document fail together. Two
configurations answer the same questions, so their difference is taken question by question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from groundwatch.app.evaluating.measuring import MEASURES, Measure, Measured
from groundwatch.errors import InvalidInput

RESAMPLES = 4_000
SEED = 20
LEAST_CLUSTERS = 10
"""With fewer clusters an interval says nothing, and no difference is claimed."""

_LEVEL = 0.95
_WILSON = 1.96**2

Verdict = Literal["better", "worse", "no difference shown", "too few questions"]


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and its 95 % interval; `low` and `high` are None with too few clusters."""

    mean: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How another configuration differs: its mean less the first one's, over the same questions.

    Attributes:
        verdict: from an interval so wide that, over all measures that are compared, one false
            claim is made in at most one of twenty comparisons (Bonferroni).
    """

    difference: float
    low: float | None
    high: float | None
    n: int
    verdict: Verdict


def means(measured: Sequence[Measured]) -> dict[str, Mean]:
    """Every measure that some answer has, in the order of `MEASURES`."""
    found: dict[str, Mean] = {}
    for measure in MEASURES:
        pairs = _present(measured, measure.name)
        if pairs:
            value, low, high = _bounded(pairs, *_interval(pairs, _LEVEL))
            found[measure.name] = Mean(value, low, high, len(pairs))
    return found


def _bounded(
    pairs: Sequence[tuple[str, float]], mean: float, low: float | None, high: float | None
) -> tuple[float, float | None, float | None]:
    """Where every answer is 0 or every answer is 1, what the next one may be is not certain.

    Resampling knows nothing else then, so the bound is Wilson's, by the number of clusters.
    """
    count = len({cluster for cluster, _ in pairs})
    if low is None or low != high or mean not in (0.0, 1.0):
        return mean, low, high
    chance = _WILSON / (count + _WILSON)
    return (mean, 1.0 - chance, 1.0) if mean == 1.0 else (mean, 0.0, chance)


def differences(first: Sequence[Measured], other: Sequence[Measured]) -> dict[str, Difference]:
    """Every measure that both have on some question.

    Raises:
        InvalidInput: they were not asked the same questions.
    """
    if [each.asked.task for each in first] != [each.asked.task for each in other]:
        raise InvalidInput("both configurations must be asked the same questions")
    pairs = {measure: _paired(first, other, measure.name) for measure in MEASURES}
    present = {measure: found for measure, found in pairs.items() if found}
    # What no answer moved cannot be claimed falsely either.
    moving = sum(any(value for _, value in found) for found in present.values())
    return {
        measure.name: _difference(measure, found, max(1, moving))
        for measure, found in present.items()
    }


def verdict(found: Mapping[str, Difference]) -> str:
    """One sentence on what was shown."""
    better = [name for name, each in found.items() if each.verdict == "better"]
    worse = [name for name, each in found.items() if each.verdict == "worse"]
    if not better and not worse:
        is_small = all(each.verdict == "too few questions" for each in found.values())
        return "no difference shown" + (": too few questions" if is_small else "")
    parts = [f"better: {', '.join(better)}"] if better else []
    parts += [f"worse: {', '.join(worse)}"] if worse else []
    return "; ".join(parts)


def _present(measured: Sequence[Measured], name: str) -> list[tuple[str, float]]:
    return [
        (each.cluster, value) for each in measured if (value := each.values.get(name)) is not None
    ]


def _paired(
    first: Sequence[Measured], other: Sequence[Measured], name: str
) -> list[tuple[str, float]]:
    return [
        (one.cluster, after - before)
        for one, two in zip(first, other, strict=True)
        if (before := one.values.get(name)) is not None
        and (after := two.values.get(name)) is not None
    ]


def _difference(measure: Measure, pairs: Sequence[tuple[str, float]], compared: int) -> Difference:
    value, low, high = _interval(pairs, _LEVEL)
    _, lowest, highest = _interval(pairs, 1 - (1 - _LEVEL) / compared)
    return Difference(value, low, high, len(pairs), _judged(measure, lowest, highest))


def _judged(measure: Measure, low: float | None, high: float | None) -> Verdict:
    if low is None or high is None:
        return "too few questions"
    if low <= 0 <= high:
        return "no difference shown"
    return "better" if (low > 0) is measure.is_higher_better else "worse"


def _interval(
    pairs: Sequence[tuple[str, float]], level: float
) -> tuple[float, float | None, float | None]:
    """The mean and its interval."""
    import numpy as np

    totals: dict[str, tuple[float, int]] = {}
    for cluster, value in pairs:
        total, count = totals.get(cluster, (0.0, 0))
        totals[cluster] = (total + value, count + 1)
    sums = np.array([total for total, _ in totals.values()])
    counts = np.array([count for _, count in totals.values()])
    mean = float(sums.sum() / counts.sum())
    if len(totals) < LEAST_CLUSTERS:
        return mean, None, None
    chosen = np.random.default_rng(SEED).integers(0, len(totals), (RESAMPLES, len(totals)))
    resampled = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return mean, float(low), float(high)
