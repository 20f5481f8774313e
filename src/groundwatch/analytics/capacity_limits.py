"""How far processors, memory, disk, queues and the month's budget are from their limits."""

from datetime import datetime, timedelta

from groundwatch.analytics import tallies
from groundwatch.analytics.capacity import Limit, Reach, days_until
from groundwatch.analytics.capacity_budget import budget_limit
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric

_HISTORY = timedelta(days=90)
_PEAK = 0.95


def limits(
    source: Cells,
    settings: CapacitySettings,
    now: datetime,
    monthly_budget: float | None = None,
) -> tuple[Limit, ...]:
    """Every limit; the budget (US dollars a calendar month) only where there is one."""
    found = [
        _limit(source, metrics.CPU, settings.cpu, now),
        _limit(source, metrics.MEMORY, settings.memory, now),
        _limit(source, metrics.DISK, settings.disk, now),
        _limit(source, metrics.QUEUE, settings.queue, now),
    ]
    if monthly_budget is not None:
        found.append(budget_limit(source, monthly_budget, now))
    return tuple(found)


def near(
    source: Cells,
    settings: CapacitySettings,
    now: datetime,
    monthly_budget: float | None = None,
) -> tuple[Limit, ...]:
    """Limits that are reached, or of which it is known when they will be; the nearest first."""
    found = [
        each
        for each in limits(source, settings, now, monthly_budget)
        if each.reach in {Reach.REACHED, Reach.DAYS}
    ]
    return tuple(sorted(found, key=lambda each: each.days or 0.0))


def _limit(source: Cells, metric: Metric, limit: float, now: datetime) -> Limit:
    today = floor(now, "day")
    found = tallies.by_bucket(source, metric, Window(today - _HISTORY, today, "day"))
    days = [(at, peak) for at in sorted(found) if (peak := found[at].quantile(_PEAK)) is not None]
    return days_until(metric.name, metric.unit, days, limit, today=today)
