"""One turn of the engine over its groups: tells, holds back, lets go, ends."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from groundwatch.alerting.automatic import Candidate, Held
from groundwatch.alerting.changes import Changes
from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.escalating import Next
from groundwatch.alerting.groups import Group, Look, look, next_due
from groundwatch.alerting.muting import Quiet
from groundwatch.alerting.outgoing import Outgoing
from groundwatch.alerting.plan import Plan
from groundwatch.alerting.room import Room
from groundwatch.domain.alerts import Alert, Incident, rank, worst
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import outbox

FLAPPING = "flapping"
_TRANSITIONS = {
    Reason.FIRST: "firing",
    Reason.NEW_ALERTS: "update",
    Reason.SEVERITY: "update",
    Reason.NEW_RESOLVED: "update",
    Reason.REPEAT: "repeat",
    Reason.ALL_RESOLVED: "resolved",
}


@dataclass(slots=True)
class Turn:
    """What is decided at one moment.

    Attributes:
        left: muted alerts whose incident ended without them.
        waiting: groups whose first notice has waited its time, by receiver.
    """

    c: Connection
    plan: Plan
    room: Room
    quiet: Quiet
    now: datetime
    changes: Changes
    out: Outgoing
    left: list[Alert] = field(default_factory=list)
    waiting: dict[str, list[tuple[Group, Look]]] = field(default_factory=dict)
    deferred: set[str] = field(default_factory=set)

    def look_at(self, group: Group) -> None:
        """Decide on a group that is due."""
        incident = group.incident
        group.incident = replace(
            incident, due_at=next_due(group.route, incident.due_at or self.now, self.now)
        )
        seen = look(
            group, self.room.alerts, self.quiet, self.now,
            send_resolved=self._wants_ends(incident.receiver),
        )  # fmt: skip
        self._note_mutes(group, seen)
        if incident.held_reason == FLAPPING and seen.shown:
            self.room.note_opened(incident.key, self.now)
            self._release(group, "fires again")
        if seen.decision.ends and self._kept_open(group):
            return
        if seen.decision.send:
            self._tell_or_hold(group, seen)
        elif incident.held_until and not seen.shown:
            self._release(group, "over before it was told")
        self.part(group, seen)

    def tell(self, group: Group, seen: Look) -> None:
        """Queue what was decided, and note what the receiver knows."""
        incident, reason = group.incident, seen.decision.reason
        note = ""
        if incident.held_until:
            note = f"held back since {incident.held_since:%H:%M:%S}: {incident.held_reason}"
        is_first = reason is Reason.FIRST
        alerts = (*seen.shown, *(a for a in seen.over if self._knows(group, a)))
        if reason is Reason.ALL_RESOLVED and not self._wants_ends(incident.receiver):
            outbox.close(self.c, incident.id, self.now)
        else:
            self.out.send(incident, _TRANSITIONS[reason], reason, alerts, note)
        if reason is Reason.ALL_RESOLVED:
            outbox.close(self.c, incident.id, self.now)
        severity = worst(s for s in (seen.severity, incident.told_severity) if s)
        if seen.severity:
            self.room.note_told(
                incident.receiver, self._name(group), seen.severity, self.now, is_first=is_first
            )
        self.learn(group, seen, severity)
        if is_first and incident.escalate_at is None and not incident.acknowledged(self.now):
            group.incident = armed(group.incident, self.begin(group.route.escalation))
        self.changes.put(group.incident)

    def learn(self, group: Group, seen: Look, severity: Severity | None) -> None:
        """Note what the receiver knows from now on."""
        group.incident = replace(
            group.incident,
            told_at=self.now,
            told_severity=severity,
            held_since=None,
            held_until=None,
            held_reason="",
            held_severity=None,
        )
        for fingerprint, before in list(group.members.items()):
            told = seen.decision.told
            after = "firing" if fingerprint in told.firing else ""
            after = "resolved" if fingerprint in told.resolved else after
            if after != before:
                group.members[fingerprint] = after
                self.changes.member(group, fingerprint)

    def part(self, group: Group, seen: Look) -> None:
        """Let go of alerts that are over, and end the incident with the last of them."""
        if group.incident.id in self.deferred:
            return
        for alert in seen.over:
            if group.members.pop(alert.fingerprint, None) is not None:
                self.changes.member(group, alert.fingerprint, gone=True, told=seen)
                self.changes.over.append(alert.fingerprint)
        if seen.decision.ends or not group.members:
            self._end(group, seen)
        else:
            self.changes.put(group.incident)

    def begin(self, policy: str) -> Next | None:
        """What an escalation begins with; None without one."""
        return self.plan.escalations.begin(policy, self.now) if policy else None

    def _tell_or_hold(self, group: Group, seen: Look) -> None:
        incident, reason = group.incident, seen.decision.reason
        if reason is Reason.REPEAT and incident.acknowledged(self.now):
            return
        held = self._held(group, seen)
        if held is None and incident.held_until and reason is Reason.FIRST:
            may_join = rank(seen.severity) <= rank(incident.held_severity)
            if may_join and incident.held_until <= self.now:
                self.waiting.setdefault(incident.receiver, []).append((group, seen))
                self.deferred.add(incident.id)
                return
        if held is None:
            self.tell(group, seen)
            return
        if incident.held_until is None:
            text = f"held back until {held.until:%Y-%m-%d %H:%M:%S}: {held.step}"
            self.changes.note(incident.id, "held", text)
        group.incident = replace(
            incident,
            held_since=incident.held_since or self.now,
            held_until=incident.held_until or held.until,
            held_reason=incident.held_reason or str(held.step),
            held_severity=seen.severity,
            due_at=min(incident.held_until or held.until, group.incident.due_at or held.until),
        )
        self.changes.put(group.incident)

    def _held(self, group: Group, seen: Look) -> Held | None:
        """Whether a notice waits; what has waited its time does not wait again."""
        incident = group.incident
        candidate = Candidate(
            reason=seen.decision.reason,
            severity=seen.severity or incident.severity,
            told_severity=worst(
                each for each in (incident.told_severity, incident.held_severity) if each
            ),
            is_first=seen.decision.reason is Reason.FIRST,
        )
        recent = self.room.recent(incident.receiver, self._name(group), self.now)
        held = self.plan.automatic.holds(candidate, recent, self.now)
        if incident.held_until is None:
            return held
        return held if held and incident.held_until > self.now else None

    def _kept_open(self, group: Group) -> bool:
        """Whether the end of a flapping incident waits."""
        incident = group.incident
        if incident.held_reason == FLAPPING:
            if incident.held_until and incident.held_until > self.now:
                self.changes.put(self._looked_again(incident, incident.held_until), group)
                return True
            return False
        until = self.plan.automatic.flapping(self.room.opened.get(incident.key, []), self.now)
        if until is None:
            return False
        self.changes.note(incident.id, "held", f"comes and goes; kept open until {until:%H:%M:%S}")
        kept = replace(incident, held_until=until, held_since=self.now, held_reason=FLAPPING)
        kept = self._looked_again(kept, until)
        self.changes.put(kept, group)
        return True

    def _looked_again(self, incident: Incident, until: datetime) -> Incident:
        """What is held is looked at on its beat, and when the time is over."""
        return replace(incident, due_at=min(until, incident.due_at or until))

    def _end(self, group: Group, seen: Look) -> None:
        for fingerprint in list(group.members):
            self.changes.member(group, fingerprint, gone=True)
            self.left.append(self.room.alerts[fingerprint])
        group.members.clear()
        self.changes.note(group.incident.id, "resolved", str(seen.decision.reason))
        ended = replace(group.incident, resolved_at=self.now, due_at=None, escalate_at=None,
                        held_until=None)  # fmt: skip
        self.changes.put(ended, group)
        outbox.cancel(self.c, ended.id, "escalated", self.now, "the incident is over")
        del self.room.groups[ended.key]

    def _release(self, group: Group, why: str) -> None:
        self.changes.note(group.incident.id, "released", why)
        group.incident = replace(
            group.incident, held_since=None, held_until=None, held_reason="", held_severity=None
        )

    def _note_mutes(self, group: Group, seen: Look) -> None:
        words = "; ".join(sorted({str(mute) for mutes in seen.mutes.values() for mute in mutes}))
        if words != group.muted:
            group.muted = words
            text = f"{len(seen.mutes)} alerts: {words}" if words else "no longer muted"
            self.changes.note(group.incident.id, "muted" if words else "unmuted", text)

    def _knows(self, group: Group, alert: Alert) -> bool:
        return bool(group.members.get(alert.fingerprint))

    def _wants_ends(self, receiver: str) -> bool:
        settings = self.plan.receivers.get(receiver)
        return settings is None or settings.send_resolved

    def _name(self, group: Group) -> str:
        return group.incident.labels.get("alertname", "")


def armed(incident: Incident, what: Next | None) -> Incident:
    """An incident that waits for a step of its escalation, or for none."""
    if what is None:
        return replace(incident, escalate_at=None)
    return replace(incident, step=what.step, round=what.round, escalate_at=what.at)
