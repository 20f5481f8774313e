"""How good answers are; scores of two scorer versions are never compared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from groundwatch.analytics import series, tallies
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Cells, Tally
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics
from groundwatch.domain.metrics import Metric
from groundwatch.domain.scores import Dimension

NO_SCORES = "no answer of this span has been scored yet"
BINS = 20
_WEIGHED = (
    Dimension.ACCURACY,
    Dimension.COMPLETENESS,
    Dimension.RELEVANCE,
    Dimension.CONSISTENCY,
)
"""What overall quality is made of."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How scores spread: shares of `BINS` equal steps from 0 to 1."""

    shares: tuple[float, ...]
    p10: float | None
    p50: float | None


@dataclass(frozen=True, slots=True)
class VersionSeries:
    """Scores over time by one version of a scorer."""

    scorer: str
    series: Series


@dataclass(frozen=True, slots=True)
class DimensionQuality:
    """One dimension of quality.

    Attributes:
        mean: beside the span before; without a comparison, and a reason, when the scorer changed.
        below: the share of scores below the threshold.
        versions: a line for each version of the scorer; lines are never joined.
        changed_at: when another version began inside the window.
    """

    dimension: Dimension
    mean: Compared
    scored: int
    below: float | None
    distribution: Distribution | None
    versions: tuple[VersionSeries, ...]
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One model, topic or source."""

    label: str
    mean: float | None
    before: float | None
    scored: int


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Everything about quality in a window.

    Attributes:
        coverage: the share of answers with an overall score, of those whose scoring was tried.
        represented: how many answers the scored ones stand for: more where a sample is scored.
        waiting: answers that were asked in the window and have no outcome of scoring yet.
    """

    overall: Compared
    overall_distribution: Distribution | None
    overall_series: Series
    coverage: Compared
    scored: int
    answered: int
    dimensions: tuple[DimensionQuality, ...]
    models: tuple[QualityRow, ...]
    topics: tuple[QualityRow, ...]
    sources: tuple[QualityRow, ...]
    flags: Mapping[str, int]
    satisfaction: Compared
    represented: float = 0.0

    def flagged(self, flag: str) -> float | None:
        """The share of answers with a flag, of those that scored ones stand for."""
        if not self.represented:
            return None
        return min(1.0, self.flags.get(flag, 0) / self.represented)


def quality(source: Cells, window: Window, threshold: float) -> QualityReport:
    """Measure a window and compare it with the one before."""
    found = tallies.by_bucket(source, metrics.OVERALL, window)
    whole = tallies.joined(found.values())
    covered = tallies.total(source, metrics.COVERAGE, _whole(window))
    dimensions = tuple(
        dimension_quality(source, dimension, window, threshold) for dimension in Dimension
    )
    all_of_it = overall(source, window, whole)
    earlier = None if all_of_it.reason else window.before()
    return QualityReport(
        overall=all_of_it,
        overall_distribution=distribution(whole),
        overall_series=series.drawn("overall", "ratio", window, found, series.mean),
        coverage=Compared(covered.mean, None, "" if covered.count else NO_SCORES),
        scored=whole.count,
        answered=tallies.total(source, metrics.REQUESTS, window).count,
        dimensions=dimensions,
        models=rows(source, window, "model", earlier),
        topics=rows(source, window, "topic", earlier),
        sources=rows(source, window, "source", earlier),
        flags=flags(source, window),
        satisfaction=_satisfaction(source, window),
        represented=whole.weight,
    )


def overall(source: Cells, window: Window, whole: Tally) -> Compared:
    """The overall score; not compared where a scorer behind it changed."""
    before = tallies.total(source, metrics.OVERALL, window.before()).mean
    if whole.mean is None:
        return Compared(None, before, NO_SCORES)
    return Compared(whole.mean, before, changed_scorers(source, window))


def changed_scorers(source: Cells, window: Window) -> str:
    """Why overall scores must not be compared with the span before; empty when they may be."""
    before = window.before()
    for dimension in _WEIGHED:
        metric = metrics.QUALITY[dimension]
        now = tallies.distinct(source, metric, window, "scorer").labels
        earlier = tallies.distinct(source, metric, before, "scorer").labels
        if now and earlier and now != earlier:
            return _changed_from(set(earlier), set(now))
    return ""


def mixed(source: Cells, window: Window) -> frozenset[str]:
    """What several versions of a scorer scored in a window, so that it has no trend.

    Names of dimensions, and `overall` where one of those is behind it.
    """
    found = {
        dimension.value
        for dimension, metric in metrics.QUALITY.items()
        if len(tallies.distinct(source, metric, window, "scorer").labels) > 1
    }
    return frozenset(found | ({"overall"} if found & set(_WEIGHED) else set()))


def dimension_quality(
    source: Cells, dimension: Dimension, window: Window, threshold: float
) -> DimensionQuality:
    """One dimension, by version of its scorer."""
    metric = metrics.QUALITY[dimension]
    now = tallies.by_label(source, metric, window, "scorer")
    before = tallies.by_label(source, metric, window.before(), "scorer")
    whole = tallies.joined(now.values())
    reason = _reason(whole, set(now), set(before))
    lines = tuple(_version(source, metric, window, scorer) for scorer in sorted(now))
    return DimensionQuality(
        dimension,
        Compared(whole.mean, tallies.joined(before.values()).mean, reason),
        whole.count,
        whole.share_below(threshold),
        distribution(whole),
        lines,
        _changed_at(lines),
    )


def distribution(tally: Tally) -> Distribution | None:
    """How scores spread; None without scores."""
    edges = [tally.share_below(step / BINS) for step in range(1, BINS)]
    if tally.count <= 0 or any(edge is None for edge in edges):
        return None
    reached = [0.0, *(edge or 0.0 for edge in edges), 1.0]
    shares = tuple(max(0.0, b - a) for a, b in pairwise(reached))
    return Distribution(shares, tally.quantile(0.1), tally.quantile(0.5))


def rows(
    source: Cells, window: Window, dimension: str, earlier: Window | None
) -> tuple[QualityRow, ...]:
    """Overall quality by a dimension, the worst first; beside an earlier span where it compares."""
    now = tallies.by_label(source, metrics.OVERALL, window, dimension, "whole")
    before = (
        tallies.by_label(source, metrics.OVERALL, earlier, dimension, "whole") if earlier else {}
    )
    found = [
        QualityRow(label, tally.mean, before.get(label, tallies.NOTHING).mean, tally.count)
        for label, tally in now.items()
    ]
    return tuple(sorted(found, key=lambda row: (1.0 if row.mean is None else row.mean, row.label)))


def flags(source: Cells, window: Window) -> dict[str, int]:
    """Flags on answers, the most frequent first."""
    found = tallies.by_label(source, metrics.FLAGGED, window, "flag")
    ordered = sorted(found.items(), key=lambda pair: (-pair[1].total, pair[0]))
    return {label: round(tally.total) for label, tally in ordered}


def _version(source: Cells, metric: Metric, window: Window, scorer: str) -> VersionSeries:
    found = tallies.label_buckets(source, metric, window, "scorer", scorer)
    return VersionSeries(scorer, series.drawn(scorer, "ratio", window, found, series.mean))


def _changed_at(lines: tuple[VersionSeries, ...]) -> datetime | None:
    begins = sorted(
        next(
            (at for at, count in zip(x.series.at, x.series.counts, strict=True) if count),
            x.series.at[0],
        )
        for x in lines
    )
    return begins[-1] if len(begins) > 1 else None


def _reason(whole: Tally, now: set[str], before: set[str]) -> str:
    if not whole.count:
        return NO_SCORES
    if before and now != before:
        return _changed_from(before, now)
    return f"scored by {', '.join(sorted(now))}" if len(now) > 1 else ""


def _changed_from(before: set[str], now: set[str]) -> str:
    return f"the scorer changed: {', '.join(sorted(before))} before, {', '.join(sorted(now))} now"


def _whole(window: Window) -> Window:
    return replace(window, group="")


def _satisfaction(source: Cells, window: Window) -> Compared:
    now = tallies.total(source, metrics.FEEDBACK, window)
    before = tallies.total(source, metrics.FEEDBACK, window.before())
    reason = "" if now.count else "nobody rated an answer in this span"
    return Compared(now.mean, before.mean, reason)
