"""Alerts as they were posted last, one row for each label set."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.domain.alerts import Alert
from groundwatch.store.schema.alerts import alerts
from groundwatch.store.statements import batches, replacing

_FIELDS = (
    "fingerprint",
    "starts_at",
    "ends_at",
    "updated_at",
    "generator_url",
    "timed_out",
    "sender_starts_at",
    "origin",
)


def packed(labels: Mapping[str, str]) -> str:
    """A mapping as JSON, its names in order."""
    return json.dumps(dict(labels), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def put(c: Connection, posted: Sequence[Alert]) -> None:
    """Keep alerts, each in place of the one with its labels; they wait to be routed."""
    rows = [
        {name: getattr(alert, name) for name in _FIELDS}
        | {
            "labels": packed(alert.labels),
            "annotations": packed(alert.annotations),
            "routed": False,
        }
        for alert in posted
    ]
    if rows:
        c.execute(replacing(c.dialect.name, alerts), rows)


def find(c: Connection, fingerprints: Iterable[str]) -> dict[str, Alert]:
    """Alerts by fingerprint; those that are not there are left out."""
    found: dict[str, Alert] = {}
    for batch in batches(fingerprints):
        rows = c.execute(sa.select(alerts).where(alerts.c.fingerprint.in_(batch)))
        found |= {row.fingerprint: alert_of(row) for row in rows}
    return found


def unrouted(c: Connection, limit: int) -> list[Alert]:
    """Alerts that were posted since they were looked at, oldest post first."""
    statement = (
        sa.select(alerts).where(sa.not_(alerts.c.routed)).order_by(alerts.c.updated_at).limit(limit)
    )
    return [alert_of(row) for row in c.execute(statement)]


def has_unrouted(c: Connection) -> bool:
    """Whether an alert waits to be looked at."""
    waiting = sa.select(alerts.c.fingerprint).where(sa.not_(alerts.c.routed)).limit(1)
    return c.execute(waiting).first() is not None


def mark_routed(c: Connection, looked_at: Sequence[Alert]) -> None:
    """Note that alerts were looked at, as they were then: a later post waits again."""
    rows = [{"fp": alert.fingerprint, "at": alert.updated_at} for alert in looked_at]
    if rows:
        matching = (alerts.c.fingerprint == sa.bindparam("fp")) & (
            alerts.c.updated_at == sa.bindparam("at")
        )
        c.execute(sa.update(alerts).where(matching).values(routed=True), rows)


def firing(c: Connection, now: datetime, origin: str = "") -> list[Alert]:
    """Alerts that have not ended; of one origin, or of all."""
    statement = sa.select(alerts).where(alerts.c.ends_at > now)
    if origin:
        statement = statement.where(alerts.c.origin == origin)
    return [alert_of(row) for row in c.execute(statement)]


def page(
    c: Connection, now: datetime, *, after: str, limit: int, also_over: bool = False
) -> list[Alert]:
    """Alerts in the order of their fingerprints."""
    statement = sa.select(alerts).where(alerts.c.fingerprint > after)
    if not also_over:
        statement = statement.where(alerts.c.ends_at > now)
    rows = c.execute(statement.order_by(alerts.c.fingerprint).limit(limit))
    return [alert_of(row) for row in rows]


def forget(c: Connection, before: datetime) -> int:
    """Drop alerts that ended before a moment and were looked at since; returns how many."""
    over = (alerts.c.ends_at < before) & alerts.c.routed
    return c.execute(sa.delete(alerts).where(over)).rowcount


def alert_of(row: Any) -> Alert:  # noqa: ANN401  a row has the columns of its statement
    """An alert of a row of the table."""
    return Alert(
        labels=json.loads(row.labels),
        annotations=json.loads(row.annotations),
        **{name: getattr(row, name) for name in _FIELDS},
    )
