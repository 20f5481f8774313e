"""What each promise means: its value, whether it holds, and whom a breach touches."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from groundwatch.analytics.burn import NONE, Events
from groundwatch.analytics.slo_settings import SlaSettings
from groundwatch.analytics.tallies import NOTHING, Tally

_P95 = 0.95


class Sla(StrEnum):
    """The promises."""

    RESPONSE_TIME = "response_time"
    AVAILABILITY = "availability"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class Step:
    """What was measured in an hour, or in the last minutes."""

    latency: Tally = NOTHING
    users: Events = NONE
    quality: Tally = NOTHING


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promise means: its value in a step, whether that holds, and whom it touched."""

    sla: Sla
    threshold: float
    value: Callable[[Step], float | None]
    count: Callable[[Step], int]
    is_most: bool
    affected: Callable[[Step], float]
    unit: str
    touched: str

    def holds(self, step: Step) -> bool | None:
        value = self.value(step)
        if value is None:
            return None
        return value <= self.threshold if self.is_most else value >= self.threshold


def terms_of(settings: SlaSettings) -> list[Terms]:
    """What is promised, as terms."""
    found: list[Terms] = []
    if (slowest := settings.max_response_time) is not None:
        found.append(
            Terms(
                Sla.RESPONSE_TIME,
                slowest,
                lambda step: step.latency.quantile(_P95),
                lambda step: step.latency.count,
                is_most=True,
                affected=lambda step: _above(step.latency, slowest),
                unit=" s",
                touched="took longer",
            )
        )
    if (available := settings.min_availability) is not None:
        found.append(
            Terms(
                Sla.AVAILABILITY,
                available,
                lambda step: None if step.users.ratio is None else 1 - step.users.ratio,
                lambda step: step.users.count,
                is_most=False,
                affected=lambda step: step.users.bad,
                unit="",
                touched="failed",
            )
        )
    if (poorest := settings.min_quality_score) is not None:
        found.append(
            Terms(
                Sla.QUALITY,
                poorest,
                lambda step: step.quality.mean,
                lambda step: step.quality.count,
                is_most=False,
                affected=lambda step: (
                    (step.quality.share_below(poorest) or 0.0) * step.quality.weight
                ),
                unit="",
                touched="were scored lower",
            )
        )
    return found


def _above(tally: Tally, limit: float) -> float:
    below = tally.share_below(limit)
    return 0.0 if below is None else (1 - below) * tally.weight
