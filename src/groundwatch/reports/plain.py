"""Reports for programs: JSON and CSV."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from groundwatch.reports.charts import Chart, Heatmap, Histogram, LineChart
from groundwatch.reports.report import Figure, Report, Section, Table, Value

VERSION = 1
COLUMNS = (
    "section", "kind", "name", "row", "title", "unit", "value", "before", "change", "verdict",
    "note", "link",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Json = dict[str, object]


def as_json(report: Report) -> str:
    """A report as one JSON document; `version` rises when a field changes its meaning."""
    return json.dumps(as_values(report), ensure_ascii=False, indent=2) + "\n"


def as_values(report: Report) -> Json:
    """A report as values that JSON can hold; moments in ISO 8601."""
    span, window = report.span, report.span.window
    return {
        "version": VERSION,
        "kind": span.kind.value,
        "date": span.date.isoformat(),
        "title": report.title,
        "label": span.label,
        "zone": span.zone.key,
        "since": _moment(window.since),
        "until": _moment(window.until),
        "is_over": span.is_over,
        "compared_with": span.before if window.is_comparable else None,
        "application": report.application,
        "made_at": _moment(report.made_at),
        "verdict": report.verdict,
        "notes": list(report.notes),
        "link": report.link,
        "sections": [_section(each) for each in report.sections],
    }


def as_csv(report: Report) -> str:
    """Figures and tables, a number a line; charts are left to JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for section in report.sections:
        for figure in section.figures:
            writer.writerow([_harmless(each) for each in _line(section, figure)])
        for table in section.tables:
            for line in _lines(section, table):
                writer.writerow([_harmless(each) for each in line])
    return out.getvalue()


def _section(section: Section) -> Json:
    return {
        "name": section.name,
        "title": section.title,
        "says": list(section.says),
        "figures": [_figure(each) for each in section.figures],
        "charts": [_chart(each) for each in section.charts],
        "tables": [_table(each) for each in section.tables],
    }


def _figure(figure: Figure) -> Json:
    return {**asdict(figure), "change": figure.change, "verdict": figure.verdict or None}


def _table(table: Table) -> Json:
    return {
        "name": table.name,
        "title": table.title,
        "columns": [asdict(each) for each in table.columns],
        "rows": [{"cells": list(each.cells), "link": each.link} for each in table.rows],
        "empty": table.empty if not table.rows else None,
        "left_out": table.left_out,
    }


def _chart(chart: Chart) -> Json:
    common: Json = {"name": chart.name, "title": chart.title, "says": chart.says}
    common["link"] = chart.link
    match chart:
        case LineChart():
            return common | {
                "kind": "line",
                "unit": chart.unit,
                "at": [_moment(each) for each in chart.at],
                "lines": [asdict(each) for each in chart.lines],
                "marks": [{"at": _moment(each.at), "text": each.text} for each in chart.marks],
                "band": asdict(chart.band) if chart.band else None,
                "limit": chart.limit,
            }
        case Histogram():
            return common | {"kind": "histogram", "shares": chart.shares, "before": chart.before}
        case Heatmap():
            return common | {
                "kind": "heatmap",
                "unit": chart.unit,
                "rows": chart.rows,
                "values": chart.values,
            }


def _line(section: Section, figure: Figure) -> list[Value]:
    note = "; ".join(filter(None, (figure.reason, figure.note)))
    return [
        section.name, "figure", figure.name, "", figure.title, figure.unit, figure.value,
        figure.before, figure.change, figure.verdict, note, figure.link,
    ]  # fmt: skip


def _lines(section: Section, table: Table) -> Iterator[list[Value]]:
    if not table.rows:
        yield [section.name, "table", table.name, "", table.title, "", None, None, None, "",
               table.empty, ""]  # fmt: skip
    for row in table.rows:
        first, *rest = row.cells
        for column, cell in zip(table.columns[1:], rest, strict=True):
            yield [
                section.name, "table", table.name, first, column.title, column.unit, cell,
                None, None, "", "", row.link,
            ]  # fmt: skip


def _harmless(value: Value) -> Value:
    """Text that a spreadsheet would take for a formula is text."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
