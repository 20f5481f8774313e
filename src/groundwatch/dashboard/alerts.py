"""The Alerts page: incidents, what they are, who has them in hand; and what is silenced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from nicegui import ui

from groundwatch.alerting.desk import Case, Desk
from groundwatch.anomaly.findings import Finding, by_priority
from groundwatch.dashboard import places, runbook_pages
from groundwatch.dashboard.alert_actions import Actions
from groundwatch.dashboard.alert_tabs import tabs
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.severities import look_of
from groundwatch.dashboard.silencing import Silences, silences, written
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.visitor import Visitor
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain.alerts import Alert, Happening, Incident, rank
from groundwatch.domain.events import Event
from groundwatch.errors import NotFound
from groundwatch.store.alerts.outbox import Row
from groundwatch.store.findings import Wanted

PARAMETERS = ("tab", "id", "incident", "all", "matchers")
TABS = ("incidents", "silences")
WRITES = "alerts:write"
_MOST = 200
_CAUSES = timedelta(minutes=30)
_CHANGES = timedelta(hours=1)
_GRAPH = timedelta(hours=1)
_PAGES = (
    ("quality", "/quality"), ("flagged", "/quality"), ("feedback", "/quality"),
    ("cost", "/cost"), ("judge", "/cost"), ("tokens", "/cost"), ("input_tokens", "/cost"),
    ("output_tokens", "/cost"), ("system", "/health"), ("scoring", "/health"),
    ("store", "/health"), ("intake", "/applications"), ("requests", "/usage"),
    ("freshness", "/sources"), ("latency", "/performance"), ("errors", "/performance"),
    ("stage", "/performance"), ("declined", "/performance"), ("first_token", "/performance"),
)  # fmt: skip
"""Where metrics are drawn, by the beginning of their names."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What the chosen tab shows; the rest is empty.

    Attributes:
        causes: anomalies of the same application around the beginning.
        changes: what was reported as changed in the hour before.
        refused: why the policy as it stands is not in force.
    """

    tab: str
    incidents: tuple[Incident, ...] = ()
    case: Case | None = None
    causes: tuple[Finding, ...] = ()
    changes: tuple[Event, ...] = ()
    silences: Silences | None = None
    id: str = ""
    refused: tuple[str, ...] = ()
    is_off: bool = False


def view(desk: Desk | None, visitor: Visitor) -> View[_Read]:
    """The page for one visitor, over a desk; None where nothing is alerted."""
    return View(
        places.ALERTS,
        lambda asked: _read(desk, asked),
        lambda _: _Page(desk, visitor).update,
        parameters=PARAMETERS,
        head=frozenset({"application"}),
    )


def _read(desk: Desk | None, asked: Asked) -> _Read:
    given = dict(asked.selection.more)
    tab = given.get("tab", "") if given.get("tab") in TABS else TABS[0]
    if desk is None:
        return _Read(tab, is_off=True)
    return replace(_of_tab(desk, asked, tab, given), refused=desk.policy.problems())


def _of_tab(desk: Desk, asked: Asked, tab: str, given: dict[str, str]) -> _Read:
    if id_ := given.get("id") or given.get("incident", ""):
        return _case(desk, asked, id_)
    if tab == "silences":
        return _Read(tab, silences=silences(desk, given.get("matchers", "")))
    resolved = None if given.get("all") else False
    found = [each for each in desk.page(limit=_MOST, resolved=resolved) if _is_of(each, asked)]
    order = sorted(found, key=lambda x: (x.resolved_at is not None, -rank(x.severity)))
    return _Read(tab, incidents=tuple(order))


def _is_of(incident: Incident, asked: Asked) -> bool:
    chosen = asked.window.application
    return not chosen or incident.labels.get("application", chosen) == chosen


def _case(desk: Desk, asked: Asked, id_: str) -> _Read:
    try:
        case = desk.case(id_)
    except NotFound:
        return _Read(TABS[0], id=id_)
    began = case.incident.opened_at
    application = case.incident.labels.get("application") or next(
        (a.labels["application"] for a in case.alerts if a.labels.get("application")), ""
    )
    causes: list[Finding] = []
    if asked.watch.findings is not None:
        end = (case.incident.resolved_at or asked.now) + timedelta(minutes=1)
        wanted = Wanted(began - _CAUSES, end, application)
        causes = by_priority(x.finding for x in asked.watch.findings.page(wanted, limit=_MOST))
    events = asked.watch.events.events(application or None, began - _CHANGES, began)
    changes = tuple(each for each in events if each.type != "metric")
    return _Read(TABS[0], case=case, causes=tuple(causes[:5]), changes=changes[:5], id=id_)


class _Page:
    """Draws a tab, and does what its buttons ask for."""

    def __init__(self, desk: Desk | None, visitor: Visitor) -> None:
        self._notice = html()
        self._place = html()
        self._acts = html()
        self._rest = html()
        self._last: tuple[_Read, Asked] | None = None
        self._desk = desk
        if desk is not None:
            self._actions = Actions(desk, visitor)
            ui.on("alert-act", self._on_act)

    async def _on_act(self, event: object) -> None:
        problem, done = await self._actions.do(event)
        words = {"text": problem or done, "is_bad": bool(problem)}
        self._notice.set_content(render("watch/alert_notice.html", words))
        if not problem and self._last is not None and self._desk is not None:
            _, asked = self._last
            self.update(_read(self._desk, replace(asked, now=self._desk.now)), asked)

    def update(self, read: _Read, asked: Asked) -> None:
        self._last = (read, asked)
        query = asked.selection.query
        values: dict[str, object] = {
            "read": read,
            "tabs": tabs(asked, read.tab),
            "now": asked.now,
            "look": look_of,
            "may_act": asked.identity.may(WRITES),
            "link": lambda one: f"/alerts{query({'id': one.id, 'incident': '', 'tab': ''})}",
            "back": f"/alerts{query({'id': '', 'incident': ''})}",
            "kept": [(n, v) for n, v in (("app", asked.selection.application),) if v],
            "written": written,
            "again": lambda one: f"/alerts{query({'matchers': written(one)})}",
            "is_all": ("all", "1") in asked.selection.more,
            "all_link": query({"all": "" if ("all", "1") in asked.selection.more else "1"}) or "?",
            "runbook_link": runbook_pages.link_of,
            "graph": lambda alert: graph_of(alert, asked.now),
            "tried": [] if read.case is None else tried(read.case.timeline),
            "told": [] if read.case is None else told_of(read.case),
        }  # fmt: skip
        # Who writes into a form keeps what was written: it is drawn anew only when it changes.
        for place, name in zip((self._place, self._acts, self._rest), _parts(read), strict=True):
            content = render(f"watch/{name}.html", values) if name else ""
            if place.content != content:
                place.set_content(content)


def _parts(read: _Read) -> tuple[str, str, str]:
    """Templates of what stands above, of the form, and of what is below."""
    if read.case is not None:
        return "alerts", "alert_acts", "alert"
    if read.silences is not None:
        return "alerts", "silence_form", "silences"
    return "alerts", "", ""


def graph_of(alert: Alert, now: datetime) -> str:
    """The page that shows what an alert is about, an hour around its beginning; or nothing."""
    metric = alert.annotations.get("metric", "")
    path = next((path for begins, path in _PAGES if metric.startswith(begins)), "")
    if not path:
        return ""
    until = min(now, alert.starts_at + _GRAPH)
    given = {
        "since": f"{alert.starts_at - _GRAPH:%Y-%m-%dT%H:%MZ}",
        "until": f"{until:%Y-%m-%dT%H:%MZ}",
        "app": alert.labels.get("application", ""),
    }
    return f"{path}?{urlencode({name: text for name, text in given.items() if text})}"


def tried(timeline: Sequence[Happening]) -> list[Happening]:
    """What people did and noted, the newest first."""
    return [line for line in reversed(timeline) if line.actor]


def told_of(case: Case) -> list[Row]:
    """The last notice of each channel that was, or is to be, told."""
    last: dict[str, Row] = {}
    for row in sorted(case.notices, key=lambda each: each.id):
        last[row.channel] = row
    return list(last.values())
