"""The Alerts page: incidents, what they are, who has them in hand; rules, routes and silences."""

from dataclasses import dataclass, replace
from datetime import timedelta

from nicegui import ui

from groundwatch.alerting.desk import Case, Desk, RuleSeen
from groundwatch.alerting.explaining import Explained
from groundwatch.alerting.routing import Route
from groundwatch.anomaly.findings import Finding, by_priority
from groundwatch.dashboard import places
from groundwatch.dashboard.alert_actions import Actions, labels_of
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.severities import look_of
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.visitor import Visitor
from groundwatch.dashboard.watched import Asked, View
from groundwatch.domain.alerts import Incident, Silence, rank
from groundwatch.domain.events import Event
from groundwatch.errors import ConfigInvalid, InvalidInput, NotFound
from groundwatch.store.findings import Wanted

PARAMETERS = ("tab", "id", "incident", "labels", "all")
TABS = ("incidents", "rules", "routes", "silences")
WRITES = "alerts:write"
_MOST = 200
_CAUSES = timedelta(minutes=30)
_CHANGES = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Branch:
    """A route and how deep in the tree it is."""

    route: Route
    depth: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What the chosen tab shows; the rest is empty.

    Attributes:
        causes: anomalies of the same application around the beginning.
        changes: what was reported as changed in the hour before.
        problem: why there is nothing.
    """

    tab: str
    incidents: tuple[Incident, ...] = ()
    case: Case | None = None
    causes: tuple[Finding, ...] = ()
    changes: tuple[Event, ...] = ()
    rules: tuple[RuleSeen, ...] = ()
    branches: tuple[Branch, ...] = ()
    explained: tuple[Explained, ...] = ()
    silences: tuple[Silence, ...] = ()
    id: str = ""
    problem: str = ""


def view(desk: Desk | None, visitor: Visitor) -> View[_Read]:
    """The page for one visitor, over a desk; None where nothing is alerted."""
    return View(
        places.ALERTS,
        lambda asked: _read(desk, asked),
        lambda _: _Page(desk, visitor).update,
        parameters=PARAMETERS,
    )


def _read(desk: Desk | None, asked: Asked) -> _Read:
    given = dict(asked.selection.more)
    tab = given.get("tab", "") if given.get("tab") in TABS else TABS[0]
    if desk is None:
        return _Read(tab, problem="This server alerts nobody.")
    try:
        return _of_tab(desk, asked, tab, given)
    except ConfigInvalid as error:
        return _Read(tab, problem=f"The alerting policy does not fit: {'; '.join(error.problems)}")


def _of_tab(desk: Desk, asked: Asked, tab: str, given: dict[str, str]) -> _Read:
    if id_ := given.get("id") or given.get("incident", ""):
        return _case(desk, asked, id_)
    if tab == "rules":
        return _Read(tab, rules=tuple(sorted(desk.rules(), key=_urgency)))
    if tab == "silences":
        return _Read(tab, silences=tuple(desk.silences()))
    if tab == "routes":
        return _routes(desk, given.get("labels", ""))
    resolved = None if given.get("all") else False
    found = [each for each in desk.page(limit=_MOST, resolved=resolved) if _is_of(each, asked)]
    order = sorted(found, key=lambda x: (x.resolved_at is not None, -rank(x.severity)))
    return _Read(tab, incidents=tuple(order))


def _is_of(incident: Incident, asked: Asked) -> bool:
    chosen = asked.window.application
    return not chosen or incident.labels.get("application", chosen) == chosen


def _urgency(seen: RuleSeen) -> tuple[bool, int, str]:
    return (not any(s.state == "firing" for s in seen.series), -rank(seen.rule.severity),
            seen.rule.name)  # fmt: skip


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


def _routes(desk: Desk, written: str) -> _Read:
    branches = tuple(_branches(desk.plan().root, 0))
    if not written:
        return _Read("routes", branches=branches)
    try:
        explained = tuple(desk.explain(labels_of(written)))
    except InvalidInput as error:
        return _Read("routes", branches=branches, problem=str(error))
    return _Read("routes", branches=branches, explained=explained)


def _branches(route: Route, depth: int) -> list[Branch]:
    found = [Branch(route, depth)]
    for child in route.children:
        found += _branches(child, depth + 1)
    return found


class _Page:
    """Draws a tab, and does what its buttons ask for."""

    def __init__(self, desk: Desk | None, visitor: Visitor) -> None:
        self._notice = html()
        self._place = html()
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
            "tabs": [
                (tab, query({"tab": "" if tab == TABS[0] else tab, "id": "", "incident": "",
                             "labels": ""}) or "?")
                for tab in TABS
            ],
            "now": asked.now,
            "look": look_of,
            "may_act": asked.identity.may(WRITES),
            "link": lambda one: f"/alerts{query({'id': one.id, 'incident': '', 'tab': ''})}",
            "back": f"/alerts{query({'id': '', 'incident': ''})}",
            "written": dict(asked.selection.more).get("labels", ""),
            "is_all": ("all", "1") in asked.selection.more,
            "all_link": query({"all": "" if ("all", "1") in asked.selection.more else "1"}) or "?",
            "rule_link": rule_link,
        }  # fmt: skip
        content = render("watch/alerts.html", values)
        if self._place.content != content:
            self._place.set_content(content)


def rule_link(seen: RuleSeen) -> str:
    """The page that shows the metric of a rule."""
    metric = seen.rule.metric
    for beginning, path in (
        ("quality", "/quality"), ("flagged", "/quality"), ("satisfaction", "/quality"),
        ("cost", "/cost"), ("tokens", "/cost"), ("system", "/health"), ("scoring", "/health"),
        ("intake", "/applications"), ("requests", "/usage"), ("freshness", "/sources"),
    ):  # fmt: skip
        if metric.startswith(beginning):
            return path
    return "/performance"
