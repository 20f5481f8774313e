"""Which interactions are kept whole: decided once, before scoring, the same in every process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from groundwatch.domain.answers import DOUBTFUL
from groundwatch.domain.interactions import Interaction
from groundwatch.domain.metrics import FAILURES

_RANGE = 1 << 64
EXPECTED_FLAGS = frozenset({"remote-parent", "cost-partial", DOUBTFUL})
"""Flags that say how something was measured or how sure it is, not that something is wrong."""


class Reason(StrEnum):
    """Why an interaction is kept, or is not."""

    ALL = "all"
    ERROR = "error"
    SLOW = "slow"
    FLAGGED = "flagged"
    RATED = "rated"
    SAMPLED = "sampled"
    SAMPLED_OUT = "sampled-out"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an interaction is kept.

    Attributes:
        weight: how many interactions it stands for; 1 for those that are always kept.
    """

    weight: float
    reason: Reason

    @property
    def keep(self) -> bool:
        return self.reason is not Reason.SAMPLED_OUT


@dataclass(frozen=True, slots=True)
class Sampling:
    """Decides by the interaction's id, so that a trace is kept or not as a whole.

    Attributes:
        rate: share that is kept of applications that are not named.
        rates: by application.
        slow: seconds from which on an answer is always kept.
    """

    rate: float = 1.0
    rates: Mapping[str, float] = field(default_factory=dict)
    slow: float = 5.0

    def decide(self, one: Interaction, *, badly_rated: bool = False) -> Decision:
        """Decide for one interaction; what went wrong is always kept."""
        rate = self.rates.get(one.application, self.rate)
        reason = self._always(one, badly_rated=badly_rated)
        if reason is not None:
            return Decision(1.0, reason)
        if rate >= 1.0:
            return Decision(1.0, Reason.ALL)
        if share_of(one.id) < rate:
            return Decision(1.0 / rate, Reason.SAMPLED)
        return Decision(1.0, Reason.SAMPLED_OUT)

    def _always(self, one: Interaction, *, badly_rated: bool) -> Reason | None:
        if one.outcome in FAILURES:
            return Reason.ERROR
        if one.duration >= self.slow:
            return Reason.SLOW
        if set(one.flags) - EXPECTED_FLAGS:
            return Reason.FLAGGED
        return Reason.RATED if badly_rated else None


def share_of(trace_id: str) -> float:
    """A number from 0 to 1 that depends on nothing but the id, evenly spread."""
    digest = blake2b(trace_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / _RANGE
