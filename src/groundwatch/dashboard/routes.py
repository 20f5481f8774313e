"""The Routes page: the tree of who is told of what, and a tester that says why."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from groundwatch.alerting.desk import Desk, Seen
from groundwatch.alerting.durations import written
from groundwatch.alerting.explaining import Explained
from groundwatch.alerting.plan import Plan
from groundwatch.alerting.routing import Route
from groundwatch.dashboard import places
from groundwatch.dashboard.alert_actions import labels_of
from groundwatch.dashboard.alert_tabs import tabs
from groundwatch.dashboard.formatting import plural
from groundwatch.dashboard.frame import html
from groundwatch.dashboard.panels import Panels
from groundwatch.dashboard.templating import render
from groundwatch.dashboard.visitor import Visitor
from groundwatch.dashboard.watched import Asked, View
from groundwatch.errors import InvalidInput

PARAMETERS = ("labels",)
_EXAMPLES = 5
_MOST = 200
_ALWAYS = "alertname=high_latency severity=critical"


@dataclass(frozen=True, slots=True)
class Node:
    """A route as it is drawn.

    Attributes:
        channels: of its receiver.
        steps: of its escalation, in words.
        quiet: time intervals that keep it quiet now.
        open: incidents of it that are not over.
        is_passed: whether the alert that is tried passes it; `is_reached` where it ends there.
    """

    route: Route
    channels: tuple[str, ...]
    steps: tuple[str, ...]
    quiet: tuple[str, ...]
    open: int
    children: "tuple[Node, ...]"
    is_passed: bool = False
    is_reached: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    root: Node
    plan: Plan
    incidents: int
    examples: tuple[str, ...]
    explained: tuple[Explained, ...] = ()
    written: str = ""
    problem: str = ""
    refused: tuple[str, ...] = ()


def view(desk: Desk | None, _: Visitor) -> View[_Read | None]:
    """The page, over a desk; None where nothing is alerted."""
    return View(
        places.ROUTES,
        lambda asked: None if desk is None else _read(desk, asked),
        _build,
        parameters=PARAMETERS,
        head=frozenset(),
    )


def _read(desk: Desk, asked: Asked) -> _Read:
    given = dict(asked.selection.more).get("labels", "")
    plan, found = desk.plan(), desk.page(limit=_MOST, resolved=False)
    open_ = Counter(each.route for each in found)
    read = _Read(
        _node(plan.root, plan, open_, desk.quiet_routes()),
        plan,
        len(found),
        tuple(_examples(desk.seen(_EXAMPLES))),
        written=given,
        refused=desk.policy.problems(),
    )
    if not given:
        return read
    try:
        explained = tuple(desk.explain(labels_of(given)))
    except InvalidInput as error:
        return replace(read, problem=str(error))
    reached = frozenset(each.route for each in explained)
    return replace(read, explained=explained, root=_marked(read.root, reached))


def _examples(seen: list[Seen]) -> Iterator[str]:
    """Label sets that fire now, to try with a click."""
    for each in seen:
        labels = {name: text for name, text in each.alert.labels.items() if " " not in text}
        yield " ".join(f"{name}={text}" for name, text in labels.items())
    if not seen:
        yield _ALWAYS


def _node(route: Route, plan: Plan, open_: Counter[str], quiet: dict[str, tuple[str, ...]]) -> Node:
    receiver = plan.receivers.get(route.receiver)
    policy = plan.escalations.policies.get(route.escalation)
    steps = policy.steps if policy else ()
    return Node(
        route,
        receiver.channels if receiver else (),
        tuple(f"{', '.join(each.notify)} after {written(each.after)}" for each in steps),
        quiet.get(route.id, ()),
        open_[route.id],
        tuple(_node(child, plan, open_, quiet) for child in route.children),
    )


def _marked(node: Node, reached: frozenset[str]) -> Node:
    children = tuple(_marked(child, reached) for child in node.children)
    is_reached = node.route.id in reached
    is_passed = is_reached or any(child.is_passed for child in children)
    return replace(node, children=children, is_reached=is_reached, is_passed=is_passed)


def _build(_: Panels) -> Callable[[_Read | None, Asked], None]:
    place = html()

    def update(read: _Read | None, asked: Asked) -> None:
        query = asked.selection.query
        values: dict[str, object] = {
            "tabs": tabs(asked, "routes"),
            "read": read,
            "verdict": "" if read is None else verdict(read),
            "kept": [(n, v) for n, v in (("app", asked.selection.application),) if v],
            "link": lambda labels: f"{places.ROUTES.path}{query({'labels': labels})}",
            "span": written,
            "marks": _MARKS,
        }
        content = render("watch/routes.html", values)
        if place.content != content:
            place.set_content(content)

    return update


_MARKS = {"passes": "better", "muted": "worse", "held": "neutral", "none": "worse"}
"""How the verdict of a stage looks."""


def verdict(read: _Read) -> str:
    """What the tree is, in one line."""
    routes = plural(sum(1 for _ in read.plan.root.walk()), "route")
    leads = "leads" if routes.startswith("1\u202f") or routes == "1 route" else "lead"
    receivers = plural(len(read.plan.receivers), "receiver")
    channels = plural(len(read.plan.channels), "channel")
    incidents = plural(read.incidents, "incident is", "incidents are")
    return f"{routes} {leads} to {receivers} and {channels}; {incidents} open."
