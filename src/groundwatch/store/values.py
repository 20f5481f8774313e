"""Small values by name, and leases: who does what only one may do at a time."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema import leases, stored_values
from groundwatch.store.statements import insert, replacing

_SKEW = timedelta(seconds=60)
"""Clocks of two machines may differ by so much."""


def put(c: Connection, name: str, value: str) -> None:
    """Keep a value under a name."""
    c.execute(replacing(c.dialect.name, stored_values), {"name": name, "value": value})


def get(c: Connection, name: str) -> str | None:
    """The value of a name."""
    statement = sa.select(stored_values.c.value).where(stored_values.c.name == name)
    return c.execute(statement).scalar_one_or_none()


def remove(c: Connection, name: str) -> bool:
    """Forget a value; returns whether there was one."""
    return c.execute(sa.delete(stored_values).where(stored_values.c.name == name)).rowcount == 1


def acquire(c: Connection, name: str, owner: str, now: datetime, *, seconds: float) -> bool:
    """Take a lease, or renew one's own; False while another holds it.

    One that ends later than any taken now could is of a clock that was set back, and holds nobody.
    """
    new = insert(c.dialect.name, leases)
    latest = now + timedelta(seconds=seconds) + _SKEW
    free = (leases.c.owner == new.excluded.owner) | (leases.c.expires_at <= now)
    free |= leases.c.expires_at > latest
    statement = new.on_conflict_do_update(
        index_elements=["name"],
        set_={"owner": new.excluded.owner, "expires_at": new.excluded.expires_at},
        where=free,
    ).returning(leases.c.name)
    row = {"name": name, "owner": owner, "expires_at": now + timedelta(seconds=seconds)}
    return c.execute(statement, row).first() is not None


def release(c: Connection, name: str, owner: str) -> bool:
    """Give a lease back; False when another holds it."""
    held = (leases.c.name == name) & (leases.c.owner == owner)
    return c.execute(sa.delete(leases).where(held)).rowcount == 1
