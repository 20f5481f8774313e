"""What should be done, why, and what it did when it was done before."""

from dataclasses import dataclass
from typing import Literal

from groundwatch.analytics import tallies
from groundwatch.analytics.performance import LatencyRow, Performance
from groundwatch.analytics.quality import DimensionQuality, QualityReport
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.thresholds import Thresholds
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics

Priority = Literal["high", "medium", "low"]
NO_HISTORY = "no earlier change of this kind is on record, so no effect is promised"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing to do.

    Attributes:
        evidence: the numbers it rests on.
        impact: what is expected, from our own history; empty when there is none.
        impact_reason: where the impact comes from, or why there is none.
        link: the page with what it rests on, without the window.
    """

    type: Literal["performance", "quality", "reliability", "resources", "cost", "knowledge"]
    priority: Priority
    issue: str
    recommendation: str
    evidence: tuple[str, ...]
    link: str
    impact: str = ""
    impact_reason: str = NO_HISTORY


def recommendations(
    source: Cells,
    window: Window,
    measured: Performance,
    scored: QualityReport,
    limits: Thresholds,
) -> tuple[Recommendation, ...]:
    """Apply the default rules; the most urgent first."""
    found = [
        slow(measured, limits),
        failing(measured, limits),
        poor(scored, limits),
        busy(source, window, limits),
    ]
    order: tuple[Priority, ...] = ("high", "medium", "low")
    present = [each for each in found if each is not None]
    return tuple(sorted(present, key=lambda each: order.index(each.priority)))


def slow(measured: Performance, limits: Thresholds) -> Recommendation | None:
    """p95 above its limit: names the stage that takes the time."""
    p95 = measured.latency.p95
    if p95 is None or p95 <= limits.p95_seconds or measured.latency.count < limits.fewest:
        return None
    evidence = [f"p95 {p95:.2f} s over {measured.latency.count} answers"]
    advice = "Look at the slowest interactions and what they wait for."
    stage = _heaviest(measured.stages)
    if stage is not None and stage.latency.p95 is not None:
        evidence.append(f"{stage.label} takes {stage.latency.p95:.2f} s at p95")
        advice = f"Begin with the stage {stage.label}: it takes most of the time."
    fast, slowest = _extremes(measured.models)
    if fast is not None and slowest is not None:
        evidence.append(
            f"{slowest.label} has p95 {slowest.latency.p95:.2f} s, "
            f"{fast.label} {fast.latency.p95:.2f} s"
        )
    return Recommendation(
        "performance",
        "high" if p95 > 2 * limits.p95_seconds else "medium",
        f"One answer in twenty takes longer than {p95:.1f} s (limit {limits.p95_seconds:g} s)",
        advice,
        tuple(evidence),
        "/performance",
        *_fastest_before(measured),
    )


def failing(measured: Performance, limits: Thresholds) -> Recommendation | None:
    """Too many failures: names the most frequent."""
    rate, asked = measured.error_rate.value, measured.requests.value or 0
    if rate is None or rate <= limits.error_rate or asked < limits.fewest:
        return None
    evidence = [f"{measured.errors} of {asked:.0f} questions failed"]
    advice = "Open the failed interactions."
    if measured.error_types:
        kind, count = next(iter(measured.error_types.items()))
        evidence.append(f"{count} of them: {kind}")
        advice = f"Begin with {kind}, the most frequent failure."
    return Recommendation(
        "reliability",
        "high",
        f"{rate:.1%} of questions fail (limit {limits.error_rate:.0%})",
        advice,
        tuple(evidence),
        "/interactions?outcome=failed",
    )


def poor(scored: QualityReport, limits: Thresholds) -> Recommendation | None:
    """Quality below its limit: names the weakest dimension and topic."""
    value = scored.overall.value
    if value is None or value >= limits.quality or scored.scored < limits.fewest:
        return None
    evidence = [f"overall {value:.2f} over {scored.scored} scored answers"]
    advice = "Read the worst answers."
    weakest = _weakest(scored.dimensions)
    if weakest is not None:
        evidence.append(f"{weakest.dimension} is lowest, {weakest.mean.value:.2f}")
        advice = f"Read the answers with the lowest {weakest.dimension}."
    topic = next((row for row in scored.topics if row.scored >= limits.fewest), None)
    if topic is not None and topic.mean is not None:
        evidence.append(f"worst topic: {topic.label}, {topic.mean:.2f}")
    return Recommendation(
        "quality",
        "high" if value < limits.quality - 0.1 else "medium",
        f"Quality is {value:.2f} (limit {limits.quality:g})",
        advice,
        tuple(evidence),
        "/quality",
    )


def busy(source: Cells, window: Window, limits: Thresholds) -> Recommendation | None:
    """Processors above their limit."""
    used = tallies.total(source, metrics.CPU, Window(window.since, window.until, window.step))
    if used.mean is None or used.mean <= limits.cpu:
        return None
    p95 = used.quantile(0.95)
    evidence = [f"processors {used.mean:.0%} in use on average"]
    if p95 is not None:
        evidence.append(f"{p95:.0%} at p95")
    return Recommendation(
        "resources",
        "high" if used.mean > (1 + limits.cpu) / 2 else "medium",
        f"Processors are {used.mean:.0%} in use (limit {limits.cpu:.0%})",
        "Give the server more processors, or move indexing to quieter hours.",
        tuple(evidence),
        "/health",
    )


def _fastest_before(measured: Performance) -> tuple[str, str]:
    before = measured.p95.before
    if before is None or measured.p95.value is None or before >= measured.p95.value:
        return "", NO_HISTORY
    return (
        f"p95 {before:.2f} s is within reach",
        "measured in the span before",
    )


def _heaviest(stages: tuple[LatencyRow, ...]) -> LatencyRow | None:
    return max(stages, key=lambda row: (row.latency.mean or 0.0) * row.latency.count, default=None)


def _extremes(models: tuple[LatencyRow, ...]) -> tuple[LatencyRow | None, LatencyRow | None]:
    known = [row for row in models if row.latency.p95 is not None and row.latency.count >= 20]
    if len(known) < 2:
        return None, None
    return known[-1], known[0]


def _weakest(dimensions: tuple[DimensionQuality, ...]) -> DimensionQuality | None:
    known = [each for each in dimensions if each.mean.value is not None]
    return min(known, key=lambda each: each.mean.value or 0.0, default=None)
