"""One turn of the engine: looks at groups, and writes what follows into one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from groundwatch.alerting.automatic import Candidate, Held
from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.escalating import Next
from groundwatch.alerting.groups import Group, Look, look, next_due
from groundwatch.alerting.muting import Quiet
from groundwatch.alerting.notices import MOST_ALERTS, Notice, packed, shown
from groundwatch.alerting.plan import Plan
from groundwatch.alerting.room import Room
from groundwatch.domain.alerts import Alert, Happening, Incident, rank, worst
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import incidents, outbox
from groundwatch.store.alerts.outbox import Queued

Enrich = Callable[[Connection, Incident, tuple[Alert, ...]], Mapping[str, str]]
"""Finds what helps with an incident: names and texts."""

CHANNEL_FAILING = "ChannelFailing"
FLAPPING = "flapping"
_TRANSITIONS = {
    Reason.FIRST: "firing",
    Reason.NEW_ALERTS: "update",
    Reason.SEVERITY: "update",
    Reason.NEW_RESOLVED: "update",
    Reason.REPEAT: "repeat",
    Reason.ALL_RESOLVED: "resolved",
}
_TO_LISTENERS = frozenset({Reason.NEW_RESOLVED, Reason.ALL_RESOLVED})


@dataclass(slots=True)
class Turn:
    """What is decided at one moment.

    Attributes:
        left: muted alerts whose incident ended without them.
    """

    c: Connection
    plan: Plan
    room: Room
    quiet: Quiet
    now: datetime
    new_id: Callable[[], str]
    enrich: Enrich | None = None
    left: list[Alert] = field(default_factory=list)
    _changed: dict[str, Incident] = field(default_factory=dict)
    _members: list[dict[str, object]] = field(default_factory=list)
    _notes: list[tuple[str, Happening]] = field(default_factory=list)
    _waiting: dict[str, list[tuple[Group, Look]]] = field(default_factory=dict)
    _over: list[str] = field(default_factory=list)
    _deferred: set[str] = field(default_factory=set)

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
        if seen.decision.ends and self._kept_open(group):
            return
        if seen.decision.send:
            self._tell_or_hold(group, seen)
        elif incident.held_until and not seen.shown:
            self._release(group, "over before it was told")
        self._part(group, seen)

    def tell_digests(self) -> None:
        """Tell what was held back: one incident by itself, several of a receiver as a digest."""
        self._deferred.clear()
        for receiver, waiting in self._waiting.items():
            if len(waiting) == 1:
                self._tell(*waiting[0])
                self._part(*waiting[0])
            else:
                self._tell_digest(receiver, waiting)

    def escalate(self, due: Iterable[Incident]) -> None:
        """Take the next step for incidents that nobody has in hand."""
        for incident in due:
            current = self._current(incident)
            if current.resolved_at is not None or current.escalate_at is None:
                continue
            if current.acknowledged(self.now) or not incidents.hold_unacknowledged(
                self.c, current.id, self.now
            ):
                self._put(replace(current, escalate_at=None))
                continue
            self._escalate(current)

    def end_digests(self) -> None:
        """End, or repeat, the digests whose time has come."""
        for digest in list(self.room.digests.values()):
            inside = [g for g in self.room.groups.values() if g.incident.digest == digest.id]
            current = self._current(digest)
            if not inside:
                self._send(current, "resolved", Reason.ALL_RESOLVED, (), "everything in it is over")
                self._put(replace(self._current(current), resolved_at=self.now, due_at=None,
                                  escalate_at=None))  # fmt: skip
                outbox.close(self.c, digest.id, self.now)
                del self.room.digests[digest.id]
            elif current.due_at is not None and current.due_at <= self.now:
                repeat = self.plan.root.timers.repeat
                self._put(replace(current, due_at=self.now + repeat, told_at=self.now))
                if not current.acknowledged(self.now):
                    alerts = self._alerts_of(inside)
                    self._send(current, "repeat", Reason.REPEAT, alerts, _counted(alerts))

    def save(self) -> None:
        """Write what changed."""
        incidents.save(self.c, list(self._changed.values()))
        incidents.put_members(self.c, self._members)
        incidents.note(self.c, self._notes)
        if self._over:
            self.room.drop(self._over)

    def _tell_or_hold(self, group: Group, seen: Look) -> None:
        incident, reason = group.incident, seen.decision.reason
        if reason is Reason.REPEAT and incident.acknowledged(self.now):
            return
        held = self._held(group, seen)
        if held is None and incident.held_until and reason is Reason.FIRST:
            may_join = rank(seen.severity) <= rank(incident.held_severity)
            if may_join and incident.held_until <= self.now:
                self._waiting.setdefault(incident.receiver, []).append((group, seen))
                self._deferred.add(incident.id)
                return
        if held is None:
            self._tell(group, seen)
            return
        if incident.held_until is None:
            text = f"held back until {held.until:%Y-%m-%d %H:%M:%S}: {held.step}"
            self._note(incident.id, "held", text)
        group.incident = replace(
            incident,
            held_since=incident.held_since or self.now,
            held_until=incident.held_until or held.until,
            held_reason=incident.held_reason or str(held.step),
            held_severity=seen.severity,
            due_at=min(incident.held_until or held.until, group.incident.due_at or held.until),
        )
        self._put(group.incident)

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

    def _tell(self, group: Group, seen: Look) -> None:
        incident, reason = group.incident, seen.decision.reason
        note = ""
        if incident.held_until:
            note = f"held back since {incident.held_since:%H:%M:%S}: {incident.held_reason}"
        is_first = reason is Reason.FIRST
        alerts = (*seen.shown, *(a for a in seen.over if self._knows(group, a)))
        if reason is Reason.ALL_RESOLVED and not self._wants_ends(incident.receiver):
            outbox.close(self.c, incident.id, self.now)
        else:
            self._send(incident, _TRANSITIONS[reason], reason, alerts, note)
        if reason is Reason.ALL_RESOLVED:
            outbox.close(self.c, incident.id, self.now)
        severity = worst(s for s in (seen.severity, incident.told_severity) if s)
        if seen.severity:
            self.room.note_told(
                incident.receiver, self._name(group), seen.severity, self.now, is_first=is_first
            )
        self._learn(group, seen, severity)
        if is_first and incident.escalate_at is None and not incident.acknowledged(self.now):
            group.incident = _armed(group.incident, self._begin(group.route.escalation))
        self._put(group.incident)

    def _learn(self, group: Group, seen: Look, severity: Severity | None) -> None:
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
                self._member(group, fingerprint)

    def _tell_digest(self, receiver: str, waiting: list[tuple[Group, Look]]) -> None:
        alerts = tuple(alert for _, seen in waiting for alert in seen.shown)
        severity = worst(alert.severity for alert in alerts) or Severity.LOW
        digest = Incident(
            id=self.new_id(), key="", route="", receiver=receiver, labels={}, kind="digest",
            title=f"{len(waiting)} incidents that were held back", opened_at=self.now,
            due_at=self.now + self.plan.root.timers.repeat, severity=severity,
            told_severity=severity, told_at=self.now,
        )  # fmt: skip
        digest = replace(digest, key=f"digest:{digest.id}")
        policies = [group.route.escalation for group, _ in waiting if group.route.escalation]
        if policies:
            digest = _armed(replace(digest, escalation=policies[0]), self._begin(policies[0]))
        incidents.open_(self.c, [digest])
        self.room.digests[digest.id] = digest
        self._send(digest, "firing", Reason.FIRST, alerts, _counted(alerts))
        self.room.note_told(receiver, "", severity, self.now, is_first=True)
        for group, seen in waiting:
            self._learn(group, seen, seen.severity)
            group.incident = replace(group.incident, digest=digest.id)
            self._note(group.incident.id, "told", f"in the digest {digest.id}")
            self._put(group.incident)
            self._part(group, seen)

    def _kept_open(self, group: Group) -> bool:
        """Whether the end of a flapping incident waits."""
        incident = group.incident
        if incident.held_reason == FLAPPING:
            if incident.held_until and incident.held_until > self.now:
                self._put(self._looked_again(incident, incident.held_until), group)
                return True
            return False
        until = self.plan.automatic.flapping(self.room.opened.get(incident.key, []), self.now)
        if until is None:
            return False
        self._note(incident.id, "held", f"comes and goes; kept open until {until:%H:%M:%S}")
        kept = replace(incident, held_until=until, held_since=self.now, held_reason=FLAPPING)
        kept = self._looked_again(kept, until)
        self._put(kept, group)
        return True

    def _looked_again(self, incident: Incident, until: datetime) -> Incident:
        """What is held is looked at on its beat, and when the time is over."""
        return replace(incident, due_at=min(until, incident.due_at or until))

    def _part(self, group: Group, seen: Look) -> None:
        """Let go of alerts that are over, and end the incident with the last of them."""
        if group.incident.held_reason == FLAPPING and seen.shown:
            self.room.note_opened(group.incident.key, self.now)
            self._release(group, "fires again")
        if group.incident.id in self._deferred:
            return
        for alert in seen.over:
            if group.members.pop(alert.fingerprint, None) is not None:
                self._member(group, alert.fingerprint, gone=True, told=seen)
                self._over.append(alert.fingerprint)
        if seen.decision.ends or not group.members:
            self._end(group, seen)
        else:
            self._put(group.incident)

    def _end(self, group: Group, seen: Look) -> None:
        for fingerprint in list(group.members):
            self._member(group, fingerprint, gone=True)
            self.left.append(self.room.alerts[fingerprint])
        group.members.clear()
        self._note(group.incident.id, "resolved", str(seen.decision.reason))
        ended = replace(group.incident, resolved_at=self.now, due_at=None, escalate_at=None,
                        held_until=None)  # fmt: skip
        self._put(ended, group)
        outbox.cancel(self.c, ended.id, "escalated", self.now, "the incident is over")
        del self.room.groups[ended.key]

    def _release(self, group: Group, why: str) -> None:
        self._note(group.incident.id, "released", why)
        group.incident = replace(
            group.incident, held_since=None, held_until=None, held_reason="", held_severity=None
        )

    def _escalate(self, incident: Incident) -> None:
        inside = [
            group for group in self.room.groups.values()
            if incident.id in {group.incident.id, group.incident.digest}
        ]  # fmt: skip
        alerts = self._alerts_of(inside)
        channels = self.plan.escalations.channels(incident.escalation, incident.step, self.now)
        if alerts and channels:
            text = f"nobody has acknowledged for {self.now - incident.opened_at}"
            self._send(incident, "escalated", "escalated", alerts, text, channels=channels)
        taken = Next(incident.step, incident.round, self.now)
        follows = self.plan.escalations.follow(incident.escalation, taken, self.now)
        self._put(_armed(self._current(incident), follows))

    def _send(
        self,
        incident: Incident,
        transition: str,
        reason: str,
        alerts: tuple[Alert, ...],
        note: str,
        *,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        """Queue a notice for every channel that is to hear it."""
        if channels is None:
            channels = self._channels(incident, reason, alerts)
        if not channels:
            if transition != "resolved":
                self._note(incident.id, "told", f"{reason}; the receiver has no channel")
            return
        sequence = incidents.next_sequence(self.c, incident.id)
        incident = replace(self._current(incident), sequence=sequence)
        self._put(incident)
        notice = self._notice(incident, transition, reason, alerts, note)
        payload = packed(notice)
        outbox.queue(
            self.c,
            [
                Queued(incident.id, channel, sequence, transition, payload, self.now)
                for channel in channels
            ],
        )
        self._note(incident.id, "told", f"{reason}, to {', '.join(channels)}")

    def _notice(
        self, incident: Incident, transition: str, reason: str, alerts: tuple[Alert, ...], note: str
    ) -> Notice:
        listed = alerts[:MOST_ALERTS]
        details = self.enrich(self.c, incident, listed) if self.enrich else {}
        severity = worst(alert.severity for alert in alerts if alert.fires(self.now))
        return Notice(
            incident_id=incident.id,
            sequence=incident.sequence,
            transition=transition,
            reason=str(reason),
            status="resolved" if transition == "resolved" else "firing",
            title=incident.title,
            severity=severity or incident.told_severity or incident.severity,
            receiver=incident.receiver,
            group_key=incident.key,
            group_labels=incident.labels,
            at=self.now,
            opened_at=incident.opened_at,
            alerts=tuple(shown(alert, self.now) for alert in listed),
            truncated=len(alerts) - len(listed),
            note=note,
            details=details,
            link=details.get("link", ""),
        )

    def _channels(
        self, incident: Incident, reason: str, alerts: tuple[Alert, ...]
    ) -> tuple[str, ...]:
        listening = outbox.listeners(self.c, incident.id)
        if reason in _TO_LISTENERS or (reason == Reason.REPEAT and not listening):
            return tuple(listening)
        settings = self.plan.receivers.get(incident.receiver)
        named = settings.channels if settings else ()
        failing = {a.labels.get("channel", "") for a in alerts if a.name == CHANNEL_FAILING}
        if failing:
            others = tuple(name for name in named if name not in failing)
            named = others or tuple(n for n in self.plan.channels if n not in failing)
        return tuple(dict.fromkeys((*named, *listening)))

    def _note_mutes(self, group: Group, seen: Look) -> None:
        words = "; ".join(sorted({str(mute) for mutes in seen.mutes.values() for mute in mutes}))
        if words != group.muted:
            group.muted = words
            text = f"{len(seen.mutes)} alerts: {words}" if words else "no longer muted"
            self._note(group.incident.id, "muted" if words else "unmuted", text)

    def _knows(self, group: Group, alert: Alert) -> bool:
        return bool(group.members.get(alert.fingerprint))

    def _wants_ends(self, receiver: str) -> bool:
        settings = self.plan.receivers.get(receiver)
        return settings is None or settings.send_resolved

    def _name(self, group: Group) -> str:
        return group.incident.labels.get("alertname", "")

    def _begin(self, policy: str) -> Next | None:
        return self.plan.escalations.begin(policy, self.now) if policy else None

    def _alerts_of(self, groups: list[Group]) -> tuple[Alert, ...]:
        """The alerts of groups that fire and are not muted."""
        looks = [look(group, self.room.alerts, self.quiet, self.now) for group in groups]
        return tuple(alert for each in looks for alert in each.shown)

    def _member(
        self, group: Group, fingerprint: str, *, gone: bool = False, told: Look | None = None
    ) -> None:
        known = group.members.get(fingerprint, "")
        if told is not None and fingerprint in told.decision.told.resolved:
            known = "resolved"
        self._members.append(
            {
                "incident_id": group.incident.id,
                "fingerprint": fingerprint,
                "told": known,
                "joined_at": group.joined.get(fingerprint, self.now),
                "left_at": self.now if gone else None,
            }
        )

    def _put(self, incident: Incident, group: Group | None = None) -> None:
        self._changed[incident.id] = incident
        if group is None:
            group = self.room.groups.get(incident.key)
        if group is not None and group.incident.id == incident.id:
            group.incident = incident
        if incident.id in self.room.digests:
            self.room.digests[incident.id] = incident

    def _current(self, incident: Incident) -> Incident:
        group = self.room.groups.get(incident.key)
        if group is not None and group.incident.id == incident.id:
            return group.incident
        return self.room.digests.get(incident.id) or self._changed.get(incident.id, incident)

    def _note(self, incident_id: str, kind: str, text: str) -> None:
        self._notes.append((incident_id, Happening(self.now, kind, text)))


def _armed(incident: Incident, what: Next | None) -> Incident:
    if what is None:
        return replace(incident, escalate_at=None)
    return replace(incident, step=what.step, round=what.round, escalate_at=what.at)


def _counted(alerts: tuple[Alert, ...]) -> str:
    """How many of which name and severity."""
    counts = Counter((alert.name, str(alert.severity)) for alert in alerts)
    return ", ".join(
        f"{count} x {name} ({severity})" for (name, severity), count in counts.most_common(20)
    )
