"""What goes beyond one group: digests of what was held back, and escalation."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from groundwatch.alerting.deciding import Reason
from groundwatch.alerting.escalating import Next
from groundwatch.alerting.groups import Group, Look, look
from groundwatch.alerting.telling import Turn, armed
from groundwatch.domain.alerts import Alert, Incident, worst
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import incidents, outbox


@dataclass(frozen=True, slots=True)
class Spreading:
    """The second half of a turn.

    Args:
        new_id: makes ids of digests.
    """

    turn: Turn
    new_id: Callable[[], str]

    def tell_digests(self) -> None:
        """Tell what was held back: one incident by itself, several of a receiver as a digest."""
        self.turn.deferred.clear()
        for receiver, waiting in self.turn.waiting.items():
            if len(waiting) == 1:
                self.turn.tell(*waiting[0])
                self.turn.part(*waiting[0])
            else:
                self._tell_digest(receiver, waiting)

    def escalate(self, due: Iterable[Incident]) -> None:
        """Take the next step for incidents that nobody has in hand."""
        for incident in due:
            current = self.turn.changes.current(incident)
            if current.resolved_at is not None or current.escalate_at is None:
                continue
            if current.acknowledged(self.turn.now) or not incidents.hold_unacknowledged(
                self.turn.c, current.id, self.turn.now
            ):
                self.turn.changes.put(replace(current, escalate_at=None))
                continue
            self._escalate(current)

    def end_digests(self) -> None:
        """End, or repeat, the digests whose time has come."""
        turn = self.turn
        for digest in list(turn.room.digests.values()):
            inside = [g for g in turn.room.groups.values() if g.incident.digest == digest.id]
            current = turn.changes.current(digest)
            if not inside:
                self._end(current)
            elif current.due_at is not None and current.due_at <= turn.now:
                due = turn.now + turn.plan.root.timers.repeat
                turn.changes.put(replace(current, due_at=due, told_at=turn.now))
                if not current.acknowledged(turn.now):
                    alerts = self._alerts_of(inside)
                    turn.out.send(current, "repeat", Reason.REPEAT, alerts, counted(alerts))

    def _end(self, digest: Incident) -> None:
        turn = self.turn
        turn.out.send(digest, "resolved", Reason.ALL_RESOLVED, (), "everything in it is over")
        ended = replace(
            turn.changes.current(digest), resolved_at=turn.now, due_at=None, escalate_at=None
        )
        turn.changes.put(ended)
        outbox.close(turn.c, digest.id, turn.now)
        outbox.cancel(turn.c, digest.id, "escalated", turn.now, "everything in it is over")
        del turn.room.digests[digest.id]

    def _tell_digest(self, receiver: str, waiting: list[tuple[Group, Look]]) -> None:
        alerts = tuple(alert for _, seen in waiting for alert in seen.shown)
        severity = worst(alert.severity for alert in alerts) or Severity.LOW
        digest = Incident(
            id=self.new_id(), key="", route="", receiver=receiver, labels={}, kind="digest",
            title=f"{len(waiting)} incidents that were held back", opened_at=self.turn.now,
            due_at=self.turn.now + self.turn.plan.root.timers.repeat, severity=severity,
            told_severity=severity, told_at=self.turn.now,
        )  # fmt: skip
        digest = replace(digest, key=f"digest:{digest.id}")
        policies = [group.route.escalation for group, _ in waiting if group.route.escalation]
        if policies:
            digest = armed(replace(digest, escalation=policies[0]), self.turn.begin(policies[0]))
        incidents.open_(self.turn.c, [digest])
        self.turn.room.digests[digest.id] = digest
        self.turn.out.send(digest, "firing", Reason.FIRST, alerts, counted(alerts))
        self.turn.room.note_told(receiver, "", severity, self.turn.now, is_first=True)
        for group, seen in waiting:
            self.turn.learn(group, seen, seen.severity)
            group.incident = replace(group.incident, digest=digest.id)
            self.turn.changes.note(group.incident.id, "told", f"in the digest {digest.id}")
            self.turn.changes.put(group.incident)
            self.turn.part(group, seen)

    def _escalate(self, incident: Incident) -> None:
        turn, steps = self.turn, self.turn.plan.escalations
        inside = [
            group
            for group in turn.room.groups.values()
            if incident.id in {group.incident.id, group.incident.digest}
        ]
        alerts = self._alerts_of(inside)
        channels = steps.channels(incident.escalation, incident.step, turn.now)
        if alerts and channels:
            text = f"nobody has acknowledged for {turn.now - incident.opened_at}"
            turn.out.send(incident, "escalated", "escalated", alerts, text, channels=channels)
        taken = Next(incident.step, incident.round, turn.now)
        follows = steps.follow(incident.escalation, taken, turn.now)
        turn.changes.put(armed(turn.changes.current(incident), follows))

    def _alerts_of(self, groups: list[Group]) -> tuple[Alert, ...]:
        """The alerts of groups that fire and are not muted."""
        turn = self.turn
        looks = [look(group, turn.room.alerts, turn.quiet, turn.now) for group in groups]
        return tuple(alert for each in looks for alert in each.shown)


def counted(alerts: tuple[Alert, ...]) -> str:
    """How many of which name and severity."""
    counts = Counter((alert.name, str(alert.severity)) for alert in alerts)
    return ", ".join(
        f"{count} x {name} ({severity})" for (name, severity), count in counts.most_common(20)
    )
