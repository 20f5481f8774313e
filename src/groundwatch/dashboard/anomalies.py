"""The Anomalies page: what was unusual, why, and what was changed beside it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from nicegui import ui

from groundwatch.analytics.series import Series
from groundwatch.anomaly.board import counted
from groundwatch.anomaly.book import FindingBook
from groundwatch.anomaly.findings import Finding, by_priority
from groundwatch.anomaly.watcher import Seen
from groundwatch.dashboard import places
from groundwatch.dashboard.bands import Band, banded
from groundwatch.dashboard.charts import Look
from groundwatch.dashboard.formatting import NOTHING, measured
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Content, Panel, Panels
from groundwatch.dashboard.severities import look_of
from groundwatch.dashboard.table import Column, Row, Table, of_series
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain.metrics import BUILT_IN
from groundwatch.errors import NotFound
from groundwatch.store.findings import Wanted

PARAMETERS = ("id", "lasting", "kind")
_MOST = 200
_NAMES = {"application": "app"}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Read:
    """The list, or the one that is open; `is_off` where nothing is looked for."""

    listed: tuple[Finding, ...] = ()
    opened: Seen | None = None
    id: str = ""
    is_off: bool = False


def _read(asked: Asked) -> _Read:
    book = asked.watch.findings
    given = dict(asked.selection.more)
    if book is None:
        return _Read(is_off=True)
    if id_ := given.get("id", ""):
        return _Read(opened=_one(book, id_), id=id_)
    window = asked.window
    wanted = Wanted(
        window.since,
        window.until + _MINUTE,
        window.application or "",
        given.get("kind", ""),
        lasting=True if given.get("lasting") else None,
    )
    found = by_priority(each.finding for each in book.page(wanted, limit=_MOST))
    return _Read(tuple(sorted(found, key=lambda one: one.end is not None)))


def _one(book: FindingBook, id_: str) -> Seen | None:
    try:
        return book.get(id_)
    except NotFound:
        return None


def _build(panels: Panels) -> Callable[[_Read, Asked], None]:
    place = html()
    charted = ui.element("div").classes("cards")
    with charted:
        series = panels.add("series", "Measured and expected", "full", 260)
        moved = panels.add("contributors", "What moved", "half", 0)
        beside = panels.add("changes", "Changed shortly before", "half", 0)
    charted.set_visibility(False)

    def update(read: _Read, asked: Asked) -> None:
        values: dict[str, object] = {
            "read": read,
            "now": asked.now,
            "look": look_of,
            "said": asked.selection.in_words(),
            "figure": figure,
            "usual": usual,
            "link": lambda one: f"/anomalies{asked.selection.query({'id': one.id})}",
            "back": f"/anomalies{asked.selection.query({'id': ''})}",
            "listing": lambda one: listing(one, asked.now),
            "span": _span,
            "only_lasting": ("lasting", "1") in asked.selection.more,
            "toggled": _toggled(asked),
        }
        content = render("watch/anomalies.html", values)
        if place.content != content:
            place.set_content(content)
        charted.set_visibility(read.opened is not None)
        if read.opened is not None:
            _show(read.opened, series, moved, beside)

    return update


def _show(seen: Seen, series: Panel, moved: Panel, beside: Panel) -> None:
    one = seen.finding
    unit = _unit(one.metric)
    at = tuple(each.at for each in seen.band)
    line = Series(
        one.metric, unit, at, tuple(each.value for each in seen.band), tuple(1 for _ in at)
    )
    low = tuple(None if each.low is None else max(0.0, each.low) for each in seen.band)
    band = Band(at, low, tuple(each.high for each in seen.band))
    rows = of_series([line, replace(line, name="expected from", values=low),
                      replace(line, name="to", values=band.high)])  # fmt: skip
    note = "by minute; the area is what is usual at this time" if any(low) else "by minute"
    empty = "" if at else "the minutes around it are not kept"
    options = banded([line], band, Look(unit), one.changes) if at else None
    series.show(Content(rows, options, note, empty))
    moved.show(_moved(one, unit))
    beside.show(_beside(one))


def _moved(one: Finding, unit: str) -> Content:
    columns = (
        Column("Dimension"), Column("Label"),
        Column("Of the change", "ratio", "share of the whole change that it accounts for"),
        Column("Of the traffic", "ratio"), Column("Before", unit), Column("During", unit),
    )  # fmt: skip
    rows = tuple(
        Row((c.dimension, c.label, min(c.share, 1.0), c.weight_share, c.before, c.during))
        for c in one.contributors
    )
    split = next((name for name in one.labels if name != "application"), "")
    empty = (
        f"it is the series of one {split} already"
        if split
        else "no label moved more than its size explains"
    )
    return Content(Table(columns, rows), empty="" if rows else empty)


def _beside(one: Finding) -> Content:
    columns = (Column("At", "moment"), Column("What"), Column("Component"), Column("Message"))
    rows = tuple(Row((e.at, e.type, e.component, e.message)) for e in one.changes)
    return Content(Table(columns, rows), empty="" if rows else "no change was reported")


def listing(one: Finding, now: datetime) -> str:
    """The interactions of the stretch."""
    given = {_NAMES.get(name, name): value for name, value in one.interactions.items()}
    given |= {"since": _minute(one.start), "until": _minute((one.end or now) + _MINUTE)}
    return f"/interactions?{urlencode(given)}"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def figure(value: float, metric: str) -> str:
    """A value of a metric: scores as scores, what is next to nothing as 0."""
    unit = _unit(metric)
    told = measured(value, unit)
    return "0" if told == "0.00" and unit == "1" else told


def _unit(metric: str) -> str:
    if metric.startswith("quality."):
        return "score"
    known = BUILT_IN.get(metric)
    return "1" if known is None or counted(metric) else known.unit


def usual(one: Finding) -> str:
    """What is expected, as a range or as the one value that it comes to."""
    if one.expected is None:
        return NOTHING
    low, high = (figure(each, one.metric) for each in one.expected)
    return low if low == high else f"{low} to {high}"


def _span(one: Finding, now: datetime) -> float:
    return max(60.0, ((one.end or now) - one.start).total_seconds())


def _toggled(asked: Asked) -> str:
    is_on = ("lasting", "1") in asked.selection.more
    return f"/anomalies{asked.selection.query({'lasting': '' if is_on else '1', 'id': ''})}"


VIEW = View(
    places.ANOMALIES,
    _read,
    _build,
    parameters=PARAMETERS,
    head=frozenset({"application", "span"}),
)
