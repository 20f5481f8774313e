"""How fast answers come and how many fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from groundwatch.analytics import series, tallies
from groundwatch.analytics.compared import Compared, Share, is_clear, share
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.trend import Trend, trend_of
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics

QUANTILES = (0.5, 0.95, 0.99)
NO_REQUESTS = "no questions were asked in this span"


@dataclass(frozen=True, slots=True)
class LatencyClass:
    """How many answers came within a time; `below` is None for the slowest."""

    name: str
    below: float | None
    share: float


@dataclass(frozen=True, slots=True)
class Latency:
    """How long answers took, in seconds; None without answers."""

    count: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    classes: tuple[LatencyClass, ...]


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """One stage, model or source."""

    label: str
    latency: Latency
    before: float | None
    """The p95 of the span before."""
    requests: int
    errors: int | None
    """None where failures are not split so."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """True rates over the window: questions divided by its minutes."""

    per_minute: Compared
    peak: float | None
    peak_at: datetime | None
    trend: Trend


@dataclass(frozen=True, slots=True)
class Performance:
    """Everything about speed and failures in a window."""

    requests: Compared
    errors: int
    declined: int
    success_rate: Compared
    error_rate: Compared
    error_rate_is_clear: bool
    declined_rate: Compared
    latency: Latency
    p50: Compared
    p95: Compared
    p99: Compared
    first_token: Latency
    first_p95: Compared
    """Until the first sentence."""
    latency_trend: Trend
    throughput: Throughput
    requests_series: Series
    error_series: Series
    quantile_series: tuple[Series, ...]
    stages: tuple[LatencyRow, ...]
    models: tuple[LatencyRow, ...]
    sources: tuple[LatencyRow, ...]
    error_types: Mapping[str, int]


def latency_of(tally: Tally, limits: Thresholds = DEFAULT) -> Latency:
    """Quantiles and classes of a distribution of seconds."""
    p50, p95, p99 = (tally.quantile(q) for q in QUANTILES)
    return Latency(tally.count, tally.mean, p50, p95, p99, _classes(tally, limits))


def performance(source: Cells, window: Window, limits: Thresholds = DEFAULT) -> Performance:
    """Measure a window and compare it with the one before."""
    before = window.before()
    requests = tallies.by_bucket(source, metrics.REQUESTS, window)
    errors = tallies.by_bucket(source, metrics.ERRORS, window)
    latencies = tallies.by_bucket(source, metrics.LATENCY, window)
    asked, failed, slow = _whole(requests), _whole(errors), _whole(latencies)
    declined = tallies.total(source, metrics.DECLINED, window)
    first = tallies.total(source, metrics.FIRST_TOKEN, window)
    asked_before = tallies.total(source, metrics.REQUESTS, before)
    failed_now = Share(failed.total, asked.total)
    failed_before = _share_before(source, metrics.ERRORS, before, asked_before)
    quantiles = tuple(
        series.drawn(f"p{q * 100:.0f}", "s", window, latencies, series.quantile(q))
        for q in QUANTILES
    )
    return Performance(
        requests=Compared(asked.total, asked_before.total),
        errors=round(failed.total),
        declined=round(declined.total),
        success_rate=share(_rest(failed_now), _rest(failed_before), NO_REQUESTS),
        error_rate=share(failed_now, failed_before, NO_REQUESTS),
        error_rate_is_clear=is_clear(failed_now, failed_before),
        declined_rate=share(
            Share(declined.total, asked.total),
            _share_before(source, metrics.DECLINED, before, asked_before),
            NO_REQUESTS,
        ),
        latency=latency_of(slow, limits),
        p50=compared_quantile(source, window, slow, 0.5),
        p95=compared_quantile(source, window, slow),
        p99=compared_quantile(source, window, slow, 0.99),
        first_token=latency_of(first),
        first_p95=compared_quantile(source, window, first, metric=metrics.FIRST_TOKEN),
        latency_trend=trend_of(quantiles[1].at, quantiles[1].values),
        throughput=throughput(window, requests, asked, asked_before),
        requests_series=series.per_minute(
            "questions a minute", "1/min", window, requests, series.begun_at(requests)
        ),
        error_series=series.ratio("error rate", window, errors, requests),
        quantile_series=quantiles,
        stages=rows(source, window, "stage"),
        models=rows(source, window, "model"),
        sources=rows(source, window, "source"),
        error_types=error_types(source, window),
    )


def compared_quantile(
    source: Cells,
    window: Window,
    now: Tally,
    q: float = 0.95,
    metric: metrics.Metric = metrics.LATENCY,
) -> Compared:
    """A quantile of latency, or of another metric, beside the one before."""
    before = tallies.total(source, metric, window.before())
    value = now.quantile(q)
    reason = NO_REQUESTS if metric is metrics.LATENCY else f"no {metric.description} known"
    return Compared(value, before.quantile(q), reason if value is None else "")


def throughput(
    window: Window, requests: Mapping[datetime, Tally], asked: Tally, before: Tally
) -> Throughput:
    """Questions a minute, the busiest step, and whether it grows."""
    rate = series.per_minute("", "1/min", window, requests, series.begun_at(requests))
    whole = _whole_steps(rate, window)
    busiest = max((pair for pair in whole if pair[1]), key=lambda pair: pair[1], default=None)
    minutes = window.seconds / 60
    return Throughput(
        Compared(asked.total / minutes, before.total / minutes),
        busiest[1] if busiest else None,
        busiest[0] if busiest else None,
        trend_of([at for at, _ in whole], [value for _, value in whole]),
    )


def rows(source: Cells, window: Window, dimension: str) -> tuple[LatencyRow, ...]:
    """Latency by stage, model or source, the slowest first."""
    metric = metrics.STAGE if dimension == "stage" else metrics.LATENCY
    now = tallies.by_label(source, metric, window, dimension)
    before = tallies.by_label(source, metric, window.before(), dimension)
    errors = (
        tallies.by_label(source, metrics.ERRORS, window, dimension)
        if dimension in metrics.ERRORS.dimensions
        else None
    )
    found = [
        LatencyRow(
            label,
            latency_of(tally),
            before.get(label, tallies.NOTHING).quantile(0.95),
            tally.count,
            None if errors is None else errors.get(label, tallies.NOTHING).count,
        )
        for label, tally in now.items()
    ]
    return tuple(sorted(found, key=lambda row: -(row.latency.p95 or 0.0)))


def error_types(source: Cells, window: Window) -> dict[str, int]:
    """Failures by type, the most frequent first."""
    found = tallies.by_label(source, metrics.ERRORS, window, "error_type")
    ordered = sorted(found.items(), key=lambda pair: (-pair[1].total, pair[0]))
    return {label: round(tally.total) for label, tally in ordered}


def _classes(tally: Tally, limits: Thresholds) -> tuple[LatencyClass, ...]:
    found: list[LatencyClass] = []
    reached = 0.0
    for name, below in limits.latency_classes:
        share_below = tally.share_below(below)
        if share_below is None:
            return ()
        found.append(LatencyClass(name, below, max(0.0, share_below - reached)))
        reached = max(reached, share_below)
    return (*found, LatencyClass("poor", None, max(0.0, 1 - reached)))


def _whole(found: Mapping[datetime, Tally]) -> Tally:
    return tallies.joined(found.values())


def _rest(failed: Share) -> Share:
    return Share(failed.whole - failed.part, failed.whole)


def _share_before(source: Cells, metric: metrics.Metric, before: Window, asked: Tally) -> Share:
    return Share(tallies.total(source, metric, before).total, asked.total)


def _whole_steps(rate: Series, window: Window) -> list[tuple[datetime, float]]:
    """Steps that are over: the rate of one that has just begun is noise."""
    return [
        (at, value)
        for at, value in zip(rate.at, rate.values, strict=True)
        if value is not None and at + window.length <= window.until
    ]
