"""Objectives: what is left of their error budgets, and whether one burns too fast."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from groundwatch.analytics.burn import (
    BurnRule,
    Events,
    Urgency,
    budget_left,
    burn_rate,
    hours,
    time_to_empty,
)
from groundwatch.analytics.slo_events import History, history
from groundwatch.analytics.slo_settings import ObjectiveSettings
from groundwatch.analytics.tallies import Cells
from groundwatch.domain.status import Severity


class BurnState(StrEnum):
    """What a rule found. Only `OK` means that nothing is wrong."""

    OK = "ok"
    BURNING = "burning"
    NO_DATA = "no_data"
    TOO_FEW = "too_few"


class BudgetState(StrEnum):
    """How an objective is."""

    OK = "ok"
    BURNING = "burning"
    SPENT = "spent"
    NO_DATA = "no_data"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class WindowBurn:
    """A window as it was judged.

    Attributes:
        length: as the rule wants it; `used` is wider where there were too few events.
        burn: None without events.
    """

    length: timedelta
    used: timedelta
    events: Events
    burn: float | None


@dataclass(frozen=True, slots=True)
class RuleState:
    """One rule, now.

    Attributes:
        factor: the burn rate that both windows must exceed.
    """

    urgency: Urgency
    severity: Severity
    state: BurnState
    factor: float
    long: WindowBurn
    short: WindowBurn
    reason: str


@dataclass(frozen=True, slots=True)
class Budget:
    """An error budget.

    Attributes:
        events: of the period.
        achieved: share of good events; None without any.
        left: of the budget, 1 is all and below 0 is overspent.
        bad_left: how many more bad events the traffic of the period so far allows.
        empty_in: when the budget is gone at `burn`; None when never at this rate, or not known.
        burn, over: the fastest burn of the rules' long windows that hold enough events, and the
            window it was measured in.
        since: the period's first event.
    """

    events: Events
    achieved: float | None
    left: float | None
    bad_left: float | None
    empty_in: timedelta | None
    burn: float | None
    over: timedelta | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ObjectiveState:
    """An objective, its budget, and every rule.

    Attributes:
        severity: of the worst rule that burns; None when none does.
        notes: usual rules that do not apply at this target, and why.
    """

    name: str
    objective: ObjectiveSettings
    at: datetime
    state: BudgetState
    severity: Severity | None
    reason: str
    budget: Budget
    rules: tuple[RuleState, ...]
    notes: tuple[str, ...]


def objectives(
    source: Cells, settings: Mapping[str, ObjectiveSettings], now: datetime
) -> tuple[ObjectiveState, ...]:
    """Judge every objective."""
    return tuple(objective_state(source, name, each, now) for name, each in settings.items())


def objective_state(
    source: Cells, name: str, objective: ObjectiveSettings, now: datetime
) -> ObjectiveState:
    """Judge one objective."""
    return judged(name, objective, history(source, objective, now))


def judged(name: str, objective: ObjectiveSettings, events: History) -> ObjectiveState:
    """An objective's state from its events."""
    rules = tuple(_rule_state(rule, objective, events) for rule in objective.burn_rules)
    budget = _budget(objective, events, rules)
    state, severity, reason = _worst(objective, budget, rules)
    return ObjectiveState(
        name, objective, events.until, state, severity, reason, budget, rules, objective.left_out
    )


def _rule_state(rule: BurnRule, objective: ObjectiveSettings, events: History) -> RuleState:
    factor = rule.factor(objective.period)
    is_silent = not events.last(rule.long).count
    long = _window(rule.long, rule.long if is_silent else objective.period, objective, events)
    short = _window(rule.short, long.used, objective, events)
    state, reason = _decided(factor, long, short, objective)
    severity = _severity(rule.urgency, objective)
    return RuleState(rule.urgency, severity, state, factor, long, short, reason)


def _window(
    length: timedelta, widest: timedelta, objective: ObjectiveSettings, events: History
) -> WindowBurn:
    """The window that ends now, doubled until it holds enough events."""
    used = length
    found = events.last(used)
    while found.count < objective.fewest and used < widest:
        used = min(used * 2, widest)
        found = events.last(used)
    return WindowBurn(length, used, found, burn_rate(found, objective.target))


def _decided(
    factor: float, long: WindowBurn, short: WindowBurn, objective: ObjectiveSettings
) -> tuple[BurnState, str]:
    if long.burn is None or short.burn is None:
        return BurnState.NO_DATA, f"nothing was measured in the last {hours(long.used)}"
    if min(long.events.count, short.events.count) < objective.fewest:
        few = min(long.events.count, short.events.count)
        return BurnState.TOO_FEW, (
            f"{few} events in the last {hours(long.used)}, {objective.fewest} are needed"
        )
    said = f"burns {_said(long)} and {_said(short)}, limit {factor:.3g}"
    is_burning = long.burn > factor and short.burn > factor
    return (BurnState.BURNING if is_burning else BurnState.OK), said


def _said(window: WindowBurn) -> str:
    widened = "" if window.used == window.length else f" (widened from {hours(window.length)})"
    return f"{window.burn:.3g} times the budget over {hours(window.used)}{widened}"


def _severity(urgency: Urgency, objective: ObjectiveSettings) -> Severity:
    if urgency == "ticket":
        return Severity.MEDIUM
    return Severity.CRITICAL if objective.kind == "availability" else Severity.HIGH


def _budget(objective: ObjectiveSettings, events: History, rules: tuple[RuleState, ...]) -> Budget:
    whole = events.last(objective.period)
    left = budget_left(whole, objective.target)
    known = [rule.long for rule in rules if rule.state in {BurnState.OK, BurnState.BURNING}]
    fastest = max(known, key=lambda window: window.burn or 0.0, default=None)
    burn = fastest.burn if fastest is not None else None
    ratio = whole.ratio
    allowed = (1 - objective.target) * whole.total
    return Budget(
        whole,
        None if ratio is None else 1 - ratio,
        left,
        None if ratio is None else allowed - whole.bad,
        time_to_empty(left, burn, objective.period),
        burn,
        fastest.used if fastest is not None else None,
        events.since,
    )


_ORDER = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
_UNKNOWN = (
    (BurnState.NO_DATA, BudgetState.NO_DATA),
    (BurnState.TOO_FEW, BudgetState.TOO_FEW),
)


def _worst(
    objective: ObjectiveSettings, budget: Budget, rules: tuple[RuleState, ...]
) -> tuple[BudgetState, Severity | None, str]:
    burning = [rule for rule in rules if rule.state is BurnState.BURNING]
    if burning:
        worst = min(burning, key=lambda rule: _ORDER.index(rule.severity))
        return BudgetState.BURNING, worst.severity, worst.reason
    if budget.left is None:
        days = objective.period_days
        return BudgetState.NO_DATA, None, f"nothing was measured in the last {days} days"
    if budget.events.count < objective.fewest:
        reason = f"{budget.events.count} events in the period, {objective.fewest} are needed"
        return BudgetState.TOO_FEW, None, reason
    if budget.left <= 0:
        return BudgetState.SPENT, None, f"{-budget.left:.0%} more than the budget is spent"
    pages = [rule for rule in rules if rule.urgency == "page"] or list(rules)
    for state, own in _UNKNOWN:
        if all(rule.state is state for rule in pages):
            return own, None, pages[-1].reason
    missing = [f"; {rule.reason}" for rule in pages if rule.state in dict(_UNKNOWN)]
    return BudgetState.OK, None, f"{budget.left:.0%} of the budget is left{''.join(missing[:1])}"
