"""The Reports page: what can be read, what is mailed to whom; and the page of one report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from groundwatch.dashboard import places
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Panels
from groundwatch.dashboard.report_parts import Sections
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.watched import Asked, Choices, View
from groundwatch.reports.desk import Listed, ReportDesk, Scheduled
from groundwatch.reports.report import Report
from groundwatch.reports.schedule import Run, State
from groundwatch.reports.spans import Kind

SECONDS = 60.0
"""Between two makings of what is open: scores and corrections come late."""
TITLES = {
    Kind.DAILY: "Daily report",
    Kind.WEEKLY: "Weekly report",
    Kind.EXECUTIVE: "Executive report",
}
_ABOUTS = {
    Kind.DAILY: "a day in the team's hands",
    Kind.WEEKLY: "Monday to Sunday, with trends",
    Kind.EXECUTIVE: "for those who decide",
}
_STEPS = {
    Kind.DAILY: timedelta(days=1),
    Kind.WEEKLY: timedelta(days=7),
    Kind.EXECUTIVE: timedelta(days=7),
}
_LOOKS = {
    State.BEGUN: "unknown",
    State.SENDING: "unknown",
    State.SENT: "healthy",
    State.FAILED: "warning",
    State.UNCERTAIN: "warning",
    State.GIVEN_UP: "critical",
}
_SENT = {
    State.BEGUN: "not sent: sending began later",
    State.SENDING: "being sent",
    State.SENT: "sent",
    State.FAILED: "failed, tried again",
    State.UNCERTAIN: "may have arrived",
    State.GIVEN_UP: "given up",
}
_KINDS = Choices(
    "kind", (("all", "All"), *((each.value, each.value.capitalize()) for each in Kind))
)
_FILES = ("PDF", "HTML", "CSV", "JSON")


@dataclass(frozen=True, slots=True)
class _Read:
    """None where no report is made here."""

    listed: tuple[Listed, ...]
    plans: tuple[Scheduled, ...]
    today: date


def listing(desk: ReportDesk | None) -> View[_Read | None]:
    """The page of all reports."""
    return View(
        places.REPORTS,
        lambda asked: _list(desk, asked),
        lambda _: _build_list(desk),
        parameters=("kind",),
        head=frozenset({"application"}),
        seconds=SECONDS,
    )


def one(desk: ReportDesk | None, kind: str, day: str) -> View[Report | None] | None:
    """The page of one report; None where the two name none."""
    try:
        known, at = Kind(kind), date.fromisoformat(day)
    except ValueError:
        return None
    return View(
        places.REPORTS,
        lambda asked: _make(desk, known, at, asked),
        lambda panels: _build_one(panels, known, at),
        own=lambda _: f"{kind}/{day}",
        head=frozenset({"application"}),
        seconds=SECONDS,
    )


def made_of(make: str, day: str, application: str) -> str:
    """Where a form leads: the page of the report it asks for; empty for what is none."""
    try:
        return open_link(Kind(make), date.fromisoformat(day), application)
    except ValueError:
        return ""


def open_link(kind: Kind, day: date, application: str = "") -> str:
    """The page of a report."""
    return f"/reports/{kind}/{day}{_query({'app': application})}"


def file_link(kind: Kind, day: date, name: str, application: str = "") -> str:
    """A report as a file."""
    given = {"format": name.lower(), "application": application}
    return f"/v1/reports/{kind}/{day}{_query(given)}"


def _query(given: Mapping[str, str]) -> str:
    told = {name: value for name, value in given.items() if value}
    return f"?{urlencode(told)}" if told else ""


def _list(desk: ReportDesk | None, asked: Asked) -> _Read | None:
    if desk is None:
        return None
    return _Read(
        tuple(desk.listed()),
        tuple(desk.schedules()),
        asked.now.astimezone(desk.settings.zone).date(),
    )


def _make(desk: ReportDesk | None, kind: Kind, day: date, asked: Asked) -> Report | None:
    if desk is None:
        return None
    return desk.through(asked.source).make(kind, day, asked.selection.application)


def _build_list(desk: ReportDesk | None) -> Callable[[_Read | None, Asked], None]:
    place = html()

    def update(read: _Read | None, asked: Asked) -> None:
        if read is None or desk is None:
            place.set_content('<p class="nothing">This server makes no reports.</p>')
            return
        kind, application = _KINDS.chosen(asked.selection), asked.selection.application
        values: dict[str, object] = {
            "plans": read.plans,
            "is_mailed": any(each.next_at for each in read.plans),
            "listed": [each for each in read.listed if kind in {"all", each.kind}],
            "kinds": _KINDS.links(asked.selection),
            "chosen": kind,
            "titles": TITLES,
            "abouts": _ABOUTS,
            "looks": _LOOKS,
            "zone": desk.settings.timezone,
            "today": read.today,
            "yesterday": read.today - timedelta(days=1),
            "application": application,
            "sent": _sent,
            "open": lambda kind, day: open_link(kind, day, application),
            "file": lambda kind, day, name: file_link(kind, day, name, application),
        }
        content = render("watch/reports.html", values)
        if place.content != content:
            place.set_content(content)

    return update


def _sent(run: Run) -> str:
    return _SENT[run.state]


def _build_one(panels: Panels, kind: Kind, day: date) -> Callable[[Report | None, Asked], None]:
    place = html()
    sections = Sections(panels)

    def update(made: Report | None, asked: Asked) -> None:
        if made is None:
            place.set_content('<p class="nothing">This server makes no reports.</p>')
            return
        application = asked.selection.application
        values: dict[str, object] = {
            "made": made,
            "back": f"/reports{_query({'app': application})}",
            "earlier": open_link(kind, made.span.date - _STEPS[kind], application),
            "later": _later(made, asked, application),
            "files": [(name, file_link(kind, day, name, application)) for name in _FILES],
        }
        content = render("watch/report_head.html", values)
        if place.content != content:
            place.set_content(content)
        sections.show(made, made.sections)

    return update


def _later(made: Report, asked: Asked, application: str) -> str:
    day = made.span.date + _STEPS[made.span.kind]
    if day > asked.now.astimezone(made.span.zone).date():
        return ""
    return open_link(made.span.kind, day, application)
