"""The Performance page: how fast answers come, where the time goes, what fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nicegui import ui

from groundwatch.analytics import changes
from groundwatch.analytics.performance import LatencyRow, Performance, performance
from groundwatch.analytics.trend import Trend
from groundwatch.dashboard import charts, formatting, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.figures import Shown, strip
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.overview import linked
from groundwatch.dashboard.panels import Content, Panels, columns
from groundwatch.dashboard.places import interactions_of
from groundwatch.dashboard.table import Column, Row, Table, Value, of_series, relative
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain.events import Event

_NO_QUESTIONS = "no question was asked in this span"


@dataclass(frozen=True, slots=True)
class _Read:
    found: Performance
    marks: tuple[Event, ...]


def _read(asked: Asked) -> _Read:
    return _Read(
        performance(asked.source, asked.window, asked.watch.thresholds),
        tuple(changes.marks(asked.watch.events, asked.window)),
    )


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    figures = html()
    with ui.element("div").classes("cards"):
        latency = panels.add("latency", "Latency", "two-thirds", 240)
        classes = panels.add("latency-classes", "How fast", "third", 240)
    with ui.element("div").classes("cards"):
        failed = panels.add("error-rate", "Failed", "half", 180)
        asked_a_minute = panels.add("throughput", "Questions a minute", "half", 180)
    left, right = columns()
    with left:
        stages = panels.add("stages", "Stages", "full", 0)
        sources = panels.add("sources", "Sources", "full", 0)
    with right:
        models = panels.add("models", "Models", "full", 0)
        errors = panels.add("error-types", "Failures by type", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        found = read.found
        is_empty = not found.requests.value
        link = linked(asked.selection.shared())
        strip(figures, asked, _figures(found))
        latency.show(_latency(read, asked))
        classes.show(_classes(found))
        failed.show(
            Content(
                of_series([found.error_series]),
                charts.over_time([found.error_series], Look("ratio", "bar"), read.marks),
                empty=_NO_QUESTIONS if is_empty else "",
            )
        )
        asked_a_minute.show(
            Content(
                of_series([found.requests_series]),
                charts.over_time([found.requests_series], Look("rate", "area"), read.marks),
                note=_trend(found.throughput.trend, "1"),
                empty=_NO_QUESTIONS if is_empty else "",
            )
        )
        note = (
            f"of all groups: cells are not split by {asked.window.group} as well"
            if asked.window.group
            else ""
        )
        stages.show(_rows(found.stages, "stage", note, lambda _: ""))
        models.show(_rows(found.models, "model", note, lambda m: link(interactions_of("model", m))))
        sources.show(_rows(found.sources, "source", note, lambda _: ""))
        errors.show(_errors(found, link))

    return update


def _figures(found: Performance) -> Sequence[Shown]:
    return (
        Shown("Median", found.p50.value, "s", found.p50, "worse"),
        Shown("p95", found.p95.value, "s", found.p95, "worse"),
        Shown("p99", found.p99.value, "s", found.p99, "worse"),
        Shown("First sentence p95", found.first_p95.value, "s", found.first_p95, "worse"),
        Shown("Failed", found.error_rate.value, "ratio", found.error_rate,
              "worse" if found.error_rate_is_clear else "neutral"),
        Shown("Declined", found.declined_rate.value, "ratio", found.declined_rate, "neutral"),
        Shown("Questions a minute", found.throughput.per_minute.value, "1",
              found.throughput.per_minute, "neutral"),
    )  # fmt: skip


def _latency(read: _Read, asked: Asked) -> Content:
    found = read.found
    limit = asked.watch.thresholds.p95_seconds
    p99 = [value for value in found.quantile_series[2].values if value is not None]
    is_log = ("scale", "log") in asked.selection.more
    is_near = limit / 3 < max(p99, default=0) < limit * 8
    shown = (f"limit {limit:g} s", limit) if is_near and not is_log else None
    scale = asked.selection.query({"scale": "" if is_log else "log"}) or "?"
    table = replace(of_series(found.quantile_series), note=_tested(found.latency_trend))
    return Content(
        table,
        charts.over_time(found.quantile_series, Look("s", limit=shown, log=is_log), read.marks),
        note=f"p95: {_trend(found.latency_trend, 's')}",
        empty=_NO_QUESTIONS if not p99 else "",
        choice=("Log scale", scale, is_log),
    )


def _trend(trend: Trend, unit: str) -> str:
    """A trend in words and how sure it is."""
    if trend.p is None:
        return f"trend unknown: {trend.method}"
    if trend.direction == "steady" or trend.per_day is None:
        return f"no trend (p {trend.p:.2f})"
    slope = formatting.measured(abs(trend.per_day), unit)
    chance = "p < 0.001" if trend.p < 0.001 else f"p {trend.p:.3f}"
    return f"{trend.direction} by {slope} a day ({chance})"


def _tested(trend: Trend) -> str:
    return "" if trend.p is None else f"Trend tested by {trend.method}."


def _classes(found: Performance) -> Content:
    shares = {_class_name(each.name, each.below): each.share for each in found.latency.classes}
    table = Table(
        (Column("Class"), Column("Share", "ratio")),
        tuple(Row((name, share)) for name, share in shares.items()),
    )
    empty = "" if shares else _NO_QUESTIONS
    return Content(table, charts.ranked(shares, "ratio"), "share of answers", empty)


def _class_name(name: str, below: float | None) -> str:
    return name if below is None else f"{name} < {below:g} s"


def _rows(rows: Sequence[LatencyRow], name: str, note: str, link: Callable[[str], str]) -> Content:
    has_errors = any(row.errors is not None for row in rows)
    columns = [
        Column(name.capitalize()), Column("Count", "1"), Column("p50", "s"), Column("p95", "s"),
        Column("Change", "change:worse", "of p95, against the span before"), Column("p99", "s"),
    ]  # fmt: skip
    if has_errors:
        columns.append(Column("Failed", "ratio"))
    table = Table(tuple(columns), tuple(_row(row, link, has_errors=has_errors) for row in rows))
    return Content(table, note=note, empty="" if rows else f"no {name} was named in this span")


def _row(row: LatencyRow, link: Callable[[str], str], *, has_errors: bool) -> Row:
    latency = row.latency
    change = relative(latency.p95, row.before)
    values: list[Value] = [row.label, row.requests, latency.p50, latency.p95, change, latency.p99]
    if has_errors:
        values.append(None if row.errors is None else row.errors / max(1, row.requests))
    return Row(tuple(values), link(row.label))


def _errors(found: Performance, link: Callable[[str], str]) -> Content:
    whole = sum(found.error_types.values())
    outcome = {"timeout": "timed_out"}
    rows = tuple(
        Row(
            (kind, count, count / whole),
            link(f"/interactions?outcome={outcome.get(kind, 'failed')}"),
        )
        for kind, count in found.error_types.items()
    )
    table = Table((Column("Type"), Column("Count", "1"), Column("Share", "ratio")), rows)
    return Content(table, empty="" if rows else "nothing failed in this span")


VIEW = View(places.PERFORMANCE, _read, _build, parameters=("scale",))
