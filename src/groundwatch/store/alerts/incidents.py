"""Incidents, the alerts they consist of, and their timelines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.domain.alerts import Alert, Happening, Incident
from groundwatch.domain.status import Severity
from groundwatch.errors import NotFound
from groundwatch.store.alerts.posted import alert_of, packed
from groundwatch.store.schema.alerts import alerts, happenings, incident_alerts, incidents
from groundwatch.store.statements import batches, replacing

_FIELDS = Incident.__slots__
_OF_PEOPLE = frozenset(
    {"owner", "acknowledged_by", "acknowledged_at", "acknowledged_until", "snoozed_until"}
)
_OF_THE_ENGINE = tuple(name for name in _FIELDS if name not in _OF_PEOPLE | {"id", "sequence"})
_SEVERITIES = ("severity", "told_severity", "held_severity")


def open_(c: Connection, opened: Sequence[Incident]) -> None:
    """Keep new incidents."""
    if opened:
        rows = [_row(each, _FIELDS) | {"touched": False} for each in opened]
        c.execute(sa.insert(incidents), rows)


def save(c: Connection, changed: Sequence[Incident]) -> None:
    """Write what the engine decides; what people decide and the sequence stay as they are."""
    if not changed:
        return
    values: dict[str, Any] = {name: sa.bindparam(f"_{name}") for name in _OF_THE_ENGINE}
    statement = sa.update(incidents).where(incidents.c.id == sa.bindparam("_id")).values(values)
    rows = [
        {f"_{name}": value for name, value in _row(each, ("id", *_OF_THE_ENGINE)).items()}
        for each in changed
    ]
    c.execute(statement, rows)


def decide(c: Connection, incident_id: str, of_people: Mapping[str, object]) -> Incident:
    """Write what a person decides; the engine takes notice.

    Raises:
        NotFound: there is no such incident.
    """
    assert of_people.keys() <= _OF_PEOPLE | {"escalate_at", "step", "round"}
    written = c.execute(
        sa.update(incidents)
        .where(incidents.c.id == incident_id)
        .values({**of_people, "touched": True})
    )
    if not written.rowcount:
        raise NotFound(f"there is no incident {incident_id[:64]!r}")
    return get(c, incident_id)


def next_sequence(c: Connection, incident_id: str) -> int:
    """Count the incident's notices on; holds its row until the transaction ends."""
    statement = (
        sa.update(incidents)
        .where(incidents.c.id == incident_id)
        .values(sequence=incidents.c.sequence + 1)
        .returning(incidents.c.sequence)
    )
    return int(c.execute(statement).scalar_one())


def hold(c: Connection, incident_id: str) -> None:
    """Hold an incident's row until the transaction ends; nothing happens without one."""
    own = sa.update(incidents).where(incidents.c.id == incident_id)
    c.execute(own.values(touched=incidents.c.touched))


def hold_unacknowledged(c: Connection, incident_id: str, now: datetime) -> bool:
    """Hold the row of an incident that nobody has in hand until the transaction ends.

    An acknowledgement that comes meanwhile waits, and then finds what was queued.
    """
    free = incidents.c.acknowledged_at.is_(None) | (incidents.c.acknowledged_until <= now)
    statement = (
        sa.update(incidents)
        .where(incidents.c.id == incident_id, incidents.c.resolved_at.is_(None), free)
        .values(touched=incidents.c.touched)
    )
    return c.execute(statement).rowcount == 1


def touched(c: Connection) -> list[Incident]:
    """Incidents that people changed since this was called last."""
    changed = sa.select(incidents).where(incidents.c.touched, incidents.c.resolved_at.is_(None))
    found = [incident_of(row) for row in c.execute(changed)]
    for batch in batches(each.id for each in found):
        c.execute(sa.update(incidents).where(incidents.c.id.in_(batch)).values(touched=False))
    return found


def has_touched(c: Connection) -> bool:
    """Whether people changed an incident that is not over."""
    changed = sa.select(incidents.c.id).where(
        incidents.c.touched, incidents.c.resolved_at.is_(None)
    )
    return c.execute(changed.limit(1)).first() is not None


def get(c: Connection, incident_id: str) -> Incident:
    """One incident; raises NotFound."""
    row = c.execute(sa.select(incidents).where(incidents.c.id == incident_id)).first()
    if row is None:
        raise NotFound(f"there is no incident {incident_id[:64]!r}")
    return incident_of(row)


def unresolved(c: Connection) -> list[Incident]:
    """Every incident that is not over, oldest first."""
    statement = sa.select(incidents).where(incidents.c.resolved_at.is_(None))
    return [incident_of(row) for row in c.execute(statement.order_by(incidents.c.opened_at))]


def page(
    c: Connection, *, after: str, limit: int, resolved: bool | None = None, receiver: str = ""
) -> list[Incident]:
    """Incidents, newest first, from behind the one with the id `after`."""
    statement = sa.select(incidents)
    if resolved is not None:
        over = incidents.c.resolved_at.is_not(None)
        statement = statement.where(over if resolved else sa.not_(over))
    if receiver:
        statement = statement.where(incidents.c.receiver == receiver)
    if after:
        last = get(c, after)
        place = sa.tuple_(incidents.c.opened_at, incidents.c.id)
        bounds = (sa.literal(last.opened_at, incidents.c.opened_at.type), last.id)
        statement = statement.where(place < sa.tuple_(*bounds))
    order = (incidents.c.opened_at.desc(), incidents.c.id.desc())
    return [incident_of(row) for row in c.execute(statement.order_by(*order).limit(limit))]


def lately(c: Connection, since: datetime) -> list[Incident]:
    """Incidents that were opened, or of which something was told, since a moment."""
    recent = (incidents.c.opened_at >= since) | (incidents.c.told_at >= since)
    statement = sa.select(incidents).where(recent).order_by(incidents.c.opened_at)
    return [incident_of(row) for row in c.execute(statement)]


def overlapping(c: Connection, since: datetime) -> list[Incident]:
    """Incidents that were not over at a moment or began since, oldest first."""
    there = incidents.c.resolved_at.is_(None) | (incidents.c.resolved_at >= since)
    statement = sa.select(incidents).where(there).order_by(incidents.c.opened_at, incidents.c.id)
    return [incident_of(row) for row in c.execute(statement)]


def similar(c: Connection, key: str, limit: int = 5) -> list[Incident]:
    """Incidents of the same group that are over, newest first."""
    statement = sa.select(incidents).where(
        incidents.c.key == key, incidents.c.resolved_at.is_not(None)
    )
    rows = c.execute(statement.order_by(incidents.c.opened_at.desc()).limit(limit))
    return [incident_of(row) for row in rows]


def put_members(c: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Write which alerts belong to incidents, and what is known of them."""
    if rows:
        c.execute(replacing(c.dialect.name, incident_alerts), list(rows))


def members(c: Connection, incident_ids: Iterable[str]) -> list[tuple[str, str, str, datetime]]:
    """Incident, fingerprint, what was told, and since when, of the alerts that are in."""
    found: list[tuple[str, str, str, datetime]] = []
    t = incident_alerts.c
    for batch in batches(incident_ids):
        rows = c.execute(
            sa.select(t.incident_id, t.fingerprint, t.told, t.joined_at).where(
                t.incident_id.in_(batch), t.left_at.is_(None)
            )
        )
        found += [(row.incident_id, row.fingerprint, row.told, row.joined_at) for row in rows]
    return found


def alerts_of(c: Connection, incident_id: str, limit: int = 500) -> list[Alert]:
    """The alerts an incident consists or consisted of."""
    statement = (
        sa.select(alerts)
        .join(incident_alerts, incident_alerts.c.fingerprint == alerts.c.fingerprint)
        .where(incident_alerts.c.incident_id == incident_id)
        .order_by(alerts.c.starts_at, alerts.c.fingerprint)
        .limit(limit)
    )
    return [alert_of(row) for row in c.execute(statement)]


def note(c: Connection, noted: Sequence[tuple[str, Happening]]) -> None:
    """Add lines to timelines."""
    rows = [
        {"incident_id": i, "at": h.at, "kind": h.kind, "actor": h.actor, "text": h.text}
        for i, h in noted
    ]
    if rows:
        c.execute(sa.insert(happenings), rows)


def timeline(c: Connection, incident_id: str, limit: int = 1000) -> list[Happening]:
    """What happened, oldest first; of very long ones the newest lines."""
    t = happenings.c
    statement = sa.select(t.at, t.kind, t.text, t.actor).where(t.incident_id == incident_id)
    rows = c.execute(statement.order_by(t.id.desc()).limit(limit))
    return [Happening(*row) for row in rows][::-1]


def forget(c: Connection, before: datetime) -> int:
    """Drop incidents that were over before a moment, with their timelines; returns how many."""
    return c.execute(sa.delete(incidents).where(incidents.c.resolved_at < before)).rowcount


def incident_of(row: Any) -> Incident:  # noqa: ANN401  a row has the columns of its statement
    """An incident of a row of the table."""
    values = {name: getattr(row, name) for name in _FIELDS}
    for name in _SEVERITIES:
        values[name] = Severity(values[name]) if values[name] else None
    return Incident(**{**values, "labels": json.loads(row.labels)})


def _row(incident: Incident, names: Iterable[str]) -> dict[str, object]:
    row = {name: getattr(incident, name) for name in names}
    return row | ({"labels": packed(incident.labels)} if "labels" in row else {})
