"""What goes on right now, for those who watch live: true rates over stated windows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundwatch.analytics import tallies, windows
from groundwatch.analytics.quality import changed_scorers
from groundwatch.analytics.status import SystemHealth, SystemStatus, system_health, system_status
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics

NOW = timedelta(minutes=5)
RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PerformancePulse:
    """Answers of the last minutes; statistics of nothing are None.

    Attributes:
        window_seconds: that the rates are taken over.
        cost_per_hour: US dollars, at the rate of the window; None when no price is known.
    """

    window_seconds: float
    queries: int
    queries_per_minute: float
    success_rate: float | None
    error_rate: float | None
    average_response_time: float | None
    p95_response_time: float | None
    active_models: int
    tokens_per_minute: float
    cost_per_hour: float | None


@dataclass(frozen=True, slots=True)
class QualityPulse:
    """Scores of the last hour.

    Attributes:
        dimensions: means; a dimension without a score is missing.
        coverage: scored answers of those asked.
        backlog: answers that wait for scores.
    """

    window_seconds: float
    overall: float | None
    dimensions: Mapping[str, float]
    coverage: float | None
    backlog: int


@dataclass(frozen=True, slots=True)
class UsagePulse:
    """Who asked in the last hour."""

    window_seconds: float
    queries: int
    active_users: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Trend:
    """The last hour beside the hour before it."""

    now: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class BusinessPulse:
    """The last hour's money, and what people thought."""

    window_seconds: float
    cost: float | None
    cost_per_query: float | None
    satisfaction: float | None


@dataclass(frozen=True, slots=True)
class Pulse:
    """Everything at one moment; each field but the first is a topic."""

    timestamp: datetime
    status: SystemStatus
    health: SystemHealth
    performance: PerformancePulse
    quality: QualityPulse
    usage: UsagePulse
    trends: Mapping[str, Trend]
    business: BusinessPulse


TOPICS = ("status", "health", "performance", "quality", "usage", "trends", "business")


def pulse(
    source: Cells,
    now: datetime,
    backlog: int,
    limits: Thresholds = DEFAULT,
    whose: Window | None = None,
) -> Pulse:
    """Take it.

    Args:
        source: where cells are read.
        now: the present.
        backlog: answers that wait for scores.
        limits: beyond which something is wrong.
        whose: a window of the application and the group that are meant; None for all.
    """
    application, group = (whose.application, whose.group) if whose else (None, "")
    present = windows.last(NOW, now, application, group)
    hour = windows.last(RECENT, now, application, group)
    asked = tallies.total(source, metrics.REQUESTS, hour)
    return Pulse(
        timestamp=now,
        status=system_status(source, now, application, limits),
        health=system_health(source, now, limits),
        performance=_performance(source, present),
        quality=_quality(source, hour, asked, backlog),
        usage=UsagePulse(
            hour.seconds,
            asked.count,
            len(tallies.by_label(source, metrics.REQUESTS, hour, "user")),
            len(tallies.by_label(source, metrics.REQUESTS, hour, "session")),
        ),
        trends=_trends(source, hour),
        business=_business(source, hour, asked),
    )


def _performance(source: Cells, window: Window) -> PerformancePulse:
    asked = tallies.total(source, metrics.REQUESTS, window).count
    failed = tallies.total(source, metrics.ERRORS, window).count
    latency = tallies.total(source, metrics.LATENCY, window)
    cost = tallies.total(source, metrics.COST, window)
    tokens = sum(
        tallies.total(source, each, window).total
        for each in (metrics.INPUT_TOKENS, metrics.OUTPUT_TOKENS)
    )
    return PerformancePulse(
        window_seconds=window.seconds,
        queries=asked,
        queries_per_minute=60 * asked / window.seconds,
        success_rate=1 - failed / asked if asked else None,
        error_rate=failed / asked if asked else None,
        average_response_time=latency.mean,
        p95_response_time=latency.quantile(0.95),
        active_models=len(tallies.by_label(source, metrics.REQUESTS, window, "model")),
        tokens_per_minute=60 * tokens / window.seconds,
        cost_per_hour=3600 * cost.total / window.seconds if cost.count else None,
    )


def _quality(source: Cells, window: Window, asked: Tally, backlog: int) -> QualityPulse:
    overall = tallies.total(source, metrics.OVERALL, window)
    means = {
        dimension.value: tallies.total(source, metric, window).mean
        for dimension, metric in metrics.QUALITY.items()
    }
    return QualityPulse(
        window_seconds=window.seconds,
        overall=overall.mean,
        dimensions={name: mean for name, mean in means.items() if mean is not None},
        coverage=min(1.0, overall.count / asked.count) if asked.count else None,
        backlog=backlog,
    )


def _trends(source: Cells, window: Window) -> dict[str, Trend]:
    before = window.before()

    def total(metric: metrics.Metric, of: Window) -> Tally:
        return tallies.total(source, metric, of)

    return {
        "queries": Trend(
            total(metrics.REQUESTS, window).count, total(metrics.REQUESTS, before).count
        ),
        "errors": Trend(total(metrics.ERRORS, window).count, total(metrics.ERRORS, before).count),
        "response_time": Trend(
            total(metrics.LATENCY, window).mean, total(metrics.LATENCY, before).mean
        ),
        "quality": _quality_trend(source, window),
    }


def _quality_trend(source: Cells, window: Window) -> Trend:
    """Scores of two versions of a scorer are not put side by side."""
    now, before = (
        tallies.total(source, metrics.OVERALL, span, "whole").mean
        for span in (window, window.before())
    )
    is_compared = None not in (now, before) and not changed_scorers(source, window)
    return Trend(now, before if is_compared else None)


def _business(source: Cells, window: Window, asked: Tally) -> BusinessPulse:
    cost = tallies.total(source, metrics.COST, window)
    known = cost.count > 0
    return BusinessPulse(
        window_seconds=window.seconds,
        cost=cost.total if known else None,
        cost_per_query=cost.total / asked.count if known and asked.count else None,
        satisfaction=tallies.total(source, metrics.FEEDBACK, window).mean,
    )
