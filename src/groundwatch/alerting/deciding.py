"""Whether a group's receiver is told something now, and why.

Alertmanager's decision, which also knows what was told before it was muted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Reason(StrEnum):
    """Why something is told, or is not."""

    FIRST = "first notification"
    NEW_ALERTS = "new alerts in group"
    SEVERITY = "severity raised"
    NEW_RESOLVED = "new resolved"
    ALL_RESOLVED = "all resolved"
    REPEAT = "repeat"
    NEVER_TOLD = "over before it was told"
    UNCHANGED = "nothing new"
    MUTED = "all firing alerts are muted"
    RESOLVED_UNSENT = "new resolved, which this receiver does not want"


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver knows of a group.

    Attributes:
        firing, resolved: fingerprints that the last notice showed so.
        at: when; None while it knows nothing.
    """

    firing: frozenset[str] = frozenset()
    resolved: frozenset[str] = frozenset()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A group at the moment of the decision, as fingerprints.

    Attributes:
        firing: that may be shown.
        muted: that fire, but may not be shown.
        resolved: that are over.
        raises: whether one that may be shown is worse than everything told before.
    """

    firing: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    resolved: frozenset[str] = frozenset()
    raises: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome.

    Attributes:
        reason: why something is told, or why not.
        told: what the receiver knows afterwards.
    """

    reason: Reason
    told: Told

    @property
    def send(self) -> bool:
        """Whether a notice goes out."""
        return self.reason in _SENT

    @property
    def ends(self) -> bool:
        """Whether the receiver is told that all is over."""
        return self.reason is Reason.ALL_RESOLVED


_SENT = frozenset(
    {
        Reason.FIRST,
        Reason.NEW_ALERTS,
        Reason.SEVERITY,
        Reason.NEW_RESOLVED,
        Reason.ALL_RESOLVED,
        Reason.REPEAT,
    }
)
_FORGETS = frozenset({Reason.UNCHANGED, Reason.RESOLVED_UNSENT})


def decide(
    told: Told, seen: Seen, now: datetime, repeat: timedelta, *, send_resolved: bool = True
) -> Decision:
    """Decide as Alertmanager does, in its order, but ask of what was told even if it is muted now.

    Whoever was told of an alert hears of its end, whatever mutes it then; what was told and is
    muted still counts as firing, so that the end is told once and not before it is one.
    """
    resolved = (told.firing | told.resolved | seen.firing) & seen.resolved
    still = told.firing & seen.muted
    if told.at is None:
        reason = _reason_of_first(seen)
    elif not seen.firing <= told.firing:
        reason = _reason_of_new(told, seen)
    elif not seen.firing and not still:
        reason = Reason.ALL_RESOLVED if told.firing else Reason.NEVER_TOLD
    elif not resolved <= told.resolved:
        reason = Reason.NEW_RESOLVED if send_resolved else Reason.RESOLVED_UNSENT
    elif not seen.firing:
        reason = Reason.MUTED
    else:
        reason = Reason.REPEAT if now - told.at >= repeat else Reason.UNCHANGED
    if reason in _SENT:
        return Decision(reason, Told(seen.firing | still, frozenset(resolved), now))
    forgotten = Told(told.firing - seen.resolved, told.resolved, told.at)
    return Decision(reason, forgotten if reason in _FORGETS else told)


def _reason_of_first(seen: Seen) -> Reason:
    if seen.firing:
        return Reason.FIRST
    return Reason.MUTED if seen.muted else Reason.NEVER_TOLD


def _reason_of_new(told: Told, seen: Seen) -> Reason:
    if not told.firing:
        return Reason.FIRST
    return Reason.SEVERITY if seen.raises else Reason.NEW_ALERTS
