"""One window, analysed as a whole: volume, times, quality, errors, resources, what to do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from groundwatch.analytics import series, tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.performance import (
    NO_REQUESTS,
    Latency,
    Throughput,
    error_types,
    latency_of,
    throughput,
)
from groundwatch.analytics.quality import mixed
from groundwatch.analytics.recommendations import Recommendation, recommendations
from groundwatch.analytics.resources import SystemAnalysis, system_analysis
from groundwatch.analytics.status import SystemHealth, system_health
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.trend import Trend, trend_of
from groundwatch.analytics.usage import satisfaction
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics
from groundwatch.domain.scores import Dimension

_RESOURCES = (metrics.CPU, metrics.MEMORY, metrics.DISK)
_NO_TREND = Trend("unknown", None, None, "a scorer changed in this span")


@dataclass(frozen=True, slots=True)
class Volume:
    """How many questions a step had, over the steps of the window that are over."""

    step: str
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class QualityTrend:
    """One dimension, or `overall`."""

    dimension: str
    mean: float | None
    scored: int
    trend: Trend


@dataclass(frozen=True, slots=True)
class Resource:
    """How much of a resource was used; None without measurements."""

    name: str
    mean: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything about a window.

    Attributes:
        coverage: answers with an overall score, of those whose scoring was tried, of all groups;
            None where none was.
        reason: why statistics are None; empty when there were questions.
        health: of the machine, in the last five minutes of the window.
        system: of the machine, over the window.
    """

    since: datetime
    until: datetime
    application: str | None
    total: int
    throughput: Throughput
    volume: Volume
    latency: Latency
    error_rate: float | None
    errors: int
    error_types: dict[str, int]
    quality: tuple[QualityTrend, ...]
    coverage: float | None
    resources: tuple[Resource, ...]
    satisfaction: Compared
    recommendations: tuple[Recommendation, ...]
    health: SystemHealth
    system: SystemAnalysis
    reason: str


def analysis(source: Cells, window: Window, limits: Thresholds = DEFAULT) -> Analysis:
    """Analyse a window; an empty one has counts of 0, no statistics, and a reason."""
    requests = tallies.by_bucket(source, metrics.REQUESTS, window)
    asked = tallies.joined(requests.values())
    before = tallies.total(source, metrics.REQUESTS, window.before())
    errors = tallies.total(source, metrics.ERRORS, window)
    whole = replace(window, application=None, group="")
    done = [
        round(requests[at].total) if at in requests else 0
        for at in window.buckets()
        if at + window.length <= window.until
    ]
    return Analysis(
        since=window.since,
        until=window.until,
        application=window.application,
        total=round(asked.total),
        throughput=throughput(window, requests, asked, before),
        volume=_volume(window, done if asked.count else []),
        latency=latency_of(tallies.total(source, metrics.LATENCY, window), limits),
        error_rate=errors.total / asked.total if asked.total else None,
        errors=round(errors.total),
        error_types=error_types(source, window),
        quality=_quality(source, window),
        coverage=tallies.total(source, metrics.COVERAGE, replace(window, group="")).mean,
        resources=tuple(_resource(source, metric, whole) for metric in _RESOURCES),
        satisfaction=satisfaction(source, window),
        recommendations=recommendations(source, window, limits),
        health=system_health(source, window.until, limits),
        system=system_analysis(source, window, limits),
        reason="" if asked.count else NO_REQUESTS,
    )


def _volume(window: Window, counts: Sequence[int]) -> Volume:
    p50, p95, p99 = (_rank(sorted(counts), q) for q in (0.5, 0.95, 0.99))
    return Volume(window.step, p50, p95, p99)


def _rank(ordered: Sequence[int], q: float) -> float | None:
    """The nearest rank: the smallest value that a share `q` does not exceed."""
    if not ordered:
        return None
    return float(ordered[max(0, math.ceil(q * len(ordered)) - 1)])


def _quality(source: Cells, window: Window) -> tuple[QualityTrend, ...]:
    named = [("overall", metrics.OVERALL), *((d.value, metrics.QUALITY[d]) for d in Dimension)]
    several = mixed(source, window)
    found: list[QualityTrend] = []
    for name, metric in named:
        buckets = tallies.by_bucket(source, metric, window)
        line = series.drawn(name, "ratio", window, buckets, series.mean)
        whole = tallies.joined(buckets.values())
        trend = _NO_TREND if name in several else trend_of(line.at, line.values)
        found.append(QualityTrend(name, whole.mean, whole.count, trend))
    return tuple(found)


def _resource(source: Cells, metric: metrics.Metric, window: Window) -> Resource:
    used = tallies.total(source, metric, window)
    return Resource(metric.name, used.mean, used.quantile(0.95))
