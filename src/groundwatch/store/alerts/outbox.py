"""What is to be told, written in the transaction that decides it and sent afterwards.

A row is sent by whoever holds its lease. Of one incident and channel only the oldest waiting row
can be leased, so that an end never overtakes its beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.schema.alerts import conversations, incidents, outbox
from groundwatch.store.statements import insert

LONGEST_WAIT = timedelta(hours=1)
"""Nothing is put off for longer; what seems to be has outlived a clock that was set back."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A notice for one channel.

    Attributes:
        transition: `firing`, `update`, `repeat`, `escalated`, `acknowledged`, `resolved`, `test`.
        payload: the notice as JSON, frozen when it was decided.
    """

    incident_id: str
    channel: str
    sequence: int
    transition: str
    payload: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that is being sent.

    Attributes:
        attempts: this one included.
        receipt: what the channel gave back last time; empty the first time.
    """

    id: int
    incident_id: str
    channel: str
    sequence: int
    transition: str
    payload: str
    attempts: int
    created_at: datetime
    receipt: str


@dataclass(frozen=True, slots=True)
class Row:
    """How far a notice is."""

    id: int
    incident_id: str
    channel: str
    sequence: int
    transition: str
    state: str
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    attempts: int
    error: str


def queue(c: Connection, rows: Sequence[Queued]) -> None:
    """Add notices; one that is there already stays as it is. Beginnings open a conversation."""
    if not rows:
        return
    statement = insert(c.dialect.name, outbox).on_conflict_do_nothing(
        index_elements=["incident_id", "channel", "sequence"]
    )
    c.execute(
        statement,
        [
            {
                **{name: getattr(row, name) for name in Queued.__slots__},
                "state": "waiting",
                "due_at": row.created_at,
                "attempts": 0,
                "owner": "",
                "refused": False,
                "error": "",
            }
            for row in rows
        ],
    )
    opening = [row for row in rows if row.transition not in {"resolved", "test"}]
    if opening:
        c.execute(
            insert(c.dialect.name, conversations).on_conflict_do_nothing(
                index_elements=["incident_id", "channel"]
            ),
            [
                {
                    "incident_id": row.incident_id,
                    "channel": row.channel,
                    "opened_at": row.created_at,
                    "receipt": "",
                }
                for row in opening
            ],
        )


def listeners(c: Connection, incident_id: str) -> list[str]:
    """Channels that were told of an incident and not of its end."""
    t = conversations.c
    statement = sa.select(t.channel).where(t.incident_id == incident_id, t.closed_at.is_(None))
    return [row[0] for row in c.execute(statement.order_by(t.opened_at, t.channel))]


def close(c: Connection, incident_id: str, now: datetime) -> None:
    """Note that the end is queued for every channel that listens."""
    t = conversations.c
    statement = sa.update(conversations).where(t.incident_id == incident_id, t.closed_at.is_(None))
    c.execute(statement.values(closed_at=now))


def cancel(c: Connection, incident_id: str, transition: str, now: datetime, why: str) -> int:
    """Take back waiting notices of a kind that nobody is sending; returns how many.

    A conversation that had not begun otherwise ends with them.
    """
    t = outbox.c
    free = t.leased_until.is_(None) | (t.leased_until <= now)
    own = (t.incident_id == incident_id) & (t.transition == transition) & (t.state == "waiting")
    statement = sa.update(outbox).where(own, free)
    taken = c.execute(
        statement.values(state="cancelled", finished_at=now, error=why).returning(t.channel)
    ).all()
    for (channel,) in taken:
        rest = sa.select(t.id).where(
            t.incident_id == incident_id, t.channel == channel, t.state != "cancelled"
        )
        if c.execute(rest.limit(1)).first() is None:
            gone = conversations.c
            c.execute(
                sa.delete(conversations).where(
                    gone.incident_id == incident_id, gone.channel == channel
                )
            )
    return len(taken)


def lease(
    c: Connection,
    channel: str,
    owner: str,
    now: datetime,
    seconds: float,
    *,
    also_before_due: bool = False,
) -> Leased | None:
    """Take the next notice of a channel; None when nothing is due.

    It is held for so many seconds; a lease that ends later is from a clock that was set back.
    `also_before_due` takes one that was put off, too.
    """
    t, earlier = outbox.c, outbox.alias("earlier")
    longest = timedelta(seconds=seconds)
    before = sa.exists().where(
        earlier.c.incident_id == t.incident_id,
        earlier.c.channel == t.channel,
        earlier.c.sequence < t.sequence,
        earlier.c.state == "waiting",
    )
    due = (t.due_at <= now) | (t.due_at > now + LONGEST_WAIT)
    free = t.leased_until.is_(None) | (t.leased_until <= now) | (t.leased_until > now + longest)
    chosen = (
        sa.select(t.id)
        .where(t.channel == channel, t.state == "waiting", free, sa.not_(before))
        .order_by(t.id)
        .limit(1)
    )
    if not also_before_due:
        chosen = chosen.where(due)
    if c.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    statement = (
        sa.update(outbox)
        .where(t.id == chosen.scalar_subquery(), t.state == "waiting")
        .values(owner=owner, leased_until=now + longest, attempts=t.attempts + 1)
        .returning(*(t[name] for name in Leased.__slots__ if name != "receipt"))
    )
    row = c.execute(statement).first()
    if row is None:
        return None
    values: list[Any] = [*row, _receipt(c, row)]
    return Leased(*values)


def _receipt(c: Connection, row: Any) -> str:  # noqa: ANN401  a row has its statement's columns
    t = conversations.c
    statement = sa.select(t.receipt).where(
        t.incident_id == row.incident_id, t.channel == row.channel
    )
    return str(c.execute(statement).scalar_one_or_none() or "")


def was_never_told(c: Connection, leased: Leased) -> bool:
    """Whether every notice before this one was refused for good or taken back."""
    t = outbox.c
    maybe = sa.select(t.id).where(
        t.incident_id == leased.incident_id,
        t.channel == leased.channel,
        t.sequence < leased.sequence,
        (t.state == "sent") | ((t.state == "dead") & sa.not_(t.refused)),
    )
    return c.execute(maybe.limit(1)).first() is None


def sent(c: Connection, leased: Leased, owner: str, receipt: str, now: datetime) -> bool:
    """Note that a notice arrived; False when another took over meanwhile."""
    done = _finish(c, leased, owner, {"state": "sent", "finished_at": now, "error": ""})
    if done and receipt:
        t = conversations.c
        own = (t.incident_id == leased.incident_id) & (t.channel == leased.channel)
        c.execute(sa.update(conversations).where(own).values(receipt=receipt))
    return done


def put_off(c: Connection, leased: Leased, owner: str, until: datetime, error: str) -> bool:
    """Try again later; False when another took over meanwhile."""
    return _finish(c, leased, owner, {"due_at": until, "error": error})


def give_up(
    c: Connection, leased: Leased, owner: str, now: datetime, *, error: str, refused: bool
) -> bool:
    """Lay a notice aside for good, to be seen and sent again by hand."""
    values = {"state": "dead", "finished_at": now, "error": error, "refused": refused}
    return _finish(c, leased, owner, values)


def drop(c: Connection, leased: Leased, owner: str, now: datetime, why: str) -> bool:
    """Do not send a notice that has become pointless."""
    return _finish(c, leased, owner, {"state": "cancelled", "finished_at": now, "error": why})


def resend(c: Connection, row_id: int, now: datetime) -> bool:
    """Let a notice that was laid aside wait again; False when it was not."""
    t = outbox.c
    again = {"state": "waiting", "due_at": now, "attempts": 0, "finished_at": None}
    statement = sa.update(outbox).where(t.id == row_id, t.state == "dead").values(again)
    return c.execute(statement).rowcount == 1


def page(
    c: Connection, *, incident_id: str = "", state: str = "", before: int = 0, limit: int = 100
) -> list[Row]:
    """Notices, newest first."""
    t = outbox.c
    statement = sa.select(*(t[name] for name in Row.__slots__))
    for condition, is_given in (
        (t.incident_id == incident_id, bool(incident_id)),
        (t.state == state, bool(state)),
        (t.id < before, bool(before)),
    ):
        if is_given:
            statement = statement.where(condition)
    return [Row(*row) for row in c.execute(statement.order_by(t.id.desc()).limit(limit))]


def next_due(c: Connection, channel: str) -> datetime | None:
    """When the next waiting notice of a channel is due."""
    t = outbox.c
    statement = sa.select(sa.func.min(t.due_at)).where(t.channel == channel, t.state == "waiting")
    due: datetime | None = c.execute(statement).scalar_one_or_none()
    return due


def channels_waiting(c: Connection) -> dict[str, int]:
    """How many notices wait, by channel; also channels that are no longer configured."""
    t = outbox.c
    statement = sa.select(t.channel, sa.func.count()).where(t.state == "waiting")
    return {row[0]: int(row[1]) for row in c.execute(statement.group_by(t.channel))}


def forget(c: Connection, before: datetime) -> int:
    """Drop finished notices from before a moment, unless their incident goes on; how many."""
    going_on = sa.select(incidents.c.id).where(incidents.c.resolved_at.is_(None))
    old = (outbox.c.finished_at < before) & (outbox.c.state != "waiting")
    dropped = c.execute(sa.delete(outbox).where(old, outbox.c.incident_id.not_in(going_on)))
    c.execute(sa.delete(conversations).where(conversations.c.closed_at < before))
    return dropped.rowcount


def _finish(c: Connection, leased: Leased, owner: str, values: dict[str, Any]) -> bool:
    t = outbox.c
    own = (t.id == leased.id) & (t.owner == owner) & (t.state == "waiting")
    own &= t.attempts == leased.attempts
    released = {**values, "leased_until": None}
    return c.execute(sa.update(outbox).where(own).values(released)).rowcount == 1
