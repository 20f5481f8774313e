"""What one turn of the engine changes; written at its end, in the same transaction."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from groundwatch.alerting.groups import Group, Look
from groundwatch.alerting.room import Room
from groundwatch.domain.alerts import Happening, Incident
from groundwatch.store.alerts import incidents


@dataclass(slots=True)
class Changes:
    """Incidents, members and timelines as they will be.

    Attributes:
        over: fingerprints of alerts that left their groups.
    """

    c: Connection
    room: Room
    now: datetime
    over: list[str] = field(default_factory=list)
    _changed: dict[str, Incident] = field(default_factory=dict)
    _members: list[dict[str, object]] = field(default_factory=list)
    _notes: list[tuple[str, Happening]] = field(default_factory=list)

    def put(self, incident: Incident, group: Group | None = None) -> None:
        """Take an incident as it is from now on."""
        self._changed[incident.id] = incident
        if group is None:
            group = self.room.groups.get(incident.key)
        if group is not None and group.incident.id == incident.id:
            group.incident = incident
        if incident.id in self.room.digests:
            self.room.digests[incident.id] = incident

    def current(self, incident: Incident) -> Incident:
        """An incident as it is by now."""
        group = self.room.groups.get(incident.key)
        if group is not None and group.incident.id == incident.id:
            return group.incident
        return self.room.digests.get(incident.id) or self._changed.get(incident.id, incident)

    def note(self, incident_id: str, kind: str, text: str) -> None:
        """Add a line to a timeline."""
        self._notes.append((incident_id, Happening(self.now, kind, text)))

    def member(
        self, group: Group, fingerprint: str, *, gone: bool = False, told: Look | None = None
    ) -> None:
        """Write what is known of an alert of a group."""
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

    def save(self) -> None:
        """Write what changed."""
        incidents.save(self.c, list(self._changed.values()))
        incidents.put_members(self.c, self._members)
        incidents.note(self.c, self._notes)
        if self.over:
            self.room.drop(self.over)
