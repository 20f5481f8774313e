"""How far processors, memory, disk, queues and the month's budget are from their limits."""

from datetime import datetime, timedelta

from pydantic import Field

from groundwatch.analytics import tallies
from groundwatch.analytics.capacity import Limit, days_until
from groundwatch.analytics.capacity_budget import budget_limit
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window, floor
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric
from groundwatch.settings import SettingsPart

_HISTORY = timedelta(days=90)
_PEAK = 0.95


class CapacitySettings(SettingsPart):
    """Limits that capacity is planned for.

    Attributes:
        cpu, memory, disk: share in use that is full.
        queue: entries waiting that are too many.
        monthly_budget: US dollars a calendar month (UTC); null is none.
    """

    cpu: float = Field(default=0.8, gt=0, le=1)
    memory: float = Field(default=0.9, gt=0, le=1)
    disk: float = Field(default=0.9, gt=0, le=1)
    queue: float = Field(default=1000, gt=0)
    monthly_budget: float | None = Field(default=None, gt=0)


def limits(source: Cells, settings: CapacitySettings, now: datetime) -> tuple[Limit, ...]:
    """Every limit; the budget only where there is one."""
    found = [
        _limit(source, metrics.CPU, settings.cpu, now),
        _limit(source, metrics.MEMORY, settings.memory, now),
        _limit(source, metrics.DISK, settings.disk, now),
        _limit(source, metrics.QUEUE, settings.queue, now),
    ]
    if settings.monthly_budget is not None:
        found.append(budget_limit(source, settings.monthly_budget, now))
    return tuple(found)


def _limit(source: Cells, metric: Metric, limit: float, now: datetime) -> Limit:
    today = floor(now, "day")
    found = tallies.by_bucket(source, metric, Window(today - _HISTORY, today, "day"))
    days = [(at, peak) for at in sorted(found) if (peak := found[at].quantile(_PEAK)) is not None]
    return days_until(metric.name, metric.unit, days, limit, today=today)
