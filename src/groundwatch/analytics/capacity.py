"""When limits are reached, as an interval, and what to do before.

The trend is Theil and Sen's median slope of daily p95 peaks; its interval is Sen's (1968), with
the variance of Kendall's score widened for the correlation of neighbouring days (Hamed and Rao
1998, first lag). An interval that holds zero is no trend, and no date lies further ahead than the
history reaches back.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations, pairwise
from statistics import NormalDist, median

SHARE = 0.9
FEWEST_DAYS = 7
_MOST_CORRELATION = 0.9
_RECENT = 3
_STALE_DAYS = 3.0


class Reach(StrEnum):
    """What can be said of a limit."""

    REACHED = "reached"
    DAYS = "days"
    NOT_SOON = "not_soon"
    NO_TREND = "no_trend"
    TOO_LITTLE = "too_little"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class Slope:
    """A robust line through days.

    Attributes:
        per_day: the slope, and its interval `low` to `high`.
        level: of the line on the last day.
    """

    per_day: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a limit is away.

    Attributes:
        value: on the last day, by the trend where there is one; None without a history.
        days: until the limit, with `soonest` and `latest`; None where there is no number; `latest`
            is also None where it lies further ahead than the history reaches back.
        history_days: measured days.
    """

    resource: str
    unit: str
    reach: Reach
    reason: str
    limit: float
    value: float | None
    days: float | None
    soonest: float | None
    latest: float | None
    slope: Slope | None
    history_days: int


def days_until(
    resource: str,
    unit: str,
    days: Sequence[tuple[datetime, float]],
    limit: float,
    *,
    today: datetime,
    share: float = SHARE,
) -> Limit:
    """When a peak that is measured each day reaches a limit.

    Args:
        resource: its name.
        unit: of the values and the limit.
        days: when each measured day begins and its peak, in order; days may be missing.
        limit: above it the resource is full.
        today: when the present day began; days are counted from there.
        share: of the interval, 0 to 1.
    """
    if not days:
        return _without(resource, unit, limit, Reach.NOT_MEASURED, "it was not measured", 0, None)
    count, last = len(days), days[-1][1]
    since = (today - days[-1][0]) / timedelta(days=1) - 1
    if since > _STALE_DAYS:
        reason = f"it was last measured on {days[-1][0]:%Y-%m-%d}"
        return _without(resource, unit, limit, Reach.NOT_MEASURED, reason, count, last)
    recent = median(value for _, value in days[-_RECENT:])
    if recent >= limit:
        reason = f"its peaks of the last {min(count, _RECENT)} days are there"
        return _without(resource, unit, limit, Reach.REACHED, reason, count, recent)
    if count < FEWEST_DAYS:
        reason = f"{count} days were measured, {FEWEST_DAYS} are needed"
        return _without(resource, unit, limit, Reach.TOO_LITTLE, reason, count, last)
    slope = theil_sen(days, share)
    level = slope.level if slope.level < limit else min(recent, last)
    reach, reason, (soonest, middle, latest) = _when(slope, limit - level, days, max(0.0, since))
    return Limit(resource, unit, reach, reason, limit, level, middle, soonest, latest, slope, count)


def theil_sen(days: Sequence[tuple[datetime, float]], share: float = SHARE) -> Slope:
    """The median of the slopes of all pairs of days, and its interval."""
    begin = days[0][0]
    times = [(at - begin) / timedelta(days=1) for at, _ in days]
    values = [value for _, value in days]
    points = list(zip(times, values, strict=True))
    slopes = sorted(
        (later - earlier) / (end - start)
        for (start, earlier), (end, later) in combinations(points, 2)
        if end > start
    )
    per_day = median(slopes)
    base = median(value - per_day * time for time, value in points)
    left = [value - base - per_day * time for time, value in points]
    count = len(points)
    variance = count * (count - 1) * (2 * count + 5) / 18 * _widening(left)
    reach = NormalDist().inv_cdf((1 + share) / 2) * math.sqrt(variance)
    low = max(0, math.floor((len(slopes) - reach) / 2) - 1)
    high = min(len(slopes) - 1, math.ceil((len(slopes) + reach) / 2))
    return Slope(per_day, slopes[low], slopes[high], base + per_day * times[-1])


Times = tuple[float | None, float | None, float | None]


def _when(
    slope: Slope, room: float, days: Sequence[tuple[datetime, float]], since: float
) -> tuple[Reach, str, Times]:
    span = (days[-1][0] - days[0][0]) / timedelta(days=1) + 1
    nothing: Times = (None, None, None)
    if slope.low <= 0:
        word = "falls" if slope.high < 0 else "may be flat or fall"
        return Reach.NO_TREND, f"in {span:.0f} days it {word}", nothing
    soonest, middle, latest = (
        max(0.0, room / each - since) for each in (slope.high, slope.per_day, slope.low)
    )
    if middle > span:
        reason = f"not within the {span:.0f} days that the history supports"
        if soonest <= span:
            reason += f"; at the soonest in {soonest:.0f}"
            return Reach.NOT_SOON, reason, (soonest, None, None)
        return Reach.NOT_SOON, reason, nothing
    until = f"{latest:.0f}" if latest <= span else f"more than {span:.0f}"
    reason = f"in {soonest:.0f} to {until} days"
    return Reach.DAYS, reason, (soonest, middle, latest if latest <= span else None)


def _without(  # noqa: PLR0917  a row
    resource: str,
    unit: str,
    limit: float,
    reach: Reach,
    reason: str,
    count: int,
    value: float | None,
) -> Limit:
    now = 0.0 if reach is Reach.REACHED else None
    return Limit(resource, unit, reach, reason, limit, value, now, now, now, None, count)


def _widening(left: Sequence[float]) -> float:
    """By how much the correlation of neighbours widens the variance."""
    middle = sum(left) / len(left)
    whole = sum((each - middle) ** 2 for each in left)
    if whole <= 0:
        return 1.0
    pairs = pairwise(left)
    lag = sum((one - middle) * (other - middle) for one, other in pairs) / whole
    lag = min(_MOST_CORRELATION, max(0.0, lag))
    return (1 + lag) / (1 - lag)
