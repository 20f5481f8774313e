"""The Executive page: how all is, what it is worth, what is to come; read in five seconds."""

from collections.abc import Callable
from urllib.parse import urlencode

from markupsafe import Markup

from groundwatch.dashboard import places, sparks
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Panels
from groundwatch.dashboard.report_parts import Sections
from groundwatch.dashboard.reports import SECONDS
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, Choices, View
from groundwatch.reports.charts import LineChart
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.report import Report, Section, Table, Value
from groundwatch.reports.words import NOTHING, amount, change

_PERIODS = Choices("period", (("7d", "7 d"), ("30d", "30 d"), ("90d", "90 d")))
_BELOW = ("summary", "service_levels", "cost", "outlook", "alerts", "knowledge")
"""Sections in full, under what a glance needs."""
_MOST = 4


def view(desk: ReportDesk | None) -> View[Report | None]:
    """The page over what makes reports."""
    return View(
        places.EXECUTIVE,
        lambda asked: _make(desk, asked),
        _build,
        parameters=("period",),
        head=frozenset({"application"}),
        choices=_PERIODS,
        seconds=SECONDS,
    )


def _make(desk: ReportDesk | None, asked: Asked) -> Report | None:
    if desk is None:
        return None
    period = _PERIODS.chosen(asked.selection)
    return desk.through(asked.source).executive(period, asked.selection.application)


def _build(panels: Panels) -> Callable[[Report | None, Asked], None]:
    place = html()
    sections = Sections(panels)

    def update(made: Report | None, asked: Asked) -> None:
        if made is None:
            place.set_content('<p class="nothing">This server makes no reports.</p>')
            return
        content = render("watch/executive.html", _values(made, asked))
        if place.content != content:
            place.set_content(content)
        by_name = {each.name: each for each in made.sections}
        sections.show(made, [by_name[name] for name in _BELOW])

    return update


def _values(made: Report, asked: Asked) -> dict[str, object]:
    sections = {each.name: each for each in made.sections}
    figures = {each.name: each for section in made.sections for each in section.figures}
    tables = {each.name: each for section in made.sections for each in section.tables}
    asked_for = {"period": _PERIODS.chosen(asked.selection), "format": "pdf"}
    if asked.selection.application:
        asked_for["application"] = asked.selection.application
    return {
        "made": made,
        "figures": figures,
        "parts": tables["health_parts"].rows,
        "business": sections["business"],
        "forecasts": _told(tables["forecasts"]),
        "limits": tables["capacity"].rows,
        "advice": tables["recommendations"],
        "incidents": tables["incidents"],
        "gaps": tables["gaps"],
        "most": _MOST,
        "nothing": NOTHING,
        "amount": amount,
        "change": change,
        "trend": _trend(sections["cost"]),
        "file": f"/v1/executive?{urlencode(asked_for)}",
    }


def _told(forecasts: Table) -> list[tuple[Value, ...]]:
    """What, how much, from, to, and the page."""
    return [(*row.cells[:4], row.link) for row in forecasts.rows]


def _trend(section: Section) -> Markup:
    chart = next((each for each in section.charts if isinstance(each, LineChart)), None)
    return sparks.spark(chart.lines[0].values, from_zero=True) if chart is not None else Markup("")
