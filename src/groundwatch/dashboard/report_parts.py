"""Sections of a report as cards: figures, charts and tables that go on being alive."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from nicegui import ui

from groundwatch.analytics.quality import Distribution
from groundwatch.analytics.series import Series
from groundwatch.dashboard import charts
from groundwatch.dashboard.bands import Band, banded
from groundwatch.dashboard.charts import Look, Options
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.hours import by_hour
from groundwatch.dashboard.panels import Content, Panel, Panels, Width
from groundwatch.dashboard.table import Column, Row, Table, of_series
from groundwatch.dashboard.templating import render
from groundwatch.domain.events import Event
from groundwatch.reports import report as reports
from groundwatch.reports.charts import Chart, Heatmap, Histogram, LineChart
from groundwatch.reports.report import Report, Section
from groundwatch.reports.words import amount, change

_NARROW = 5
"""Tables of so many columns stand two in a row."""
_ROW = 26
_AROUND_ROWS = 74


class Sections:
    """Draws sections; cards are made when their section is seen for the first time."""

    def __init__(self, panels: Panels) -> None:
        self._panels = panels
        self._place = ui.element("div").classes("report")
        self._shape: tuple[object, ...] = ()
        self._heads: dict[str, ui.html] = {}
        self._cards: dict[str, Panel] = {}

    def show(self, made: Report, sections: Sequence[Section]) -> None:
        """Draw what changed since the last time."""
        shape = tuple(map(_shape_of, sections))
        if shape != self._shape:
            self._build(sections)
            self._shape = shape
        for section in sections:
            values: dict[str, object] = {
                "section": section,
                "before": made.span.before,
                "amount": amount,
                "change": change,
            }
            head, content = self._heads[section.name], render("watch/report_section.html", values)
            if head.content != content:
                head.set_content(content)
            for chart in section.charts:
                self._cards[_key(section, chart)].show(charted(chart))
            for table in section.tables:
                self._cards[_key(section, table)].show(tabled(table.filled))

    def _build(self, sections: Sequence[Section]) -> None:
        self._place.clear()
        self._heads, self._cards = {}, {}
        with self._place:
            for section in sections:
                self._heads[section.name] = html().props(f"id={section.name}")
                with ui.element("div").classes("cards"):
                    for part, width in _widths(section):
                        height = 0 if isinstance(part, reports.Table) else _height(part)
                        key = _key(section, part)
                        self._cards[key] = self._panels.add(key, part.title, width, height)


def charted(chart: Chart) -> Content:
    """A chart of a report as a chart of a page."""
    if chart.is_empty:
        return Content(Table((), ()), empty=f"nothing to draw: {chart.says}")
    match chart:
        case LineChart():
            lines = [
                Series(each.name, chart.unit, chart.at, each.values, ()) for each in chart.lines
            ]
            return Content(of_series(lines), _lines(chart, lines), chart.says)
        case Histogram():
            return Content(_spread_table(chart), _spread(chart), chart.says)
        case Heatmap():
            options = by_hour(chart.rows, chart.values)
            return Content(_hours_table(chart), options, chart.says)
        case _:
            assert_never(chart)


def tabled(table: reports.Table) -> Content:
    """A table of a report as a table of a page."""
    columns = tuple(Column(each.title, each.unit) for each in table.columns)
    rows = tuple(Row(each.cells, each.link) for each in table.rows)
    note = f"{table.left_out} more are left out." if table.left_out else ""
    empty = "" if rows else table.empty.removesuffix(".")
    return Content(Table(columns, rows, note, wraps=True), empty=empty)


def _lines(chart: LineChart, lines: list[Series]) -> Options:
    limit = None
    if chart.limit is not None:
        limit = (f"limit {amount(chart.limit, chart.unit)}", chart.limit)
    look = Look(chart.unit, limit=limit, low=0.5 if chart.unit == "score" else None)
    marks = [Event(str(n), each.at, "incident", message=each.text)
             for n, each in enumerate(chart.marks)]  # fmt: skip
    if chart.band is not None:
        return banded(lines, Band(chart.at, chart.band.low, chart.band.high), look, marks)
    return charts.over_time(lines, look, marks)


def _spread(chart: Histogram) -> Options:
    return charts.spread(Distribution(chart.shares, None, None), None, chart.before)


def _spread_table(chart: Histogram) -> Table:
    step = 1 / max(1, len(chart.shares))
    before = chart.before or (None,) * len(chart.shares)
    columns = (Column("From", "score"), Column("To", "score"), Column("Share", "ratio"),
               Column("Before", "ratio"))  # fmt: skip
    rows = tuple(
        Row((place * step, (place + 1) * step, share, before[place]))
        for place, share in enumerate(chart.shares)
    )
    return Table(columns, rows)


def _hours_table(chart: Heatmap) -> Table:
    columns = (Column("Day"), Column("Hour"), Column("Questions", chart.unit))
    rows = tuple(
        Row((day, f"{hour:02d}:00", value))
        for day, values in zip(chart.rows, chart.values, strict=True)
        for hour, value in enumerate(values)
    )
    return Table(columns, rows)


def _height(chart: Chart) -> int:
    return _AROUND_ROWS + _ROW * len(chart.rows) if isinstance(chart, Heatmap) else 220


def _widths(section: Section) -> Iterator[tuple[Chart | reports.Table, Width]]:
    """Parts with their widths: narrow ones in pairs, the rest, and who is left alone, in full."""
    waiting: Chart | reports.Table | None = None
    for part in (*section.charts, *section.tables):
        is_narrow = isinstance(part, reports.Table) and len(part.columns) <= _NARROW
        if is_narrow and waiting is not None:
            yield waiting, "half"
            yield part, "half"
            waiting = None
        elif is_narrow:
            waiting = part
        else:
            if waiting is not None:
                yield waiting, "full"
                waiting = None
            yield part, "full"
    if waiting is not None:
        yield waiting, "full"


def _key(section: Section, part: Chart | reports.Table) -> str:
    kind = "table" if isinstance(part, reports.Table) else "chart"
    return f"{section.name}-{part.name}-{kind}"


def _shape_of(section: Section) -> tuple[object, ...]:
    parts = [(_key(section, part), part.title, width) for part, width in _widths(section)]
    return (section.name, *parts)
