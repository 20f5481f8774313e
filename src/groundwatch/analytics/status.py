"""How the system is, in one word and with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.analytics import tallies
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.windows import Window, floor
from groundwatch.analytics.words import count, percent
from groundwatch.domain import metrics
from groundwatch.domain.status import Status

RECENT = timedelta(minutes=5)
_RESOURCES = ((metrics.CPU, 0.3), (metrics.MEMORY, 0.4), (metrics.DISK, 0.3))
_FULL = 0.95


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """A status that says why.

    Attributes:
        asked, failed: questions of the last five minutes.
    """

    status: Status
    reason: str
    asked: int
    failed: int


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """The machine: `score` is 100 - (.3 CPU + .4 memory + .3 disk), in percent.

    Attributes:
        status: the worse of the score's grade and of any resource at its own limit.
        used: shares by metric name, averaged over the last five minutes.
    """

    score: float | None
    status: Status
    reason: str
    used: dict[str, float]


def system_status(
    source: Cells,
    now: datetime,
    application: str | None = None,
    limits: Thresholds = DEFAULT,
) -> SystemStatus:
    """The status of the last five minutes: unknown without questions, never healthy by default."""
    window = Window(floor(now - RECENT, "minute"), now, "minute", application)
    asked = tallies.total(source, metrics.REQUESTS, window).count
    failed = tallies.total(source, metrics.ERRORS, window).count
    if not asked:
        reason = "no question was asked in the last 5 minutes"
        return SystemStatus(Status.UNKNOWN, reason, 0, 0)
    share = failed / asked
    said = f"{count(failed)} of {count(asked)} questions of the last 5 minutes failed"
    if share > limits.failed_share:
        return SystemStatus(Status.DEGRADED, said, asked, failed)
    if share > limits.error_rate:
        return SystemStatus(Status.WARNING, said, asked, failed)
    said = (
        said
        if failed
        else f"{count(asked)} question{'s' * (asked != 1)} in the last 5 minutes, none failed"
    )
    return SystemStatus(Status.HEALTHY, said, asked, failed)


def system_health(source: Cells, now: datetime, limits: Thresholds = DEFAULT) -> SystemHealth:
    """How much of the machine is used."""
    window = Window(floor(now - RECENT, "minute"), now, "minute")
    used = {
        metric.name: mean
        for metric, _ in _RESOURCES
        if (mean := tallies.total(source, metric, window).mean) is not None
    }
    missing = [metric.name for metric, _ in _RESOURCES if metric.name not in used]
    if missing:
        return SystemHealth(None, Status.UNKNOWN, f"not measured: {', '.join(missing)}", used)
    score = 100 * (1 - sum(weight * used[metric.name] for metric, weight in _RESOURCES))
    status = _graded(score)
    reason = f"score {score:.0f}"
    own = {"system.cpu": limits.cpu, "system.memory": limits.memory, "system.disk": limits.disk}
    name = max(used, key=lambda each: used[each] / own[each])
    if used[name] > own[name]:
        said = Status.CRITICAL if used[name] > max(_FULL, own[name]) else Status.WARNING
        status = _worse(status, said)
        reason = (
            f"{name.removeprefix('system.')} at {percent(used[name])} (limit {percent(own[name])})"
        )
    return SystemHealth(score, status, reason, used)


def _graded(score: float) -> Status:
    if score > 80:
        return Status.HEALTHY
    return Status.WARNING if score > 60 else Status.CRITICAL


def _worse(one: Status, other: Status) -> Status:
    order = (Status.HEALTHY, Status.WARNING, Status.DEGRADED, Status.CRITICAL)
    return max(one, other, key=order.index)
