"""The Quality page: how good answers are, by dimension, model and topic."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nicegui import ui

from groundwatch.analytics import tallies
from groundwatch.analytics.quality import (
    DimensionQuality,
    Distribution,
    QualityReport,
    QualityRow,
    quality,
)
from groundwatch.analytics.series import Series
from groundwatch.analytics.tallies import Tally
from groundwatch.dashboard import charts, formatting, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.panels import Content, Panels, columns
from groundwatch.dashboard.places import interactions_of
from groundwatch.dashboard.table import Column, Row, Table, of_series, relative
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain import metrics
from groundwatch.domain.events import Event

_NO_SCORES = "no answer of this span has been scored yet"


@dataclass(frozen=True, slots=True)
class _Read:
    report: QualityReport
    judges: Mapping[str, Tally]


def _read(asked: Asked) -> _Read:
    return _Read(
        quality(asked.source, asked.window, asked.watch.thresholds.quality),
        tallies.by_label(asked.source, metrics.JUDGE_AGREEMENT, asked.window, "scorer"),
    )


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    figures = html()
    with ui.element("div").classes("cards"):
        dimensions = panels.add("dimensions", "Dimensions", "full", 0)
    with ui.element("div").classes("cards"):
        drawn = panels.add("quality", "Quality over time", "two-thirds", 220)
        spread = panels.add("quality-spread", "How it spreads", "third", 220)
    left, right = columns()
    with left:
        models = panels.add("quality-models", "Models", "full", 0)
        topics = panels.add("quality-topics", "Topics", "full", 0)
    with right:
        sources = panels.add("quality-sources", "Sources", "full", 0)
        flags = panels.add("flags", "Flags", "full", 0)
        judge = panels.add("judge", "Second opinions", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        found = read.report
        link = linked(asked.selection.shared())
        threshold = asked.watch.thresholds.quality
        strip(figures, asked, _figures(found, link))
        chosen = _chosen(found, asked)
        distribution = found.overall_distribution if chosen is None else chosen.distribution
        drawn.show(_overall(found, threshold) if chosen is None else _lines(chosen, asked))
        spread.show(_spread(distribution, threshold, "overall" if chosen is None else chosen))
        dimensions.show(_dimensions(found, asked))
        models.show(_rows(found.models, "model", lambda m: link(interactions_of("model", m))))
        topics.show(_rows(found.topics, "topic", lambda _: ""))
        sources.show(_rows(found.sources, "source", lambda _: ""))
        flags.show(_flags(found, link))
        judge.show(_judges(read.judges))

    return update


def _figures(found: QualityReport, link: Callable[[str], str]) -> Sequence[Shown]:
    spread = found.overall_distribution
    share = found.scored / found.answered if found.answered else None
    return (
        Shown("Overall", found.overall.value, "score", found.overall, "better"),
        Shown("Worst tenth below", None if spread is None else spread.p10, "score",
              link=link(f"/interactions?below={spread.p10:.2f}") if spread and spread.p10 else ""),
        Shown("Scored", share, "ratio",
              note=f"{formatting.count(found.scored)} of {formatting.count(found.answered)}"),
        Shown("Satisfaction", found.satisfaction.value, "ratio", found.satisfaction, "better"),
        Shown("Unsupported", found.flagged("unsupported"), "ratio",
              note="of scored answers", link=link("/interactions?flag=unsupported")),
    )  # fmt: skip


def _chosen(found: QualityReport, asked: Asked) -> DimensionQuality | None:
    """The dimension that the URL asks for; None for the whole."""
    name = dict(asked.selection.more).get("dimension", "")
    return next((each for each in found.dimensions if each.dimension == name), None)


def _overall(found: QualityReport, threshold: float) -> Content:
    line = found.overall_series
    return Content(
        of_series([_scored(line)]),
        charts.over_time([line], _score_look([line], threshold), _versions(found.dimensions)),
        note="; ".join(filter(None, ("overall", found.overall.reason))),
        empty=_NO_SCORES if line.is_empty else "",
    )


def _versions(dimensions: Sequence[DimensionQuality]) -> list[Event]:
    """A mark wherever another version of a scorer began: before and after do not compare."""
    begins = {each.changed_at for each in dimensions if each.changed_at is not None}
    return [Event(f"scorer-{at.isoformat()}", at, "scorer") for at in sorted(begins)]


def _score_look(lines: Sequence[Series], threshold: float | None) -> Look:
    """Scores lie close together: the axis begins below the lowest, at a tenth."""
    values = [value for line in lines for value in line.values if value is not None]
    low = int(min([*values, threshold or 1.0]) * 10 - 0.5) / 10 if values else 0.0
    limit = None if threshold is None else (f"limit {threshold:g}", threshold)
    return Look("score", low=max(0.0, low), high=1.0, limit=limit)


def _scored(line: Series) -> Series:
    return Series(line.name, "score", line.at, line.values, line.counts)


def _spread(
    found: Distribution | None, threshold: float, of: DimensionQuality | Literal["overall"]
) -> Content:
    columns = (Column("From", "score"), Column("To", "score"), Column("Share", "ratio"))
    if found is None:
        return Content(Table(columns, ()), empty=_NO_SCORES)
    step = 1 / len(found.shares)
    rows = tuple(
        Row((place * step, (place + 1) * step, share)) for place, share in enumerate(found.shares)
    )
    name = of if isinstance(of, str) else of.dimension.value
    note = f"{name}, median {formatting.measured(found.p50, 'score')}"
    return Content(Table(columns, rows), charts.spread(found, threshold), note)


def _dimensions(found: QualityReport, asked: Asked) -> Content:
    """One line a dimension; a click draws it large."""
    columns = (
        Column("Dimension"), Column("Over time", "line"), Column("Mean", "score"),
        Column("Change", "change:better", "against the span before; none across scorer versions"),
        Column("Worst tenth below", "score"),
        Column("Below limit", "ratio", f"of {asked.watch.thresholds.quality:g}"),
        Column("Scored", "1"), Column("Scorer"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                each.dimension.value,
                each.versions[-1].series.values if each.versions else None,
                each.mean.value,
                each.mean.change,
                None if each.distribution is None else each.distribution.p10,
                each.below,
                each.scored,
                ", ".join(line.scorer for line in each.versions),
            ),
            asked.selection.query({"dimension": each.dimension.value}),
        )
        for each in found.dimensions
    )
    said = ["A dimension, opened, is drawn below."] * bool(found.scored)
    if any(each.scored and each.mean.reason for each in found.dimensions):
        said.append("Where the scorer changed, means are not compared.")
    return Content(Table(columns, rows, " ".join(said)))


def _lines(each: DimensionQuality, asked: Asked) -> Content:
    lines = [_scored(line.series) for line in each.versions]
    note = " · scorer changed, lines are not joined" if len(lines) > 1 else ""
    return Content(
        of_series(lines),
        charts.over_time(lines, _score_look(lines, asked.watch.thresholds.quality)),
        note=f"{each.dimension.value}{note}",
        empty="" if each.scored else each.mean.reason,
        choice=("Back to overall", asked.selection.query({"dimension": ""}) or "?", True),
    )


def _rows(rows: Sequence[QualityRow], name: str, link: Callable[[str], str]) -> Content:
    columns = (
        Column(name.capitalize()), Column("Quality", "score"),
        Column("Change", "change:better"), Column("Scored", "1"),
    )  # fmt: skip
    table = Table(
        columns,
        tuple(
            Row((row.label, row.mean, relative(row.mean, row.before), row.scored), link(row.label))
            for row in rows
        ),
    )
    return Content(table, empty="" if rows else f"no {name} has scores in this span")


def _judges(found: Mapping[str, Tally]) -> Content:
    columns = (Column("Judge"), Column("Verdicts", "1"), Column("Agree with ours", "ratio"))
    rows = tuple(
        Row((scorer, tally.count, tally.mean))
        for scorer, tally in sorted(found.items(), key=lambda pair: -pair[1].count)
    )
    note = "On answers in doubt only, where opinions differ most; half is chance."
    empty = "" if rows else "no answer of this span was judged by a language model"
    return Content(Table(columns, rows, note if rows else ""), empty=empty)


def _flags(found: QualityReport, link: Callable[[str], str]) -> Content:
    rows = tuple(
        Row((flag, count), link(interactions_of("flag", flag)))
        for flag, count in found.flags.items()
    )
    table = Table((Column("Flag"), Column("Answers", "1")), rows)
    return Content(table, empty="" if rows else "no answer of this span has a flag")


VIEW = View(places.QUALITY, _read, _build, parameters=("dimension",))
