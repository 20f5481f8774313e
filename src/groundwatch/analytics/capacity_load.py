"""What one question takes of a resource, measured, and how many the server carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from statistics import median

from groundwatch.analytics import tallies
from groundwatch.analytics.forecast import Forecast
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window, floor
from groundwatch.analytics.words import lasting
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric

HISTORY = timedelta(days=14)
_FEWEST_HOURS = 24
_LEAST_EXPLAINED = 0.3
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Load:
    """How a resource follows the questions.

    Attributes:
        idle: share in use without questions; None where it does not follow them.
        per_question: share that one question a second takes.
        explained: part of the resource's variation that questions explain, 0 to 1.
        carries: questions a second at the limit.
        peak: the busiest hour that is expected, upper bound, in questions a second.
        peak_at: when that hour begins.
        exceeded_at: the first hour whose upper bound is more than is carried.
        scale: by what the resource must grow for the peak; 1 or less is enough as it is.
    """

    resource: str
    limit: float
    reason: str
    hours: int
    idle: float | None = None
    per_question: float | None = None
    explained: float | None = None
    carries: float | None = None
    peak: float | None = None
    peak_at: datetime | None = None
    exceeded_at: datetime | None = None
    scale: float | None = None


def load_of(source: Cells, metric: Metric, limit: float, now: datetime, volume: Forecast) -> Load:
    """Measure a resource against questions, hour by hour.

    Args:
        source: where cells are read.
        metric: a share in use.
        limit: the share that is full.
        now: hours before it are measured.
        volume: questions an hour, forecast.
    """
    until = floor(now, "hour")
    window = Window(until - HISTORY, until, "hour")
    used = tallies.by_bucket(source, metric, window)
    asked = tallies.by_bucket(source, metrics.REQUESTS, window)
    points = [
        ((asked[at].total if at in asked else 0.0) / _HOUR, mean)
        for at, tally in used.items()
        if (mean := tally.mean) is not None
    ]
    if len(points) < _FEWEST_HOURS:
        had = lasting(timedelta(hours=len(points))) if points else "nothing"
        reason = f"{had} measured, {_FEWEST_HOURS} hours are needed"
        return Load(metric.name, limit, reason, len(points))
    return _fitted(metric.name, limit, points, volume)


def _fitted(name: str, limit: float, points: list[tuple[float, float]], volume: Forecast) -> Load:
    slopes = [
        (later - earlier) / (more - fewer)
        for (fewer, earlier), (more, later) in combinations(points, 2)
        if more != fewer
    ]
    each = median(slopes) if slopes else 0.0
    idle = median(used - each * rate for rate, used in points)
    explained = _explained(points, each, idle)
    if each <= 0 or explained < _LEAST_EXPLAINED:
        reason = f"{name} does not follow the questions ({explained:.0%} explained)"
        return Load(name, limit, reason, len(points), explained=explained)
    carries = max(0.0, (limit - idle) / each)
    rates = dict(zip(volume.at, (high / _HOUR for high in volume.high), strict=True))
    peak_at = max(rates, key=lambda at: rates[at], default=None)
    peak = rates[peak_at] if peak_at is not None else None
    return Load(
        name,
        limit,
        f"a question a second takes {each:.1%}, {idle:.1%} are used without any",
        len(points),
        idle,
        each,
        explained,
        carries,
        peak,
        peak_at,
        _exceeded(rates, carries),
        None if peak is None else (idle + each * peak) / limit,
    )


def _exceeded(rates: Mapping[datetime, float], carries: float) -> datetime | None:
    return next((at for at in sorted(rates) if rates[at] > carries), None)


def _explained(points: list[tuple[float, float]], each: float, idle: float) -> float:
    middle = sum(used for _, used in points) / len(points)
    whole = sum((used - middle) ** 2 for _, used in points)
    left = sum((used - idle - each * rate) ** 2 for rate, used in points)
    return max(0.0, 1 - left / whole) if whole > 0 else 0.0
