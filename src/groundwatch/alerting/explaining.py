"""What would happen to an alert, stage by stage, without anything happening."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from groundwatch.alerting.automatic import Candidate
from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.durations import written
from groundwatch.alerting.muting import Quiet
from groundwatch.alerting.plan import Plan
from groundwatch.alerting.quieting import quiet_now
from groundwatch.alerting.room import restore
from groundwatch.alerting.routing import Route, group_key
from groundwatch.domain.alerts import fingerprint, severity_of
from groundwatch.store.alerts import posted


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage says.

    Attributes:
        name: `identity`, `route`, `group`, `inhibition`, `time`, `silence`, `automatic`, `notice`.
        verdict: short: `passes`, `held`, `muted`, or what was found.
        why: the reason in words.
    """

    name: str
    verdict: str
    why: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The way of an alert on one of its routes."""

    route: str
    receiver: str
    channels: tuple[str, ...]
    stages: tuple[Stage, ...]


def explain(c: Connection, plan: Plan, labels: Mapping[str, str], now: datetime) -> list[Explained]:
    """Follow a label set as if it fired now; one answer for each route it reaches."""
    room = restore(c, plan, now)
    firing = posted.firing(c, now)
    quiet = quiet_now(c, plan, firing, now)
    found = []
    for route in plan.root.reached(labels):
        group = room.groups.get(group_key(route, labels))
        known = group is not None and fingerprint(labels) in group.members
        stages = [
            Stage("identity", fingerprint(labels), _written(labels)),
            Stage("route", route.receiver, _path(plan.root, route)),
            _group_stage(route, labels, known=known, has_incident=group is not None),
            *_mute_stages(quiet, route, labels),
        ]
        is_muted = any(stage.verdict == "muted" for stage in stages)
        name = labels.get("alertname", "")
        reason = Reason.FIRST
        told = None
        if group is not None and group.incident.told_at is not None:
            reason, told = Reason.NEW_ALERTS, group.incident.told_severity
        candidate = Candidate(reason, severity_of(labels), told, is_first=reason is Reason.FIRST)
        held = plan.automatic.holds(candidate, room.recent(route.receiver, name, now), now)
        verdict = "held" if held else "passes"
        why = f"{held.step}, until {held.until:%Y-%m-%d %H:%M:%S} UTC" if held else "no step holds"
        stages.append(Stage("automatic", verdict, why))
        stages.append(_notice_stage(route, reason, is_muted=is_muted, is_held=held is not None))
        receiver = plan.receivers.get(route.receiver)
        channels = receiver.channels if receiver else ()
        found.append(Explained(route.id, route.receiver, channels, tuple(stages)))
    return found


def _group_stage(
    route: Route, labels: Mapping[str, str], *, known: bool, has_incident: bool
) -> Stage:
    group = _written(route.group(labels)) or "one group for all"
    if known:
        why = "the alert is in an open incident already"
    elif has_incident:
        why = f"joins an open incident; told within {written(route.timers.interval)}"
    else:
        why = f"opens an incident; told after {written(route.timers.wait)}"
    return Stage("group", group, why)


def _mute_stages(quiet: Quiet, route: Route, labels: Mapping[str, str]) -> list[Stage]:
    mutes = quiet.mutes(route, labels)
    found = []
    for name, causes in (
        ("inhibition", {"inhibited"}),
        ("time", {"mute time", "outside active time"}),
        ("silence", {"silenced"}),
    ):
        own = [str(mute) for mute in mutes if str(mute.cause) in causes]
        verdict = "muted" if own else "passes"
        found.append(Stage(name, verdict, "; ".join(own) or "nothing mutes it"))
    return found


def _notice_stage(route: Route, reason: Reason, *, is_muted: bool, is_held: bool) -> Stage:
    if is_muted:
        return Stage("notice", "none", "muted now; it is looked at again at every interval")
    if is_held:
        return Stage("notice", "later", "told when the step lets it go, unless it is over by then")
    repeat = written(route.timers.repeat)
    return Stage("notice", str(reason), f"repeated every {repeat} while it fires")


def _path(root: Route, wanted: Route) -> str:
    """The conditions on the way from the root."""

    def way(node: Route) -> list[Route] | None:
        if node is wanted:
            return [node]
        for child in node.children:
            if (rest := way(child)) is not None:
                return [node, *rest]
        return None

    steps = way(root) or [wanted]
    said = (", ".join(str(each) for each in node.matchers) for node in steps)
    return " -> ".join(each or "everything" for each in said)


def _written(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()) if value)
