"""The Metrics page: any number that is measured, one's own too, over time and by label."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import ui

from groundwatch.analytics import changes
from groundwatch.analytics.exploring import (
    MOST_LINES,
    PEOPLE,
    Explored,
    explored,
    metric_named,
    statistics,
)
from groundwatch.dashboard import charts, places
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panels
from groundwatch.dashboard.table import Column, Row, Table, of_series, relative
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, View
from groundwatch.dashboard.withheld import READS_ALL
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import BUILT_IN, REQUESTS, Metric
from groundwatch.errors import InvalidInput

PARAMETERS = ("metric", "split", "show")
_SECONDS = 10.0
_WORDS: Mapping[str, str] = {"rate": "a minute", "sum": "sum"}


@dataclass(frozen=True, slots=True)
class _Read:
    metric: Metric
    found: Explored
    names: tuple[str, ...]
    splits: tuple[str, ...]
    marks: tuple[Event, ...]


def _read(asked: Asked) -> _Read:
    """What the URL asks for; what makes no sense there is left out."""
    given = dict(asked.selection.more)
    try:
        metric = metric_named(given.get("metric", REQUESTS.name))
    except InvalidInput:
        metric = REQUESTS
    hidden = frozenset() if asked.identity.may(READS_ALL) else PEOPLE
    splits = tuple(each for each in metric.dimensions if each not in hidden)
    split = given.get("split", "") if given.get("split") in splits else ""
    show = given.get("show", "") if given.get("show") in statistics(metric) else ""
    names = asked.readings.get(
        "metric names", _SECONDS, lambda: tuple(asked.watch.events.metric_names())
    )
    return _Read(
        metric,
        explored(asked.source, asked.window, metric, split, show),
        names,
        splits,
        tuple(changes.marks(asked.watch.events, asked.window)),
    )


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    bar = html()
    with ui.element("div").classes("cards"):
        line = panels.add("metric", "Over time", "full", 300)
    with ui.element("div").classes("cards"):
        table = panels.add("metric-labels", "In the whole span", "full", 0)

    def update(read: _Read, asked: Asked) -> None:
        content = render("watch/metrics_bar.html", _bar(read, asked))
        if content != bar.content:
            bar.set_content(content)
        line.show(_lines(read, asked))
        table.show(_rows(read.found))

    return update


def _bar(read: _Read, asked: Asked) -> dict[str, object]:
    """Each choice with its link; another metric has other splits and statistics."""
    found, query = read.found, asked.selection.query
    own = sorted({*read.names, read.metric.name} - BUILT_IN.keys())
    return {
        "metric": read.metric,
        "groups": [("Built in", [*BUILT_IN]), ("Your own", own)],
        "splits": ["", *read.splits],
        "statistics": statistics(read.metric),
        "words": _WORDS,
        "found": found,
        "of_metric": lambda name: query({"metric": name, "split": "", "show": ""}),
        "of_split": lambda name: query({"split": name}) or "?",
        "of_statistic": lambda name: query({"show": name}),
    }


def _lines(read: _Read, asked: Asked) -> Content:
    found, is_group = read.found, bool(asked.window.group)
    unit = "rate" if found.statistic == "rate" else found.unit
    kind = "area" if len(found.lines) == 1 and found.statistic == "rate" else "line"
    notes = [_WORDS.get(found.statistic, found.statistic)]
    if len(found.rows) > MOST_LINES:
        notes.append(f"the {MOST_LINES} of {len(found.rows)} that were seen most")
    if is_group and (found.split or "group" not in read.metric.dimensions):
        notes.append("of all groups")
    return Content(
        of_series(found.lines),
        charts.over_time(found.lines, Look(unit, kind), read.marks),
        note=", ".join(notes),
        empty="" if found.lines else "nothing was measured in this span",
    )


def _rows(found: Explored) -> Content:
    unit = BUILT_IN[found.metric].unit if found.metric in BUILT_IN else ""
    columns = (
        Column(found.split.replace("_", " ").capitalize() or "Metric"), Column("Count", "1"),
        Column("Sum", unit), Column("Mean", unit), Column("p50", unit), Column("p95", unit),
        Column("p99", unit),
        Column("Change", "change:neutral", f"of {found.statistic}, against the span before"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                row.label or found.metric, row.count, row.sum, row.mean, row.p50, row.p95, row.p99,
                relative(row.value, row.before),
            )
        )
        for row in found.rows
    )  # fmt: skip
    return Content(Table(columns, rows), empty="" if rows else "nothing was measured in this span")


VIEW = View(
    places.METRICS,
    _read,
    _build,
    lambda identity: "named" if identity.may(READS_ALL) else "",
    PARAMETERS,
)
