"""Acknowledgements that end by themselves."""

from datetime import datetime

from sqlalchemy import Connection

from groundwatch.alerting.escalating import Escalations
from groundwatch.alerting.room import Room
from groundwatch.domain.alerts import Happening
from groundwatch.store.alerts import incidents


def forget_acknowledgements(c: Connection, room: Room, steps: Escalations, now: datetime) -> bool:
    """Take back those whose time is over, and arm their escalation again."""
    every = [*(group.incident for group in room.groups.values()), *room.digests.values()]
    over = [i for i in every if i.acknowledged_at is not None and not i.acknowledged(now)]
    for incident in over:
        begins = steps.begin(incident.escalation, now)
        cleared: dict[str, object] = {
            "acknowledged_by": "",
            "acknowledged_at": None,
            "acknowledged_until": None,
            "escalate_at": begins.at if begins else None,
            "step": 0,
            "round": 0,
        }
        incidents.decide(c, incident.id, cleared)
        text = f"the acknowledgement of {incident.acknowledged_by} has ended"
        incidents.note(c, [(incident.id, Happening(now, "unacknowledged", text))])
    return bool(over)
