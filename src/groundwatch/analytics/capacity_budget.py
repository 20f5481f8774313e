"""When this month's money is spent."""

import calendar
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from groundwatch.analytics import tallies
from groundwatch.analytics.capacity import Limit, Reach
from groundwatch.analytics.forecast import Answer, Forecast, forecast
from groundwatch.analytics.forecast_series import Subject, history_of
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics

Days = tuple[float | None, float | None, float | None]
"""In the middle, at the soonest, at the latest."""


def budget_limit(source: Cells, limit: float, now: datetime) -> Limit:
    """When the dollars of this calendar month (UTC) are spent; the next month begins anew."""
    today = floor(now, "day")
    month = today.replace(day=1)
    left = calendar.monthrange(now.year, now.month)[1] - today.day + 1
    spent = tallies.total(source, metrics.COST, Window(month, now, "day")).total
    before = tallies.total(source, metrics.COST, Window(month, today, "day")).total
    expected = forecast(history_of(source, Subject.COST, now, "day"), left)
    since = (now - today) / timedelta(days=1)
    days: Days = (
        _spent_after(tuple(accumulate(expected.values)), limit - before, since),
        _spent_after(expected.sums_high, limit - before, since),
        _spent_after(expected.sums_low, limit - before, since),
    )
    reach, reason = _answer(expected, days, spent, limit, left)
    if reach is Reach.REACHED:
        days = (0.0, 0.0, 0.0)
    return Limit(
        "budget",
        "USD",
        reach,
        reason,
        limit,
        spent,
        *days,
        slope=None,
        history_days=expected.history,
    )


def _answer(
    expected: Forecast, days: Days, spent: float, limit: float, left: int
) -> tuple[Reach, str]:
    middle, soonest, latest = days
    supported = len(expected.values)
    if spent >= limit:
        return Reach.REACHED, f"${spent:.2f} of ${limit:.2f} are spent"
    if expected.answer is Answer.TOO_LITTLE:
        if not spent and not expected.history:
            return Reach.NOT_MEASURED, "no price is known for any answer"
        return Reach.TOO_LITTLE, expected.reason
    if middle is not None and soonest is not None:
        until = f"{latest:.0f}" if latest is not None else "more"
        return Reach.DAYS, f"spent in {soonest:.0f} to {until} days"
    at_worst = "" if soonest is None else f"; in {soonest:.0f} days at the soonest"
    if supported < left:
        return Reach.NOT_SOON, f"not within the {supported} days that are forecast{at_worst}"
    return Reach.NOT_SOON, f"it lasts until the month ends{at_worst}"


def _spent_after(sums: Sequence[float], room: float, since: float) -> float | None:
    """Days from now until the sum of the days reaches the room, within a day in proportion."""
    before = 0.0
    for place, value in enumerate(sums):
        if value >= room:
            return max(0.0, place + (room - before) / max(value - before, 1e-12) - since)
        before = value
    return None
