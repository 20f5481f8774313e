"""The Forecast page: what is to come, how sure that is, and how long capacity suffices."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from nicegui import ui

from groundwatch.analytics.capacity import Reach
from groundwatch.analytics.capacity_advice import Capacity, capacity
from groundwatch.analytics.forecast import Answer, Forecast, History
from groundwatch.analytics.forecast_series import Subject, forecast_of, history_of
from groundwatch.analytics.series import Series
from groundwatch.analytics.words import lasting
from groundwatch.dashboard import formatting, places
from groundwatch.dashboard.bands import Band, banded
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panel, Panels
from groundwatch.dashboard.table import Column, Row, Table
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, Choices, View
from groundwatch.reports.outlook import resource_name
from groundwatch.reports.scales import ticks

_AHEAD = Choices("days", (("7", "7 days ahead"), ("30", "30 days ahead")))
_SHOWN_BEFORE = 1.0
"""So much of the past is drawn as lies ahead."""
_FLATTENS = 1.5
_TITLES = {
    Subject.VOLUME: "Questions",
    Subject.LATENCY: "Latency p95",
    Subject.COST: "Cost",
    Subject.STORAGE: "Disk in use",
}
_REACH = {
    Reach.REACHED: "critical",
    Reach.DAYS: "warning",
    Reach.NOT_SOON: "healthy",
    Reach.NO_TREND: "healthy",
    Reach.TOO_LITTLE: "unknown",
    Reach.NOT_MEASURED: "unknown",
}


@dataclass(frozen=True, slots=True)
class _Read:
    forecasts: tuple[tuple[Subject, History, Forecast], ...]
    capacity: Capacity


def _read(asked: Asked) -> _Read:
    ahead = timedelta(days=int(_AHEAD.chosen(asked.selection)))
    application = asked.window.application
    found = []
    for subject in Subject:
        rivals = asked.watch.capacity.rivals
        made = forecast_of(asked.source, subject, asked.now, ahead, application, rivals=rivals)
        past = history_of(asked.source, subject, asked.now, made.by, application)
        found.append((subject, past, made))
    planned = capacity(asked.source, asked.watch.capacity, asked.now, asked.watch.monthly_budget)
    return _Read(tuple(found), planned)


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    top = html()
    drawn: dict[Subject, Panel] = {}
    with ui.element("div").classes("cards"):
        for subject in Subject:
            drawn[subject] = panels.add(str(subject), _TITLES[subject], "half", 210)
    with ui.element("div").classes("cards"):
        limits = panels.add("limits", "How long what is there suffices", "full", 0)
        loads = panels.add("loads", "What questions take", "full", 0)

    def update(read: _Read, _: Asked) -> None:
        content = render("watch/forecast.html", {"advice": read.capacity.recommendations})
        if top.content != content:
            top.set_content(content)
        for subject, past, made in read.forecasts:
            drawn[subject].show(_shown(past, made))
        limits.show(_limits(read.capacity))
        loads.show(_loads(read.capacity))

    return update


def _shown(past: History, made: Forecast) -> Content:
    unit = made.unit
    columns = (
        Column("Begins", "moment"), Column("Expected", unit), Column("At least", unit),
        Column("At most", unit),
    )  # fmt: skip
    steps = zip(made.at, made.values, made.low, made.high, strict=True)
    table = Table(columns, tuple(Row(each) for each in steps))
    if made.answer is Answer.TOO_LITTLE:
        return Content(table, empty=f"nothing can be said: {made.reason}")
    count = max(2, int(len(made.at) * _SHOWN_BEFORE))
    before = Series(
        "measured",
        unit,
        tuple(past.since + past.step * place for place in range(past.values.size)),
        tuple(None if each != each else float(each) for each in past.values),
        (),
    )
    before = replace(before, at=before.at[-count:], values=before.values[-count:])
    ahead = Series("expected", unit, made.at, made.values, ())
    high = axis_end([*before.values, *made.values], made.high)
    options = banded([before, ahead], Band(made.at, made.low, made.high), Look(unit, high=high))
    beyond = (
        "" if high is None else f"the range reaches {formatting.measured(max(made.high), unit)}"
    )
    return Content(table, options, " \u00b7 ".join(filter(None, (_said(made), beyond))))


def axis_end(lines: Sequence[float | None], high: Sequence[float]) -> float | None:
    """Where an axis ends if the range would flatten the lines; None if it does not."""
    most = max((value for value in lines if value is not None), default=0.0)
    return ticks(0.0, most * _FLATTENS)[-1] if max(high) > 2 * _FLATTENS * most > 0 else None


def _said(made: Forecast) -> str:
    parts = []
    if made.name in {"volume", "cost"}:
        total = formatting.measured(made.total, made.unit)
        low, high = (
            formatting.measured(sums[-1], made.unit) for sums in (made.sums_low, made.sums_high)
        )
        parts.append(f"{total} in {lasting(made.reach)} ({low} to {high})")
    if made.error is not None:
        each = "an hour" if made.by == "hour" else "a day"
        parts.append(f"off by {formatting.measured(made.error.mae, made.unit)} {each} so far")
        if made.error.naive and made.error.mae < made.error.naive:
            gain = 1 - made.error.mae / made.error.naive
            parts.append(f"{gain:.0%} less than repeating {made.repeated}")
    return " · ".join((*parts, made.model, made.reason))


def _limits(found: Capacity) -> Content:
    columns = (
        Column("Resource"), Column("State", "status"), Column("Now"), Column("Limit"),
        Column("Days until", "1"), Column("At the soonest", "1"), Column("At the latest", "1"),
        Column("Why"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                resource_name(each.resource),
                _REACH[each.reach],
                formatting.measured(each.value, each.unit),
                formatting.measured(each.limit, each.unit),
                each.days,
                each.soonest,
                each.latest,
                each.reason,
            )
        )
        for each in found.limits
    )
    return Content(Table(columns, rows), note="from daily peaks; an interval, or no trend")


def _loads(found: Capacity) -> Content:
    columns = (
        Column("Resource"), Column("Without questions", "ratio"),
        Column("A question a second takes", "ratio"), Column("Carries a second", "1"),
        Column("Peak expected", "1"), Column("Why"),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                resource_name(each.resource),
                each.idle,
                each.per_question,
                each.carries,
                each.peak,
                each.reason,
            )
        )
        for each in found.loads
    )
    return Content(Table(columns, rows), note="measured hour by hour over 14 days")


VIEW = View(
    places.FORECAST,
    _read,
    _build,
    parameters=("days",),
    head=frozenset({"application"}),
    choices=_AHEAD,
)
