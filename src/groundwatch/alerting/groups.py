"""One group of alerts on one route, and what there is to say of it at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from groundwatch.alerting.deciding import Decision, Seen, Told, decide
from groundwatch.alerting.muting import Mute, Quiet
from groundwatch.alerting.routing import Route, Timers
from groundwatch.domain.alerts import Alert, Incident, rank, worst
from groundwatch.domain.status import Severity

_NEVER = timedelta(days=36_500)


@dataclass(slots=True)
class Group:
    """A group while its incident is not over.

    Attributes:
        members: what is told of each alert (nothing, `firing`, `resolved`), by fingerprint.
        joined: since when each belongs to it.
        muted: what was last noted as muting it.
    """

    incident: Incident
    route: Route
    members: dict[str, str] = field(default_factory=dict)
    joined: dict[str, datetime] = field(default_factory=dict)
    muted: str = ""

    def told(self) -> Told:
        """What the receiver knows."""
        by_state: dict[str, list[str]] = {"": [], "firing": [], "resolved": []}
        for fingerprint, told in self.members.items():
            by_state[told].append(fingerprint)
        return Told(
            frozenset(by_state["firing"]), frozenset(by_state["resolved"]), self.incident.told_at
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What a group looks like at a moment.

    Attributes:
        shown: firing alerts that may be told.
        over: alerts that have ended.
        mutes: why others may not be told.
        severity: the worst of what is shown; None when nothing is.
    """

    decision: Decision
    shown: tuple[Alert, ...]
    over: tuple[Alert, ...]
    mutes: Mapping[str, tuple[Mute, ...]]
    severity: Severity | None


def look(
    group: Group,
    alerts: Mapping[str, Alert],
    quiet: Quiet,
    now: datetime,
    *,
    send_resolved: bool = True,
) -> Look:
    """See who fires, who is muted and who is over, and decide whether that is told.

    While a person has snoozed the incident, only what is worse than was told is shown.
    """
    shown, over = [], []
    mutes: dict[str, tuple[Mute, ...]] = {}
    snoozed = group.incident.snoozed_until is not None and group.incident.snoozed_until > now
    for fingerprint in group.members:
        alert = alerts.get(fingerprint)
        if alert is None:
            continue
        if not alert.fires(now):
            over.append(alert)
        elif found := quiet.mutes(group.route, alert.labels):
            mutes[fingerprint] = found
        elif snoozed and rank(alert.severity) <= rank(group.incident.told_severity):
            mutes[fingerprint] = ()
        else:
            shown.append(alert)
    severity = worst(alert.severity for alert in shown)
    seen = Seen(
        firing=frozenset(alert.fingerprint for alert in shown),
        muted=frozenset(mutes),
        resolved=frozenset(alert.fingerprint for alert in over),
        raises=rank(severity) > rank(group.incident.told_severity),
    )
    decision = decide(
        group.told(), seen, now, group.route.timers.repeat, send_resolved=send_resolved
    )
    return Look(decision, tuple(shown), tuple(over), mutes, severity)


def first_due(route: Route, alert: Alert, now: datetime) -> datetime:
    """When a new group is looked at first: at once when the alert is older than the wait."""
    is_old = alert.starts_at + route.timers.wait < now
    return now if is_old else now + route.timers.wait


def next_due(route: Route, due: datetime, now: datetime) -> datetime:
    """The next look: on the group's own beat, unless that has been missed."""
    following = due + route.timers.interval
    return (
        following
        if now < following <= now + route.timers.interval
        else (now + route.timers.interval)
    )


def retired(incident: Incident, timers: Timers) -> Route:
    """Stands for a route that is gone: it takes nothing new and tells only the end."""
    return Route(
        id=incident.route,
        receiver=incident.receiver,
        matchers=(),
        group_by=(),
        timers=replace(timers, repeat=_NEVER),
        goes_on=False,
        muted_in=(),
        active_in=(),
        escalation=incident.escalation,
    )
