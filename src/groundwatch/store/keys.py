"""API keys, one-time links and sessions. Only hashes of their secrets are ever stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema import api_keys, login_links, sessions

COARSE = timedelta(minutes=1)
"""How exactly the last use of a key is kept."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key.

    Attributes:
        prefix: the first characters of the secret, to recognise it by.
        scopes: the permissions it is narrowed to; None for all of its user's.
        expires_at: None when it does not end by itself.
        last_used_at: exact to a minute.
    """

    id: str
    user: str
    name: str
    prefix: str
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in."""

    user: str
    created_at: datetime
    expires_at: datetime


_KEY = [api_keys.c[name] for name in ApiKey.__slots__]


def create_key(c: Connection, key: ApiKey, token_hash: str) -> None:
    """Keep a new key under the hash of its secret."""
    row = {name: getattr(key, name) for name in ApiKey.__slots__}
    c.execute(sa.insert(api_keys), row | {"token_hash": token_hash})


def find_key(c: Connection, token_hash: str, now: datetime) -> ApiKey | None:
    """The key of a secret, when it is in force."""
    statement = sa.select(*_KEY).where(
        api_keys.c.token_hash == token_hash,
        api_keys.c.revoked_at.is_(None),
        api_keys.c.expires_at.is_(None) | (api_keys.c.expires_at > now),
    )
    row = c.execute(statement).first()
    return None if row is None else ApiKey(*row)


def list_keys(c: Connection, user: str = "") -> list[ApiKey]:
    """Every key, or those of a user, also those no longer in force; oldest first."""
    statement = sa.select(*_KEY).order_by(api_keys.c.created_at, api_keys.c.id)
    if user:
        statement = statement.where(api_keys.c.user == user)
    return [ApiKey(*row) for row in c.execute(statement)]


def revoke_key(c: Connection, key_id: str, now: datetime) -> bool:
    """End a key; False when there is none with the id, or it was ended before."""
    revoked = c.execute(
        sa.update(api_keys)
        .where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return revoked.rowcount == 1


def touch_key(c: Connection, key: ApiKey, now: datetime) -> bool:
    """Note that a key was used; returns False when a use within a minute is noted already."""
    if not needs_touch(key, now):
        return False
    touched = c.execute(sa.update(api_keys).where(api_keys.c.id == key.id).values(last_used_at=now))
    return touched.rowcount == 1


def needs_touch(key: ApiKey, now: datetime) -> bool:
    """Whether `touch_key` would write: to ask before opening a writing transaction."""
    return key.last_used_at is None or now - key.last_used_at >= COARSE


def create_link(
    c: Connection, token_hash: str, user: str, *, now: datetime, expires_at: datetime
) -> None:
    """Keep a new one-time link under the hash of its secret."""
    c.execute(
        sa.insert(login_links),
        {"token_hash": token_hash, "user": user, "created_at": now, "expires_at": expires_at},
    )


def use_link(c: Connection, token_hash: str, now: datetime) -> str | None:
    """Use a link up and return its user; None when unknown, expired or used before.

    Of several callers at the same time exactly one gets the user.
    """
    statement = (
        sa.update(login_links)
        .where(
            login_links.c.token_hash == token_hash,
            login_links.c.used_at.is_(None),
            login_links.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(login_links.c.user)
    )
    return c.execute(statement).scalar_one_or_none()


def create_session(
    c: Connection, token_hash: str, user: str, *, now: datetime, expires_at: datetime
) -> None:
    """Keep a new session under the hash of its secret."""
    c.execute(
        sa.insert(sessions),
        {"token_hash": token_hash, "user": user, "created_at": now, "expires_at": expires_at},
    )


def find_session(c: Connection, token_hash: str, now: datetime) -> Session | None:
    """The session of a secret, when it is in force."""
    statement = sa.select(sessions.c.user, sessions.c.created_at, sessions.c.expires_at).where(
        sessions.c.token_hash == token_hash, sessions.c.expires_at > now
    )
    row = c.execute(statement).first()
    return None if row is None else Session(*row)


def end_session(c: Connection, token_hash: str) -> bool:
    """Sign out; False when there was no such session."""
    return c.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash)).rowcount == 1


def forget_expired(c: Connection, now: datetime) -> int:
    """Drop links and sessions whose time is over; returns how many."""
    return sum(
        c.execute(sa.delete(table).where(table.c.expires_at <= now)).rowcount
        for table in (login_links, sessions)
    )
