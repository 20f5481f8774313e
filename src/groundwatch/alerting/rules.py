"""How far a rule is on one series: waiting, firing, without data; pure, one step a look."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from groundwatch.alerting.measuring import holds
from groundwatch.alerting.rule_settings import RuleSettings

MISSING_FOR = timedelta(minutes=15)
"""A firing rule whose data is gone goes on firing so long, or as long as it keeps firing."""


class RuleState(StrEnum):
    """Where a series stands; no data is not inactive."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True)
class Progress:
    """A series of a rule.

    Attributes:
        since: when it came into its state.
        last_true: when the condition held last.
        value: the last one measured.
    """

    state: RuleState
    since: datetime
    last_true: datetime | None = None
    value: float | None = None


def step(
    rule: RuleSettings, before: Progress | None, value: float | None, now: datetime
) -> Progress:
    """What a new value, or none, makes of a series."""
    was = before or Progress(RuleState.INACTIVE, now)
    was = _not_from_the_future(was, now)
    if value is None:
        return _without_data(rule, was, now)
    firing = was.state is RuleState.FIRING
    if holds(rule, value, firing=firing):
        held = replace(was, last_true=now, value=value)
        if firing:
            return held
        since = was.since if was.state is RuleState.PENDING else now
        state = RuleState.FIRING if now - since >= rule.lasts else RuleState.PENDING
        return replace(held, state=state, since=now if state is RuleState.FIRING else since)
    if firing and was.last_true and now - was.last_true < rule.keep_firing_for:
        return replace(was, value=value)
    return _to(was, RuleState.INACTIVE, now, value)


def _without_data(rule: RuleSettings, was: Progress, now: datetime) -> Progress:
    """Missing data is never taken for good: what fires goes on for a while, then says so."""
    keep = max(MISSING_FOR, rule.keep_firing_for)
    if was.state is RuleState.FIRING and was.last_true and now - was.last_true < keep:
        return was
    return _to(was, RuleState.NO_DATA, now, was.value)


def _to(was: Progress, state: RuleState, now: datetime, value: float | None) -> Progress:
    since = was.since if was.state is state else now
    return replace(was, state=state, since=since, value=value)


def _not_from_the_future(was: Progress, now: datetime) -> Progress:
    """After the clock was set back a wait begins anew instead of lasting for hours."""
    last = was.last_true
    return replace(was, since=min(was.since, now), last_true=min(last, now) if last else None)
