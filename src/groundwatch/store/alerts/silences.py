"""Silences: what people do not want to be told."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.domain.alerts import Comparison, Condition, Silence
from groundwatch.errors import NotFound
from groundwatch.store.schema.alerts import silences
from groundwatch.store.statements import replacing

_FIELDS = ("id", "starts_at", "ends_at", "created_by", "comment", "updated_at")


def put(c: Connection, silence: Silence) -> None:
    """Keep a silence, in place of the one with its id."""
    conditions = [[each.name, each.comparison.value, each.value] for each in silence.conditions]
    row = {name: getattr(silence, name) for name in _FIELDS}
    c.execute(replacing(c.dialect.name, silences), row | {"conditions": json.dumps(conditions)})


def get(c: Connection, silence_id: str) -> Silence:
    """One silence; raises NotFound."""
    row = c.execute(sa.select(silences).where(silences.c.id == silence_id)).first()
    if row is None:
        raise NotFound(f"there is no silence {silence_id[:64]!r}")
    return _silence(row)


def page(c: Connection, since: datetime, limit: int = 1000) -> list[Silence]:
    """Silences that are not over, or ended after a moment; those that end last come first."""
    statement = sa.select(silences).where(silences.c.ends_at > since)
    rows = c.execute(statement.order_by(silences.c.ends_at.desc(), silences.c.id).limit(limit))
    return [_silence(row) for row in rows]


def forget(c: Connection, before: datetime) -> int:
    """Drop silences that ended before a moment; returns how many."""
    return c.execute(sa.delete(silences).where(silences.c.ends_at < before)).rowcount


def _silence(row: Any) -> Silence:  # noqa: ANN401  a row has the columns of its statement
    conditions = tuple(
        Condition(name, Comparison(comparison), value)
        for name, comparison, value in json.loads(row.conditions)
    )
    return Silence(conditions=conditions, **{name: getattr(row, name) for name in _FIELDS})
