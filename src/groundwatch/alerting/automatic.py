"""What is held back without anybody's word, until when and why.

Nothing here holds back the first notice of something critical, a rise in severity, or an end; what
is held back is told later, one by one or as a digest, unless it is over by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from groundwatch.alerting.automatic_settings import AutomaticSettings
from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.intervals import TimeInterval, interval
from groundwatch.domain.alerts import rank
from groundwatch.domain.status import Severity

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_LOOK_AHEAD = timedelta(days=8)
_NEVER_HELD = frozenset({Reason.SEVERITY, Reason.ALL_RESOLVED, Reason.NEW_RESOLVED})


class Step(StrEnum):
    """Which step held it back."""

    BUSINESS_HOURS = "outside business hours"
    SIMILAR = "similar to one just told"
    LOW_LIMIT = "too many of low severity"
    STORM = "too many at once"


@dataclass(frozen=True, slots=True)
class Held:
    """It waits."""

    step: Step
    until: datetime


@dataclass(frozen=True, slots=True)
class Recent:
    """What a receiver was told lately.

    Attributes:
        similar_at: when an incident with the same alert name was told last.
        low: when notices of low severity or less were told, newest last; a digest counts once.
        new: when first notices were told, newest last.
    """

    similar_at: datetime | None = None
    low: Sequence[datetime] = field(default=())
    new: Sequence[datetime] = field(default=())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A notice that the routing would send now.

    Attributes:
        severity: the worst of what it shows as firing.
        told_severity: the worst that was told before; None when nothing was.
        is_first: whether the receiver knows nothing of the incident yet.
    """

    reason: Reason
    severity: Severity
    told_severity: Severity | None
    is_first: bool


class Automatic:
    """The steps, ready to be asked."""

    def __init__(self, settings: AutomaticSettings) -> None:
        self._settings = settings
        self._hours = tuple(interval(each) for each in settings.business_hours.hours)

    def holds(self, notice: Candidate, recent: Recent, now: datetime) -> Held | None:
        """Whether a notice waits; None lets it go."""
        if not self._settings.enabled or not may_wait(notice):
            return None
        found = [
            held
            for held in (
                self._closed(notice, now),
                self._similar(notice, recent, now),
                self._limited(notice, recent, now),
                self._storm(notice, recent, now),
            )
            if held
        ]
        return max(found, key=lambda held: held.until, default=None)

    def flapping(self, opened: Sequence[datetime], now: datetime) -> datetime | None:
        """Until when the end of an incident that comes and goes waits.

        Args:
            opened: when incidents of the same group were opened, this one included.
            now: when the last alert of it was over.
        """
        flapping = self._settings.flapping
        if not self._settings.enabled:
            return None
        times = sum(now - flapping.window <= at <= now for at in opened)
        return now + flapping.hold if times >= flapping.opened else None

    def _closed(self, notice: Candidate, now: datetime) -> Held | None:
        worst = self._settings.business_hours.up_to
        if not self._hours or rank(notice.severity) > rank(worst):
            return None
        opening = next_opening(self._hours, now)
        return Held(Step.BUSINESS_HOURS, opening) if opening > now else None

    def _similar(self, notice: Candidate, recent: Recent, now: datetime) -> Held | None:
        if recent.similar_at is None or not notice.is_first:
            return None
        until = recent.similar_at + self._settings.similar_window
        return Held(Step.SIMILAR, until) if recent.similar_at <= now < until else None

    def _limited(self, notice: Candidate, recent: Recent, now: datetime) -> Held | None:
        limit = self._settings.low_per_hour
        lately = [at for at in recent.low if now - _HOUR < at <= now]
        if not limit or rank(notice.severity) > rank(Severity.LOW) or len(lately) < limit:
            return None
        return Held(Step.LOW_LIMIT, lately[-limit] + _HOUR)

    def _storm(self, notice: Candidate, recent: Recent, now: datetime) -> Held | None:
        lately = [at for at in recent.new if now - _MINUTE < at <= now]
        if not notice.is_first or len(lately) < self._settings.storm.incidents:
            return None
        return Held(Step.STORM, now + self._settings.storm.collect)


def may_wait(notice: Candidate) -> bool:
    """Whether an automatic step may hold a notice back at all."""
    if notice.reason in _NEVER_HELD:
        return False
    if notice.is_first and notice.severity is Severity.CRITICAL:
        return False
    return notice.told_severity is None or rank(notice.severity) <= rank(notice.told_severity)


@lru_cache(maxsize=64)
def next_opening(hours: tuple[TimeInterval, ...], now: datetime) -> datetime:
    """When business hours hold next, to the minute; after eight days without any, then.

    Minutes are tried one by one: rules of time zones and months need no inversion that way.
    """
    at = now
    while at < now + _LOOK_AHEAD:
        if any(each.holds(at) for each in hours):
            return at
        at = at.replace(second=0, microsecond=0) + _MINUTE
    return at
