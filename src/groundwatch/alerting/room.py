"""Everything the engine keeps in mind; all of it can be read again from the store."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from groundwatch.alerting.automatic import Recent
from groundwatch.alerting.escalating import Escalations
from groundwatch.alerting.groups import Group, retired
from groundwatch.alerting.inhibiting import Inhibition
from groundwatch.alerting.matchers import matches
from groundwatch.alerting.plan import Plan
from groundwatch.domain.alerts import Alert, Incident, rank
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import incidents, posted

_REMEMBERED = timedelta(hours=2)


@dataclass(slots=True)
class Room:
    """Alerts that fire or belong to a group, groups by key, digests by id.

    Attributes:
        sources: alerts that can inhibit others.
        told: when incidents were first told: receiver, alert name, severity, moment.
        opened: when incidents of a group were opened or fired again, by key.
    """

    alerts: dict[str, Alert] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    digests: dict[str, Incident] = field(default_factory=dict)
    sources: dict[str, Alert] = field(default_factory=dict)
    told: list[tuple[str, str, Severity, datetime]] = field(default_factory=list)
    low: dict[str, list[datetime]] = field(default_factory=dict)
    opened: dict[str, list[datetime]] = field(default_factory=dict)

    def take(self, alert: Alert, rules: Iterable[Inhibition]) -> None:
        """Keep the newest word on an alert."""
        self.alerts[alert.fingerprint] = alert
        self.sources.pop(alert.fingerprint, None)
        if any(matches(rule.source, alert.labels) for rule in rules):
            self.sources[alert.fingerprint] = alert

    def drop(self, fingerprints: Iterable[str]) -> None:
        """Forget alerts that belong to no group any more."""
        used = {name for group in self.groups.values() for name in group.members}
        for fingerprint in fingerprints:
            if fingerprint not in used:
                self.alerts.pop(fingerprint, None)
                self.sources.pop(fingerprint, None)

    def recent(self, receiver: str, name: str, now: datetime) -> Recent:
        """What a receiver was told lately."""
        self.told = [entry for entry in self.told if now - _REMEMBERED < entry[3]]
        own = [entry for entry in self.told if entry[0] == receiver]
        similar = [entry[3] for entry in own if entry[1] == name]
        low = [at for at in self.low.get(receiver, []) if now - _REMEMBERED < at]
        return Recent(
            similar_at=max(similar, default=None),
            low=tuple(sorted(low)),
            new=tuple(sorted(entry[3] for entry in own)),
        )

    def note_told(
        self, receiver: str, name: str, severity: Severity, now: datetime, *, is_first: bool
    ) -> None:
        """Remember that a receiver was told of an incident."""
        if is_first:
            self.told.append((receiver, name, severity, now))
        if rank(severity) <= rank(Severity.LOW):
            self.low.setdefault(receiver, []).append(now)

    def note_opened(self, key: str, now: datetime) -> None:
        """Remember that a group fires, anew or again."""
        times = self.opened.setdefault(key, [])
        times[:] = [*[at for at in times if now - _REMEMBERED < at][-99:], now]


def restore(c: Connection, plan: Plan, now: datetime) -> Room:
    """Read everything from the store."""
    room = Room()
    routes = {route.id: route for route in plan.root.walk()}
    by_id: dict[str, Group] = {}
    for found in incidents.unresolved(c):
        incident = with_step_near(found, plan.escalations, now)
        if incident.kind == "digest":
            room.digests[incident.id] = incident
            continue
        route = routes.get(incident.route)
        if route is None or route.receiver != incident.receiver:
            route = retired(incident, plan.root.timers)
        group = Group(_within_reach(incident, route.timers.interval, now), route)
        room.groups[incident.key] = by_id[incident.id] = group
    for incident_id, fingerprint, told, joined_at in incidents.members(c, by_id):
        by_id[incident_id].members[fingerprint] = told
        by_id[incident_id].joined[fingerprint] = joined_at
    needed = {name for group in by_id.values() for name in group.members}
    for alert in (*posted.firing(c, now), *posted.find(c, needed).values()):
        room.take(alert, plan.inhibitions)
    for incident in incidents.lately(c, now - _REMEMBERED):
        room.opened.setdefault(incident.key, []).append(incident.opened_at)
        if incident.told_at and incident.kind == "group" and not incident.digest:
            severity = incident.told_severity or Severity.MEDIUM
            name = incident.labels.get("alertname", "")
            room.note_told(incident.receiver, name, severity, incident.told_at, is_first=True)
    return room


def with_step_near(incident: Incident, steps: Escalations, now: datetime) -> Incident:
    """Its next escalation step is never further away than the step waits: clocks are set back."""
    if incident.escalate_at is None:
        return incident
    latest = now + steps.wait(incident.escalation, incident.step)
    return replace(incident, escalate_at=min(incident.escalate_at, latest))


def _within_reach(incident: Incident, interval: timedelta, now: datetime) -> Incident:
    """A due time that a clock set back has carried far away is brought near again."""
    if incident.due_at is None or (
        incident.due_at > now + max(interval, timedelta(hours=1)) and incident.held_until is None
    ):
        return replace(incident, due_at=now + interval)
    return incident
