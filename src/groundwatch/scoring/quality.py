"""What the scores of one answer come to: overall, composite, coverage and status, with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groundwatch.domain.scores import Dimension, Quality, Score
from groundwatch.domain.status import Status
from groundwatch.scoring.settings import QualitySettings

_LEAST_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Overall:
    """The weighted mean of what is present, and how much of the weight that is."""

    value: float | None
    coverage: float


def assess(
    scores: Sequence[Score], settings: QualitySettings, now: datetime, topic: str = ""
) -> Quality:
    """Put scores together."""
    found = overall(scores, settings)
    status, reasons = judge(scores, found, settings)
    return Quality(
        tuple(scores),
        found.value,
        composite(scores),
        found.coverage,
        status,
        now,
        topic,
        reasons,
    )


def overall(scores: Sequence[Score], settings: QualitySettings) -> Overall:
    """The weighted mean, renormalised over what has a value; None below half the weight."""
    weights = {Dimension(name): value for name, value in settings.weights.model_dump().items()}
    whole = sum(weights.values())
    present = [
        (weights[each.dimension], each.value)
        for each in scores
        if each.value is not None and weights.get(each.dimension)
    ]
    held = sum(weight for weight, _ in present)
    coverage = round(held / whole, 4) if whole else 0.0
    if not held or coverage < _LEAST_COVERAGE:
        return Overall(None, coverage)
    return Overall(round(sum(weight * value for weight, value in present) / held, 4), coverage)


def composite(scores: Sequence[Score]) -> float | None:
    """The plain mean of every value that is present."""
    values = [each.value for each in scores if each.value is not None]
    return round(sum(values) / len(values), 4) if values else None


def judge(
    scores: Sequence[Score], found: Overall, settings: QualitySettings
) -> tuple[Status, tuple[str, ...]]:
    """The status of an answer and why: from the overall value, capped by the floors."""
    broken = _broken(scores, settings)
    if broken:
        return Status.DEGRADED, broken
    if found.value is None:
        return Status.UNKNOWN, (_unknown(scores, found),)
    if found.value > settings.healthy:
        return Status.HEALTHY, ()
    low = [
        f"{each.dimension} is {each.value:.2f}"
        for each in scores
        if each.value is not None and each.value < settings.degraded
    ]
    if found.value < settings.degraded:
        return Status.DEGRADED, (f"overall is {found.value:.2f}", *low)
    return Status.WARNING, (f"overall is {found.value:.2f}", *low)


def _broken(scores: Sequence[Score], settings: QualitySettings) -> tuple[str, ...]:
    floors = {
        Dimension.ACCURACY: settings.accuracy_floor,
        Dimension.SAFETY: settings.safety_floor,
        Dimension.COMPLIANCE: settings.compliance_floor,
    }
    return tuple(
        f"{each.dimension} is {each.value:.2f}, under its floor of {floors[each.dimension]:.2f}"
        for each in scores
        if each.value is not None and each.value < floors.get(each.dimension, 0.0)
    )


def _unknown(scores: Sequence[Score], found: Overall) -> str:
    reasons = dict.fromkeys(each.reason for each in scores if each.value is None and each.reason)
    missing = "; ".join(reasons) or "nothing was scored"
    return f"only {found.coverage:.0%} of the weight could be measured: {missing}"
