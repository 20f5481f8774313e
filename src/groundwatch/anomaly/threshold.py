"""Limits that people set: a comparison that has to hold for a while, and another to clear."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite, nan
from operator import eq, ge, gt, le, lt

from groundwatch.errors import InvalidInput


class Operator(StrEnum):
    """How a value is compared with a limit."""

    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EQ = "eq"

    def holds(self, value: float, limit: float) -> bool:
        """Whether the value stands so to the limit; no value does in no way."""
        return isfinite(value) and _COMPARED[self](value, limit)


_COMPARED: dict[Operator, Callable[[float, float], bool]] = {
    Operator.GT: gt,
    Operator.GTE: ge,
    Operator.LT: lt,
    Operator.LTE: le,
    Operator.EQ: eq,
}
_UPWARD = (Operator.GT, Operator.GTE)


class State(StrEnum):
    """Where a threshold stands. No data is `UNKNOWN`, never `CLEAR`."""

    UNKNOWN = "unknown"
    CLEAR = "clear"
    PENDING = "pending"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a metric.

    Attributes:
        lasting: seconds for which it has to be passed before it counts as breached.
        clears_at: where it counts as kept again, on the good side of `value`; None for `value`.
        stale_after: seconds without a value after which nothing is known.

    Raises:
        InvalidInput: the limits contradict each other.
    """

    operator: Operator
    value: float
    lasting: float = 0.0
    clears_at: float | None = None
    stale_after: float = 300.0

    def __post_init__(self) -> None:
        """Refuse limits that could never clear."""
        if not isfinite(self.value) or self.lasting < 0.0 or self.stale_after <= 0.0:
            message = f"{self}: the value must be finite and durations positive"
            raise InvalidInput(message)
        if self.clears_at is None:
            return
        if self.operator is Operator.EQ or self.operator.holds(self.clears_at, self.value):
            message = (
                f"clears_at {self.clears_at:g} is on the bad side of {self.operator} "
                f"{self.value:g}; choose a value that {self.operator} does not hold for"
            )
            raise InvalidInput(message)

    def cleared(self, value: float) -> bool:
        """Whether a value ends a breach."""
        if self.clears_at is None:
            return not self.operator.holds(value, self.value)
        return value <= self.clears_at if self.operator in _UPWARD else value >= self.clears_at


@dataclass(slots=True)
class Threshold:
    """Follows one series against one limit.

    Attributes:
        since: when the present passing of the limit began.
        newest: when the last value came.
    """

    limit: Limit
    state: State = State.UNKNOWN
    since: float = field(default=0.0)
    newest: float | None = None

    def score(self, at: float, value: float) -> float:
        """1 when the value would leave the limit breached, .5 when pending, else 0."""
        return {State.BREACHED: 1.0, State.PENDING: 0.5}.get(self._after(at, value)[0], 0.0)

    def learn(self, at: float, value: float) -> None:
        """Move on by a value; one that is not finite is none."""
        self.state, self.since = self._after(at, value)
        if isfinite(value):
            self.newest = at

    def look(self, at: float) -> State:
        """The state at a time without a new value: unknown once the last one is stale."""
        return self._after(at, nan)[0]

    def _after(self, at: float, value: float) -> tuple[State, float]:
        if not isfinite(value):
            stale = self.newest is None or at - self.newest > self.limit.stale_after
            return (State.UNKNOWN, self.since) if stale else (self.state, self.since)
        if self.state is State.BREACHED and not self.limit.cleared(value):
            return State.BREACHED, self.since
        if not self.limit.operator.holds(value, self.limit.value):
            return State.CLEAR, self.since
        since = self.since if self.state is State.PENDING else at
        since = min(since, at)
        return (State.BREACHED if at - since >= self.limit.lasting else State.PENDING), since
