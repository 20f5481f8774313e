"""What is to come: forecasts with their intervals and errors, and how long capacity suffices."""

from datetime import timedelta

import numpy as np

from groundwatch.analytics.capacity import Limit
from groundwatch.analytics.capacity_advice import Capacity, capacity
from groundwatch.analytics.forecast import Answer, Forecast, History
from groundwatch.analytics.forecast_series import Subject, forecast_of, history_of
from groundwatch.analytics.words import lasting, percent
from groundwatch.reports.charts import Band, Line, LineChart
from groundwatch.reports.report import Column, Row, Section, Table
from groundwatch.reports.sources import Reading
from groundwatch.reports.words import amount

AHEAD = timedelta(days=7)
_NOTABLE = 0.005
_PATH = "/forecast"
_SHOWN = timedelta(days=7)
_TITLES = {
    Subject.VOLUME: "Questions",
    Subject.LATENCY: "Latency p95",
    Subject.COST: "Cost",
    Subject.STORAGE: "Disk in use",
}
_RESOURCES = {
    "system.cpu": "Processors",
    "system.memory": "Memory",
    "system.disk": "Disk",
    "budget": "Month's budget",
}


def resource_name(resource: str) -> str:
    """A resource in words."""
    return _RESOURCES.get(resource, resource.removeprefix("system.").capitalize())


def capacity_of(reading: Reading) -> Capacity:
    """How long what is there suffices, at the end of the span."""
    judged, until = reading.judged, reading.span.window.until
    return capacity(reading.cells, judged.capacity, until, judged.monthly_budget)


def outlook(reading: Reading, room: Capacity) -> Section:
    """The next seven days, or as many of them as can be told, and how far every limit is away."""
    found = {subject: _forecast(reading, subject) for subject in Subject}
    chart = _chart(reading, found[Subject.VOLUME])
    return Section(
        "outlook",
        "Outlook",
        ("Between low and high lie 90 % of what is expected. The error is how far such forecasts "
         "of the same series were off; no forecast reaches further than was tried three times.",),
        (),
        (chart,),
        (_forecasts(reading, found), _limits(reading, room)),
    )  # fmt: skip


def _forecast(reading: Reading, subject: Subject) -> Forecast:
    window = reading.span.window
    rivals = reading.judged.capacity.rivals
    return forecast_of(
        reading.cells, subject, window.until, AHEAD, window.application, rivals=rivals
    )


def _forecasts(reading: Reading, found: dict[Subject, Forecast]) -> Table:
    rows = tuple(
        Row((_TITLES[subject], *_expected(subject, each), each.reason), reading.span.link(_PATH))
        for subject, each in found.items()
    )
    titles = ("What", "Expected", "Low", "High", "Error", "Rests on")
    return Table("forecasts", "Forecasts", tuple(map(Column, titles)), rows, "")


def _expected(subject: Subject, found: Forecast) -> tuple[str, str, str, str]:
    if found.answer is Answer.TOO_LITTLE:
        return ("too little data", "", "", "")
    unit = found.unit
    error = _error(found)
    if subject in {Subject.VOLUME, Subject.COST}:
        values = (found.total, found.sums_low[-1], found.sums_high[-1])
    else:
        values = (found.values[-1], found.low[-1], found.high[-1])
    middle, low, high = (amount(_rounded(each, unit), unit) for each in values)
    when = "in" if subject in {Subject.VOLUME, Subject.COST} else "after"
    return f"{middle} {when} {lasting(found.reach)}", low, high, error


def _error(found: Forecast) -> str:
    if found.error is None:
        return "not measured"
    each = "an hour" if found.by == "hour" else "a day"
    said = f"{amount(_rounded(found.error.mae, found.unit), found.unit)} {each}"
    if not found.error.naive:
        return said
    gain = 1 - found.error.mae / found.error.naive
    less = f"{percent(gain)} less than" if gain >= _NOTABLE else "as"
    return f"{said}, {less} repeating {found.repeated}"


def _rounded(value: float, unit: str) -> float:
    return float(round(value)) if unit == "1" else value


def _limits(reading: Reading, room: Capacity) -> Table:
    rows = tuple(
        Row(
            (
                resource_name(each.resource),
                amount(each.value, each.unit),
                amount(each.limit, each.unit),
                _when(each),
                each.reason,
            ),
            reading.span.link(_PATH),
        )
        for each in room.limits
    )
    titles = ("Resource", "Now", "Limit", "Reached", "Why")
    return Table("capacity", "Capacity", tuple(map(Column, titles)), rows, "")


def _when(each: Limit) -> str:
    if each.days is None:
        return each.reach.value.replace("_", " ")
    latest = "" if each.latest is None else f" to {each.latest:.0f}"
    return f"in {each.soonest or 0:.0f}{latest} d" if each.days else "now"


def _chart(reading: Reading, found: Forecast) -> LineChart:
    history = history_of(
        reading.cells,
        Subject.VOLUME,
        reading.span.window.until,
        found.by,
        reading.span.window.application,
    )
    past, steps = _past(history)
    ahead = len(found.values)
    begin = history.until - history.step * steps
    at = [begin + history.step * place for place in range(steps)] + list(found.at)
    nothing = (None,) * steps
    unit = "question an hour" if found.by == "hour" else "question a day"
    says = found.reason
    if found.answer is not Answer.TOO_LITTLE:
        total = amount(round(found.total), "1")
        says = f"{total} questions expected in {lasting(found.reach)}; {found.reason}"
    return LineChart(
        "forecast",
        f"{unit.replace('question', 'Questions')}: measured, and expected",
        "1",
        tuple(reading.span.local(each) for each in at),
        (
            Line("measured", past + (None,) * ahead),
            Line("expected", (*nothing, *found.values)),
        ),
        says,
        reading.span.link(_PATH),
        band=Band((*nothing, *found.low), (*nothing, *found.high)),
    )


def _past(history: History) -> tuple[tuple[float | None, ...], int]:
    steps = min(history.values.size, int(_SHOWN / history.step) if history.step < _SHOWN else 1)
    values = history.values[history.values.size - steps :]
    return tuple(None if np.isnan(each) else float(each) for each in values), steps
