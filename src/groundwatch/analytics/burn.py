"""How fast an error budget is spent, and when that is worth waking somebody.

Multi-window, multi-burn-rate alerts as in The Site Reliability Workbook (Beyer et al. 2018,
chapter 5): a rule says which share of the period's budget may be gone within its long window; the
factor follows from the period and is never stored. Both windows must burn faster than the factor:
the long one shows that it matters, the short one that it is still going on.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Urgency = Literal["page", "ticket"]
SHORT_PARTS = 12
"""The short window is this part of the long one."""
_SHORTEST = timedelta(minutes=SHORT_PARTS)
_WEEKLY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Events:
    """What happened in a window.

    Attributes:
        total: what the events stand for, good and bad.
        bad: of them, the bad ones.
        count: how many were observed; less than `total` where they are sampled.
    """

    total: float = 0.0
    bad: float = 0.0
    count: int = 0

    def __add__(self, other: "Events") -> "Events":
        return Events(self.total + other.total, self.bad + other.bad, self.count + other.count)

    @property
    def ratio(self) -> float | None:
        """The share of bad events; None without any: no data is no success."""
        return self.bad / self.total if self.total > 0 else None


NONE = Events()


@dataclass(frozen=True, slots=True)
class BurnRule:
    """One pair of windows.

    Attributes:
        budget_share: of the period's budget, gone within the long window; 0 to 1.
    """

    budget_share: float
    long: timedelta
    urgency: Urgency

    @property
    def short(self) -> timedelta:
        return self.long / SHORT_PARTS

    def factor(self, period: timedelta) -> float:
        """The burn rate that spends the rule's share of the budget in its long window."""
        return self.budget_share * (period / self.long)

    def problem(self, target: float, period: timedelta) -> str:
        """Why the rule can never fire, or makes no sense; empty when it is sound."""
        if not _SHORTEST <= self.long < period:
            return (
                f"its long window of {hours(self.long)} must be at least 12 minutes and shorter "
                f"than the period of {hours(period)}"
            )
        needed = self.factor(period) * (1 - target)
        if needed >= 1:
            return (
                f"a burn rate of {self.factor(period):.3g} would need {needed:.0%} of all events "
                f"to be bad, so it can never fire at a target of {target:.3%}; lower its budget "
                f"share below {_reachable_share(self.long, target, period):.3g}"
            )
        return ""


def _reachable_share(long: timedelta, target: float, period: timedelta) -> float:
    return (long / period) / (1 - target)


_MONTH: tuple[tuple[float, int, Urgency], ...] = (
    (0.02, 1, "page"),
    (0.05, 6, "page"),
    (0.10, 24, "ticket"),
    (0.10, 72, "ticket"),
)
_WEEK: tuple[tuple[float, int, Urgency], ...] = (
    (0.08, 1, "page"),
    (0.125, 6, "page"),
    (0.20, 24, "ticket"),
    (0.42, 72, "ticket"),
)


def usual_rules(period: timedelta) -> tuple[BurnRule, ...]:
    """The published rules: of 30 days, or of 7 days for periods of less than a fortnight."""
    table = _WEEK if period < _WEEKLY else _MONTH
    return tuple(
        BurnRule(share, timedelta(hours=long), urgency)
        for share, long, urgency in table
        if timedelta(hours=long) < period
    )


def burn_rate(events: Events, target: float) -> float | None:
    """How many times faster than allowed the budget is spent; None without events."""
    ratio = events.ratio
    return None if ratio is None else ratio / (1 - target)


def budget_left(events: Events, target: float) -> float | None:
    """The part of the period's budget that is left: 1 is all, below 0 is overspent."""
    burn = burn_rate(events, target)
    return None if burn is None else 1 - burn


def time_to_empty(left: float | None, burn: float | None, period: timedelta) -> timedelta | None:
    """When the budget is gone at this burn rate; None when it never is, or is not known."""
    if left is None or burn is None or burn <= 0:
        return None
    days = max(0.0, left) * (period / timedelta(days=1)) / burn
    return timedelta(days=min(days, 36_500.0))


def hours(length: timedelta) -> str:
    """A length as people say it: `5m`, `6h`, `3d`."""
    minutes = length / timedelta(minutes=1)
    if minutes < 60:
        return f"{minutes:g}m"
    if minutes < 48 * 60:
        return f"{minutes / 60:.3g}h"
    return f"{minutes / 1440:.3g}d"
