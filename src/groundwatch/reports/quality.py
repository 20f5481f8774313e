"""How good answers were."""

from groundwatch.analytics import tallies
from groundwatch.analytics.compared import Compared, Share, is_clear
from groundwatch.analytics.quality import (
    NO_SCORES,
    DimensionQuality,
    QualityReport,
    distribution,
    quality,
)
from groundwatch.analytics.tallies import Tally
from groundwatch.domain import metrics
from groundwatch.reports.charts import Histogram
from groundwatch.reports.figures import figure
from groundwatch.reports.report import Column, Figure, Row, Section, Table, cut
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount, plural

_MOST = 8
_PATH = "/quality"


def goodness(reading: Reading) -> Section:
    """Scores: how they spread, by dimension, and where they are worst."""
    window, limits = reading.span.window, reading.judged.thresholds
    seen = quality(reading.cells, window, limits.quality)
    says = [seen.overall.reason] if seen.overall.reason and seen.scored else []
    if seen.answered and seen.scored < seen.answered:
        says.append(
            f"{plural(seen.answered - seen.scored, 'question')} of the span "
            f"{'has' if seen.answered - seen.scored == 1 else 'have'} no overall score."
        )
    return Section(
        "quality",
        "Quality",
        tuple(f"{each[0].upper()}{each[1:]}" for each in says),
        _figures(reading, seen),
        (_histogram(reading, seen),),
        (_dimensions(reading, seen.dimensions), _topics(reading, seen), _flags(reading, seen)),
    )


def _figures(reading: Reading, seen: QualityReport) -> tuple[Figure, ...]:
    spread = seen.overall_distribution
    whole = tallies.total(reading.cells, metrics.OVERALL, reading.span.window)
    before = tallies.total(reading.cells, metrics.OVERALL, reading.span.window.before())
    limit = reading.judged.thresholds.quality
    below = Compared(
        whole.share_below(limit),
        before.share_below(limit),
        seen.overall.reason if whole.count else NO_SCORES,
    )
    nothing = "" if spread else NO_SCORES
    return (
        figure(reading, "overall", "Overall quality", "score", "better", seen.overall, _PATH,
               note=f"{plural(seen.scored, 'scored answer')}"),
        figure(reading, "below", f"Below {limit:g}", "ratio", "worse", below, _PATH,
               is_clear=is_clear(_share(whole, below.value), _share(before, below.before))),
        figure(reading, "p10", "Worst tenth below", "score", "better",
               Compared(spread.p10 if spread else None, None, nothing), _PATH),
        figure(reading, "coverage", "Scored", "ratio", "better", seen.coverage, _PATH,
               note="of answers whose scoring was tried"),
    )  # fmt: skip


def _share(scored: Tally, below: float | None) -> Share:
    return Share((below or 0.0) * scored.count, scored.count)


def _histogram(reading: Reading, seen: QualityReport) -> Histogram:
    spread = seen.overall_distribution
    earlier = None
    if reading.span.window.is_comparable and not seen.overall.reason:
        whole = tallies.total(reading.cells, metrics.OVERALL, reading.span.window.before())
        earlier = distribution(whole)
    says = NO_SCORES
    if spread is not None:
        good = sum(spread.shares[16:])
        says = f"{amount(good, 'ratio')} of scored answers reach 0.80 or more"
    return Histogram(
        "quality",
        "How overall scores spread",
        spread.shares if spread else (),
        earlier.shares if earlier else None,
        says,
        reading.span.link(_PATH),
    )


def _dimensions(reading: Reading, found: tuple[DimensionQuality, ...]) -> Table:
    compares = reading.span.window.is_comparable
    rows = tuple(
        Row(
            (
                each.dimension.value,
                each.mean.value,
                each.mean.before if compares and not each.mean.reason else None,
                each.below,
                each.scored,
                each.mean.reason,
            ),
            reading.span.link(f"{_PATH}?dimension={each.dimension.value}"),
        )
        for each in found
        if each.scored
    )
    columns: tuple[Column, ...] = (
        Column("Dimension"),
        Column("Mean", "score"),
        Column("Before", "score"),
        Column(f"Below {reading.judged.thresholds.quality:g}", "ratio"),
        Column("Scored", "1"),
        Column("Remark"),
    )
    return Table("dimensions", "By dimension", columns, rows, f"{NO_SCORES.capitalize()}.")


def _topics(reading: Reading, seen: QualityReport) -> Table:
    compares = reading.span.window.is_comparable and not seen.overall.reason
    fewest = 5
    enough = [each for each in seen.topics if each.scored >= fewest]
    rows, left = cut(
        [
            Row(
                (each.label or "none", each.mean, each.before if compares else None, each.scored),
                reading.span.link(_PATH),
            )
            for each in enough
        ],
        _MOST,
    )
    columns = (
        Column("Topic"),
        Column("Mean", "score"),
        Column("Before", "score"),
        Column("Scored", "1"),
    )
    empty = f"No topic has {fewest} scored answers."
    return Table("topics", "Worst topics first", columns, rows, empty, left)


def _flags(reading: Reading, seen: QualityReport) -> Table:
    rows, left = cut(
        [
            Row((flag, count), reading.span.link(f"/interactions?flag={flag}"))
            for flag, count in sorted(seen.flags.items(), key=lambda pair: -pair[1])
        ],
        _MOST,
    )
    columns = (Column("Flag"), Column("Answers", "1"))
    return Table("flags", "Flags on answers", columns, rows, "No answer was flagged.", left)
