"""The Quality page: how good answers are, by dimension, model and topic."""

from collections.abc import Callable, Sequence

from nicegui import ui

from groundwatch.analytics.quality import (
    DimensionQuality,
    Distribution,
    QualityReport,
    QualityRow,
    quality,
)
from groundwatch.analytics.series import Series
from groundwatch.dashboard import charts, formatting, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.panels import Content, Panels
from groundwatch.dashboard.table import Column, Row, Table, of_series, relative
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain.events import Event
from groundwatch.domain.scores import Dimension

_NO_SCORES = "no answer of this span has been scored yet"


def _read(asked: Asked) -> QualityReport:
    return quality(asked.source, asked.window, asked.watch.thresholds.quality)


def _build(panels: Panels) -> Callable[[QualityReport, Asked], None]:
    figures = html()
    with ui.element("div").classes("cards"):
        overall = panels.add("quality", "Overall quality", "two-thirds", 220)
        spread = panels.add("quality-spread", "How it spreads", "third", 220)
    with ui.element("div").classes("cards"):
        dimensions = panels.add("dimensions", "Dimensions", "full", 0)
    with ui.element("div").classes("cards"):
        lines = {
            dimension: panels.add(f"quality-{dimension}", dimension.capitalize(), "third", 150)
            for dimension in Dimension
        }
    with ui.element("div").classes("cards"):
        models = panels.add("quality-models", "Models", "half", 0)
        topics = panels.add("quality-topics", "Topics", "half", 0)
        sources = panels.add("quality-sources", "Sources", "half", 0)
        flags = panels.add("flags", "Flags", "half", 0)

    def update(found: QualityReport, asked: Asked) -> None:
        link = linked(asked.selection.shared())
        threshold = asked.watch.thresholds.quality
        strip(figures, asked, _figures(found, link))
        overall.show(_overall(found, threshold))
        spread.show(_spread(found.overall_distribution, threshold))
        dimensions.show(_dimensions(found.dimensions))
        for each in found.dimensions:
            lines[each.dimension].show(_lines(each))
        models.show(_rows(found.models, "model", lambda m: link(f"/interactions?model={m}")))
        topics.show(_rows(found.topics, "topic", lambda _: ""))
        sources.show(_rows(found.sources, "source", lambda _: ""))
        flags.show(_flags(found, link))

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
        Shown("Unsupported", _flag_share(found), "ratio",
              note="of scored answers", link=link("/interactions?flag=unsupported-sentence")),
    )  # fmt: skip


def _flag_share(found: QualityReport) -> float | None:
    count = sum(count for flag, count in found.flags.items() if "unsupported" in flag)
    return count / found.scored if found.scored else None


def _overall(found: QualityReport, threshold: float) -> Content:
    line = found.overall_series
    return Content(
        of_series([_scored(line)]),
        charts.over_time([line], _score_look([line], threshold), _versions(found.dimensions)),
        note=found.overall.reason if found.overall.value is not None else "",
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


def _spread(found: Distribution | None, threshold: float) -> Content:
    columns = (Column("From", "score"), Column("To", "score"), Column("Share", "ratio"))
    if found is None:
        return Content(Table(columns, ()), empty=_NO_SCORES)
    step = 1 / len(found.shares)
    rows = tuple(
        Row((place * step, (place + 1) * step, share)) for place, share in enumerate(found.shares)
    )
    note = f"median {formatting.measured(found.p50, 'score')}"
    return Content(Table(columns, rows), charts.spread(found, threshold), note)


def _dimensions(found: Sequence[DimensionQuality]) -> Content:
    columns = (
        Column("Dimension"), Column("Mean", "score"),
        Column("Change", "change:better", "against the span before; none across scorer versions"),
        Column("Worst tenth below", "score"), Column("Below limit", "ratio"),
        Column("Scored", "1"), Column("Scorer"), Column("Note"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                each.dimension.value,
                each.mean.value,
                each.mean.change,
                None if each.distribution is None else each.distribution.p10,
                each.below,
                each.scored,
                ", ".join(line.scorer for line in each.versions),
                each.mean.reason,
            )
        )
        for each in found
    )
    return Content(Table(columns, rows))


def _lines(each: DimensionQuality) -> Content:
    lines = [_scored(line.series) for line in each.versions]
    note = formatting.measured(each.mean.value, "score") if each.scored else ""
    return Content(
        of_series(lines),
        charts.over_time(lines, _score_look(lines, None)),
        note=note + (" · scorer changed, lines are not joined" if len(lines) > 1 else ""),
        empty="" if each.scored else each.mean.reason,
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


def _flags(found: QualityReport, link: Callable[[str], str]) -> Content:
    rows = tuple(
        Row((flag, count), link(f"/interactions?flag={flag}"))
        for flag, count in found.flags.items()
    )
    table = Table((Column("Flag"), Column("Answers", "1")), rows)
    return Content(table, empty="" if rows else "no answer of this span has a flag")


VIEW = View(places.QUALITY, _read, _build)
