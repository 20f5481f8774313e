"""The machine in a window: how far each resource was used, when most, and what holds answers up."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from groundwatch.analytics import series, tallies
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.analytics.trend import Trend, trend_of
from groundwatch.analytics.windows import Window
from groundwatch.analytics.words import percent, seconds
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric

PEAKS = 3
_RESOURCES = (metrics.CPU, metrics.MEMORY, metrics.DISK)
_OVER_OFTEN = 0.05
_MOST_OF_IT = 0.5
_FEWEST_STEPS = 12
_STRONG, _SURE = 0.6, 0.01


@dataclass(frozen=True, slots=True)
class Utilisation:
    """One resource or queue.

    Attributes:
        name: `cpu`, `memory`, `disk`, or `queue:` and the queue's name.
        unit: `ratio` for shares in use, `1` for entries waiting.
        peak, peak_at: the highest mean of a step, and when it began.
        limit: from where on it is full; None for queues.
        over: share of the looks above the limit.
    """

    name: str
    unit: str
    mean: float | None
    p95: float | None
    peak: float | None
    peak_at: datetime | None
    limit: float | None
    over: float | None
    trend: Trend


@dataclass(frozen=True, slots=True)
class Peak:
    """A step with most questions, and how answers and machine did in it."""

    at: datetime
    requests: int
    p95: float | None
    cpu: float | None
    memory: float | None


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What holds answers up, with its evidence."""

    kind: Literal["resource", "queue", "stage"]
    name: str
    reason: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SystemAnalysis:
    """The machine in a window.

    Attributes:
        peaks: the busiest steps, the busiest first; none without questions.
        reason: why nothing can be said; empty where something was measured.
    """

    resources: tuple[Utilisation, ...]
    peaks: tuple[Peak, ...]
    bottlenecks: tuple[Bottleneck, ...]
    reason: str


def system_analysis(source: Cells, window: Window, limits: Thresholds = DEFAULT) -> SystemAnalysis:
    """Analyse the machine; it is everybody's, so of the window only its span counts for it."""
    whole = replace(window, application=None, group="")
    used = {metric.name: tallies.by_bucket(source, metric, whole) for metric in _RESOURCES}
    resources = [_resource(metric, used[metric.name], whole, limits) for metric in _RESOURCES]
    queues = [
        _queue(source, name, whole)
        for name in sorted(tallies.by_label(source, metrics.QUEUE, whole, "queue"))
    ]
    latency = tallies.by_bucket(source, metrics.LATENCY, window)
    measured = any(each.mean is not None for each in resources)
    return SystemAnalysis(
        (*resources, *queues),
        _peaks(tallies.by_bucket(source, metrics.REQUESTS, window), latency, used),
        (
            *_full(resources, latency, used),
            *_growing(queues),
            *_stages(source, window, latency, limits),
        ),
        "" if measured else "the machine was not measured in this span",
    )


def _resource(
    metric: Metric, found: Mapping[datetime, Tally], window: Window, limits: Thresholds
) -> Utilisation:
    name = metric.name.removeprefix("system.")
    limit = {"cpu": limits.cpu, "memory": limits.memory, "disk": limits.disk}[name]
    below = tallies.joined(found.values()).share_below(limit)
    over = None if below is None else 1 - below
    return replace(_measured(name, "ratio", metric, found, window), limit=limit, over=over)


def _queue(source: Cells, name: str, window: Window) -> Utilisation:
    found = tallies.label_buckets(source, metrics.QUEUE, window, "queue", name)
    return _measured(f"queue:{name}", "1", metrics.QUEUE, found, window)


def _measured(
    name: str, unit: str, metric: Metric, found: Mapping[datetime, Tally], window: Window
) -> Utilisation:
    line = series.drawn(metric.name, unit, window, found, series.mean)
    known = [
        (value, at) for at, value in zip(line.at, line.values, strict=True) if value is not None
    ]
    peak, peak_at = max(known, key=lambda each: each[0], default=(None, None))
    whole = tallies.joined(found.values())
    trend = trend_of(line.at, line.values)
    return Utilisation(
        name, unit, whole.mean, whole.quantile(0.95), peak, peak_at, None, None, trend
    )


def _peaks(
    requests: Mapping[datetime, Tally],
    latency: Mapping[datetime, Tally],
    used: Mapping[str, Mapping[datetime, Tally]],
) -> tuple[Peak, ...]:
    busiest = sorted(requests.items(), key=lambda each: (-each[1].total, each[0]))[:PEAKS]

    def mean(metric: Metric, at: datetime) -> float | None:
        tally = used[metric.name].get(at)
        return None if tally is None else tally.mean

    return tuple(
        Peak(
            at,
            round(tally.total),
            latency[at].quantile(0.95) if at in latency else None,
            mean(metrics.CPU, at),
            mean(metrics.MEMORY, at),
        )
        for at, tally in busiest
        if tally.total > 0
    )


def _full(
    resources: Sequence[Utilisation],
    latency: Mapping[datetime, Tally],
    used: Mapping[str, Mapping[datetime, Tally]],
) -> Iterator[Bottleneck]:
    """Resources over their limit often, or with whose use answers get slower."""
    for each in resources:
        evidence: list[str] = []
        reason = ""
        if each.over is not None and each.limit is not None and each.over > _OVER_OFTEN:
            reason = f"{each.name} is over its limit of {percent(each.limit)} often"
            evidence.append(f"over {percent(each.limit)} in {percent(each.over)} of the looks")
        slower = _slower(used[f"system.{each.name}"], latency)
        if slower is not None:
            reason = reason or f"answers are slower when {each.name} is used more"
            evidence.append(slower)
        if reason:
            yield Bottleneck("resource", each.name, reason, tuple(evidence))


def _slower(used: Mapping[datetime, Tally], latency: Mapping[datetime, Tally]) -> str | None:
    """How closely answers' p95 follows a resource, step by step; None where it does not clearly."""
    pairs = [
        (mean, p95)
        for at, tally in used.items()
        if at in latency
        and (mean := tally.mean) is not None
        and (p95 := latency[at].quantile(0.95)) is not None
    ]
    rho = spearman(pairs)
    if rho is None or rho < _STRONG or _p(rho, len(pairs)) > _SURE:
        return None
    return f"p95 follows it over {len(pairs)} steps (rank correlation {rho:.2f})"


def _growing(queues: Sequence[Utilisation]) -> Iterator[Bottleneck]:
    for each in queues:
        if each.trend.direction == "rising" and each.peak and each.mean and each.peak >= 1:
            name = each.name.removeprefix("queue:")
            evidence = (
                f"{each.mean:.0f} waited on average, {each.peak:.0f} at most",
                f"{each.trend.method}: p = {each.trend.p:.3f}",
            )
            yield Bottleneck("queue", name, f"what waits for {name} grows", evidence)


def _stages(
    source: Cells, window: Window, latency: Mapping[datetime, Tally], limits: Thresholds
) -> Iterator[Bottleneck]:
    """The stage that takes most of the time, where answers are slow; stages are of all groups."""
    whole = tallies.joined(latency.values())
    p95 = whole.quantile(0.95)
    if p95 is None or p95 <= limits.p95_seconds or whole.count < limits.fewest:
        return
    spent = tallies.by_label(source, metrics.STAGE, window, "stage")
    all_of_it = sum(each.total for each in spent.values())
    for name, each in spent.items():
        share = each.total / all_of_it if all_of_it else 0.0
        if share > _MOST_OF_IT:
            own = each.quantile(0.95) or 0.0
            evidence = (
                f"{percent(share)} of the time of all stages",
                f"its p95 is {seconds(own)}, that of answers {seconds(p95)}",
            )
            yield Bottleneck("stage", name, f"answers wait for {name} most of the time", evidence)


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The rank correlation, ties at their mean rank; None for fewer than 12 pairs, or no spread."""
    if len(pairs) < _FEWEST_STEPS:
        return None
    one, other = _ranks([pair[0] for pair in pairs]), _ranks([pair[1] for pair in pairs])
    middle = (len(pairs) + 1) / 2
    spread = sum((a - middle) ** 2 for a in one) * sum((b - middle) ** 2 for b in other)
    if spread <= 0:
        return None
    shared = sum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    return shared / math.sqrt(spread)


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    first: dict[float, int] = {}
    for place, value in enumerate(ordered, 1):
        first.setdefault(value, place)
    many = {value: ordered.count(value) for value in first}
    return [first[value] + (many[value] - 1) / 2 for value in values]


def _p(rho: float, count: int) -> float:
    """Two-sided, by the normal approximation."""
    return math.erfc(abs(rho) * math.sqrt(count - 1) / math.sqrt(2))
