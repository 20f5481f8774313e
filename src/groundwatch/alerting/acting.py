"""What people do with incidents and silences; each in one transaction with what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from groundwatch.alerting.matchers import matcher
from groundwatch.alerting.notices import MOST_ALERTS, Notice, packed, shown
from groundwatch.domain.alerts import Happening, Incident, Silence
from groundwatch.errors import Conflict, InvalidInput
from groundwatch.store.alerts import incidents, outbox, silences
from groundwatch.store.alerts.outbox import Queued
from groundwatch.store.database import Database

LONGEST_SILENCE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has it in hand.

    Attributes:
        until: it ends by itself then; None never.
        note: what they say; may be empty.
    """

    by: str
    until: datetime | None = None
    note: str = ""


def acknowledge(
    database: Database, incident_id: str, said: Acknowledgement, now: datetime
) -> Incident:
    """Take an incident in hand: its escalation stops, and whoever was told hears of it.

    Steps that are queued but not being sent are taken back in the same transaction.

    Raises:
        NotFound: there is no such incident.
        Conflict: it is over.
    """
    with database.write() as c:
        incidents.hold(c, incident_id)
        before = _open(c, incident_id)
        incident = incidents.decide(
            c,
            incident_id,
            {
                "owner": before.owner or said.by,
                "acknowledged_by": said.by,
                "acknowledged_at": now,
                "acknowledged_until": said.until,
                "escalate_at": None,
            },
        )
        stopped = outbox.cancel(c, incident_id, "escalated", now, "acknowledged")
        text = f"acknowledged{_colon(said.note)}"
        text += f"; {stopped} escalations taken back" if stopped else ""
        _note(c, incident_id, Happening(now, "acknowledged", text, said.by))
        _tell(c, incident, now, f"acknowledged by {said.by}{_colon(said.note)}")
    return incident


def unacknowledge(
    database: Database, incident_id: str, by: str, now: datetime, *, escalate_at: datetime | None
) -> Incident:
    """Give it back; its escalation begins anew at a moment, if it has any."""
    with database.write() as c:
        _open(c, incident_id)
        cleared: dict[str, object] = {
            "acknowledged_by": "",
            "acknowledged_at": None,
            "acknowledged_until": None,
            "escalate_at": escalate_at,
            "step": 0,
            "round": 0,
        }
        incident = incidents.decide(c, incident_id, cleared)
        _note(c, incident_id, Happening(now, "unacknowledged", "given back", by))
    return incident


def assign(database: Database, incident_id: str, owner: str, by: str, now: datetime) -> Incident:
    """Say whose it is; empty is nobody's."""
    with database.write() as c:
        incident = incidents.decide(c, incident_id, {"owner": owner})
        _note(c, incident_id, Happening(now, "assigned", f"to {owner or 'nobody'}", by))
    return incident


def snooze(
    database: Database, incident_id: str, by: str, until: datetime, now: datetime
) -> Incident:
    """Tell nothing but the end, and what is worse than was told, before a moment."""
    if not now < until <= now + LONGEST_SILENCE:
        raise InvalidInput("a snooze ends in the future, within a year")
    with database.write() as c:
        _open(c, incident_id)
        incident = incidents.decide(c, incident_id, {"snoozed_until": until})
        _note(c, incident_id, Happening(now, "snoozed", f"until {until:%Y-%m-%d %H:%M}", by))
    return incident


def escalate(database: Database, incident_id: str, by: str, now: datetime) -> Incident:
    """Take the next step of the escalation now instead of when it is due.

    Raises:
        Conflict: it is over, has no policy, or its escalation has stopped or ended.
    """
    with database.write() as c:
        incidents.hold(c, incident_id)
        before = _open(c, incident_id)
        if not before.escalation:
            raise Conflict(f"the incident {incident_id} has no escalation policy; see its route")
        if before.escalate_at is None:
            raise Conflict(
                f"nothing of {before.escalation!r} is to come: somebody has the incident in hand, "
                "or every step was taken"
            )
        incident = incidents.decide(c, incident_id, {"escalate_at": min(now, before.escalate_at)})
        _note(c, incident_id, Happening(now, "hastened", "the next escalation step, now", by))
    return incident


def comment(database: Database, incident_id: str, by: str, text: str, now: datetime) -> None:
    """Add a person's line to the timeline."""
    with database.write() as c:
        incidents.get(c, incident_id)
        _note(c, incident_id, Happening(now, "comment", text, by))


def silence(database: Database, wanted: Silence, now: datetime) -> Silence:
    """Silence alerts, or change a silence; what is over for good is not changed.

    Raises:
        InvalidInput: it matches everything, ends before it begins, or has no author or reason.
        NotFound: an id is given, and there is none.
    """
    _check(wanted, now)
    with database.write() as c:
        silences.put(c, wanted)
    return wanted


def expire(database: Database, silence_id: str, now: datetime) -> Silence:
    """End a silence now; raises NotFound."""
    with database.write() as c:
        found = silences.get(c, silence_id)
        if found.ends_at <= now:
            return found
        ended = Silence(
            id=found.id,
            conditions=found.conditions,
            starts_at=min(found.starts_at, now),
            ends_at=now,
            created_by=found.created_by,
            comment=found.comment,
            updated_at=now,
        )
        silences.put(c, ended)
    return ended


def _check(wanted: Silence, now: datetime) -> None:
    if not wanted.conditions:
        raise InvalidInput("a silence needs at least one matcher")
    made = [matcher(each) for each in wanted.conditions]
    if all(each.matches({}) for each in made):
        raise InvalidInput("a silence needs a matcher that does not match the empty label set")
    if wanted.ends_at <= wanted.starts_at or wanted.ends_at <= now:
        raise InvalidInput("a silence ends after it starts, and in the future")
    if wanted.ends_at - wanted.starts_at > LONGEST_SILENCE:
        raise InvalidInput("a silence lasts a year at most")
    if not wanted.created_by.strip() or not wanted.comment.strip():
        raise InvalidInput("a silence says who made it (createdBy) and why (comment)")


def _open(c: Connection, incident_id: str) -> Incident:
    found = incidents.get(c, incident_id)
    if found.resolved_at is not None:
        raise Conflict(f"the incident {incident_id[:64]!r} is over")
    return found


def _tell(c: Connection, incident: Incident, now: datetime, note: str) -> None:
    """Queue a notice that somebody has it in hand, for whoever was told of it."""
    channels = outbox.listeners(c, incident.id)
    if not channels:
        return
    sequence = incidents.next_sequence(c, incident.id)
    alerts = incidents.alerts_of(c, incident.id)
    listed = alerts[:MOST_ALERTS]
    notice = Notice(
        incident_id=incident.id,
        sequence=sequence,
        transition="acknowledged",
        reason="acknowledged",
        status="firing",
        title=incident.title,
        severity=incident.told_severity or incident.severity,
        receiver=incident.receiver,
        group_key=incident.key,
        group_labels=incident.labels,
        at=now,
        opened_at=incident.opened_at,
        alerts=tuple(shown(alert, now) for alert in listed),
        truncated=len(alerts) - len(listed),
        note=note,
    )
    rows = [
        Queued(incident.id, channel, sequence, "acknowledged", packed(notice), now)
        for channel in channels
    ]
    outbox.queue(c, rows)


def _note(c: Connection, incident_id: str, happening: Happening) -> None:
    incidents.note(c, [(incident_id, happening)])


def _colon(note: str) -> str:
    return f": {note}" if note else ""
