"""What should be done, why, and what it did when it was done before."""

from dataclasses import dataclass, replace
from typing import Literal

from groundwatch.analytics import tallies
from groundwatch.analytics.knowledge import gaps
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.thresholds import Thresholds
from groundwatch.analytics.windows import Window
from groundwatch.analytics.words import count, percent, seconds
from groundwatch.domain import metrics
from groundwatch.domain.scores import Dimension

Priority = Literal["high", "medium", "low"]
_DECLINED_SHARE = 0.1
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
    source: Cells, window: Window, limits: Thresholds
) -> tuple[Recommendation, ...]:
    """Apply the default rules; the most urgent first."""
    found = [rule(source, window, limits) for rule in (slow, failing, poor, unanswered, busy)]
    order: tuple[Priority, ...] = ("high", "medium", "low")
    present = [each for each in found if each is not None]
    return tuple(sorted(present, key=lambda each: order.index(each.priority)))


def slow(source: Cells, window: Window, limits: Thresholds) -> Recommendation | None:
    """p95 above its limit: names the stage and the model that take the time."""
    whole = tallies.total(source, metrics.LATENCY, window)
    p95 = whole.quantile(0.95)
    if p95 is None or p95 <= limits.p95_seconds or whole.count < limits.fewest:
        return None
    evidence = [f"p95 {seconds(p95)} over {count(whole.count)} answers"]
    advice = "Look at the slowest interactions and what they wait for."
    stages = tallies.by_label(source, metrics.STAGE, window, "stage")
    if stages:
        stage = max(stages, key=lambda name: stages[name].total)
        evidence.append(f"{stage} takes {percent(_share(stages[stage], stages))} of the time")
        advice = f"Begin with the stage {stage}: it takes most of the time."
    models = _known(tallies.by_label(source, metrics.LATENCY, window, "model"), limits)
    if len(models) > 1:
        name = max(models, key=lambda model: models[model].quantile(0.95) or 0)
        evidence.append(f"{name} is slowest, p95 {seconds(models[name].quantile(0.95) or 0)}")
    return Recommendation(
        "performance",
        "high" if p95 > 2 * limits.p95_seconds else "medium",
        f"One answer in twenty takes longer than {p95:.1f} s (limit {limits.p95_seconds:g} s)",
        advice,
        tuple(evidence),
        "/performance",
        *_reached(tallies.total(source, metrics.LATENCY, window.before()).quantile(0.95), p95),
    )


def failing(source: Cells, window: Window, limits: Thresholds) -> Recommendation | None:
    """Too many failures: names the most frequent."""
    asked = tallies.total(source, metrics.REQUESTS, window).total
    failed = tallies.total(source, metrics.ERRORS, window).total
    if asked < limits.fewest or failed / asked <= limits.error_rate:
        return None
    evidence = [f"{count(failed)} of {count(asked)} questions failed"]
    advice = "Open the failed interactions."
    kinds = tallies.by_label(source, metrics.ERRORS, window, "error_type")
    if kinds:
        kind = max(kinds, key=lambda name: kinds[name].total)
        evidence.append(f"{kinds[kind].total:.0f} of them: {kind}")
        advice = f"Begin with {kind}, the most frequent failure."
    return Recommendation(
        "reliability",
        "high",
        f"{percent(failed / asked, 1)} of questions fail (limit {percent(limits.error_rate)})",
        advice,
        tuple(evidence),
        "/interactions?outcome=failed",
    )


def poor(source: Cells, window: Window, limits: Thresholds) -> Recommendation | None:
    """Quality below its limit: names the weakest dimension and topic."""
    whole = tallies.total(source, metrics.OVERALL, window)
    if whole.mean is None or whole.mean >= limits.quality or whole.count < limits.fewest:
        return None
    evidence = [f"overall {whole.mean:.2f} over {count(whole.count)} scored answers"]
    advice = "Read the worst answers."
    means = {
        dimension: mean
        for dimension in Dimension
        if (mean := tallies.total(source, metrics.QUALITY[dimension], window).mean) is not None
    }
    if means:
        weakest = min(means, key=lambda dimension: means[dimension])
        evidence.append(f"{weakest} is lowest, {means[weakest]:.2f}")
        advice = f"Read the answers with the lowest {weakest}."
    topics = _known(tallies.by_label(source, metrics.OVERALL, window, "topic"), limits)
    if topics:
        worst = min(topics, key=lambda topic: topics[topic].mean or 0)
        evidence.append(f"worst topic: {worst}, {topics[worst].mean:.2f}")
    return Recommendation(
        "quality",
        "high" if whole.mean < limits.quality - 0.1 else "medium",
        f"Quality is {whole.mean:.2f} (limit {limits.quality:g})",
        advice,
        tuple(evidence),
        "/quality",
    )


def unanswered(source: Cells, window: Window, limits: Thresholds) -> Recommendation | None:
    """Many questions declined: names the topic that is asked and not answered most."""
    asked = tallies.total(source, metrics.REQUESTS, window).total
    declined = tallies.total(source, metrics.DECLINED, window).total
    if asked < limits.fewest or declined / asked <= _DECLINED_SHARE:
        return None
    found = gaps(source, window)
    if not found or found[0].declined < _DECLINED_SHARE * declined:
        return None
    gap = found[0]
    evidence = [
        f"{count(declined)} of {count(asked)} questions were declined",
        f"{count(gap.declined)} of the {count(gap.asked)} about “{gap.topic}”",
    ]
    if gap.unsupported:
        evidence.append(f"{count(gap.unsupported)} answers about it lack support")
    return Recommendation(
        "knowledge",
        "high" if declined / asked > 3 * _DECLINED_SHARE else "medium",
        f"{percent(declined / asked)} of questions find no answer",
        f"Add a source about “{gap.topic}”, or see why the present one is not found.",
        tuple(evidence),
        "/usage",
        f"up to {percent(gap.declined / declined)} of what is declined would be answered",
        "the share of declined questions that were about it in this span",
    )


def busy(source: Cells, window: Window, limits: Thresholds) -> Recommendation | None:
    """Processors above their limit."""
    whole = replace(window, application=None, group="")
    used = tallies.total(source, metrics.CPU, whole)
    if used.mean is None or used.mean <= limits.cpu:
        return None
    evidence = [f"processors {percent(used.mean)} in use on average"]
    if (p95 := used.quantile(0.95)) is not None:
        evidence.append(f"{percent(p95)} at p95")
    return Recommendation(
        "resources",
        "high" if used.mean > (1 + limits.cpu) / 2 else "medium",
        f"Processors are {percent(used.mean)} in use (limit {percent(limits.cpu)})",
        "Give the server more processors, or move indexing to quieter hours.",
        tuple(evidence),
        "/health",
    )


def _reached(before: float | None, now: float) -> tuple[str, str]:
    if before is None or before >= now:
        return "", NO_HISTORY
    return f"p95 {seconds(before)} is within reach", "measured in the span before"


def _known(found: dict[str, Tally], limits: Thresholds) -> dict[str, Tally]:
    return {label: tally for label, tally in found.items() if tally.count >= limits.fewest}


def _share(part: Tally, among: dict[str, Tally]) -> float:
    return part.total / (sum(each.total for each in among.values()) or 1.0)
