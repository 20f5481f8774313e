"""What the change ledger tells: to sources, to job pages and to people."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.ledger.rows import (
    DEAD,
    PARTIAL,
    Event,
    LedgerItem,
    State,
    Tracked,
    item_of,
)
from groundwatch.store.schema import ledger, tracking
from groundwatch.store.statements import beyond, inside


class Known(NamedTuple):
    """What the ledger remembers of a path, for a scan to compare with."""

    mtime_ns: int
    size: int
    content_hash: str
    state: State


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents stand in each state."""

    ready: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    quarantined: int = 0
    tombstone: int = 0

    @property
    def waiting(self) -> int:
        """The size of the queue: what is ready or worked on."""
        return self.ready + self.running


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the work went since a moment.

    Attributes:
        processed: runs that ended well.
        failed: runs that ended with a failure, whether tried again or not.
        average_seconds: of a run, None when there was none.
        completed_at: when the queue will be empty at the pace of that time, None when unknown.
    """

    processed: int
    failed: int
    queued: int
    average_seconds: float | None
    completed_at: datetime | None


def known(c: Connection, source: str) -> dict[str, Known]:
    """Every path of a source that is not gone, by path."""
    statement = sa.select(
        ledger.c.path,
        ledger.c.mtime_ns,
        ledger.c.size,
        ledger.c.content_hash,
        ledger.c.state,
    ).where(ledger.c.source == source, ledger.c.state != State.TOMBSTONE.value)
    return {row[0]: Known(*row[1:4], State(row[4])) for row in c.execute(statement)}


def access_hashes(c: Connection, source: str) -> dict[str, str]:
    """Which permissions every path of a source was last seen with; not those never worked on."""
    statement = sa.select(ledger.c.path, ledger.c.acl_hash).where(
        ledger.c.source == source,
        ledger.c.state != State.TOMBSTONE.value,
        ledger.c.acl_hash != "",
    )
    return {row[0]: row[1] for row in c.execute(statement)}


def sources(c: Connection) -> list[str]:
    """Names of the sources that anything is known of that is not gone."""
    live = ledger.c.state != State.TOMBSTONE.value
    statement = sa.select(ledger.c.source).where(live).distinct().order_by(ledger.c.source)
    return list(c.execute(statement).scalars())


def under_prefix(c: Connection, source: str, prefix: str) -> list[str]:
    """The paths that are not gone under a folder (`hr/` or `hr`), or at a path itself, in order."""
    statement = (
        sa.select(ledger.c.path)
        .where(
            ledger.c.source == source,
            inside(ledger.c.path, prefix),
            ledger.c.state != State.TOMBSTONE.value,
        )
        .order_by(ledger.c.path)
    )
    return list(c.execute(statement).scalars())


def counts(c: Connection, source: str = "") -> Counts:
    """Documents by state, of one source or of all."""
    statement = sa.select(ledger.c.state, sa.func.count()).group_by(ledger.c.state)
    if source:
        statement = statement.where(ledger.c.source == source)
    found: dict[str, int] = {row[0]: row[1] for row in c.execute(statement)}
    return Counts(**found)


def waiting(c: Connection) -> int:
    """The size of the queue over all sources; fast however many documents there are."""
    return c.execute(
        sa.select(sa.func.count()).select_from(ledger).where(ledger.c.due_at.is_not(None))
    ).scalar_one()


def oldest_waiting(c: Connection, source: str) -> datetime | None:
    """Since when the oldest change that is not worked on to its end has waited."""
    waiting = ledger.c.state.in_([State.READY.value, State.RUNNING.value])
    statement = sa.select(sa.func.min(ledger.c.queued_at)).where(ledger.c.source == source, waiting)
    found: datetime | None = c.execute(statement).scalar_one()
    return found


def get(c: Connection, source: str, path: str) -> LedgerItem | None:
    """The row of one path."""
    statement = sa.select(ledger).where(ledger.c.source == source, ledger.c.path == path)
    row = c.execute(statement).first()
    return None if row is None else item_of(row)


def find(c: Connection, document_id: str) -> LedgerItem | None:
    """The row of one document that is not known as gone."""
    gone = State.TOMBSTONE.value
    statement = sa.select(ledger).where(ledger.c.document_id == document_id, ledger.c.state != gone)
    row = c.execute(statement).first()
    return None if row is None else item_of(row)


def problems(
    c: Connection, source: str = "", *, after: tuple[str, str] | None = None, limit: int = 100
) -> list[LedgerItem]:
    """Dead letters, with stage and reason, by source and path.

    `after` is the source and path of the last one of the page before.
    """
    statement = sa.select(ledger).where(ledger.c.state.in_(DEAD))
    if source:
        statement = statement.where(ledger.c.source == source)
    if after is not None:
        statement = statement.where(beyond((ledger.c.source, ledger.c.path), after))
    statement = statement.order_by(ledger.c.source, ledger.c.path).limit(limit)
    return [item_of(row) for row in c.execute(statement)]


def partial(c: Connection, source: str, limit: int = 100) -> list[LedgerItem]:
    """Documents of a source that are searchable in part only, by path."""
    statement = sa.select(ledger).where(
        ledger.c.source == source,
        ledger.c.state == State.DONE.value,
        ledger.c.reason == PARTIAL,
    )
    return [item_of(row) for row in c.execute(statement.order_by(ledger.c.path).limit(limit))]


def recent(c: Connection, source: str = "", limit: int = 50) -> list[Tracked]:
    """Tracking records of the last runs, newest first."""
    statement = sa.select(tracking).order_by(tracking.c.id.desc()).limit(limit)
    if source:
        statement = statement.where(tracking.c.source == source)
    return [_tracked(row) for row in c.execute(statement)]


def tracked_after(
    c: Connection, number: int, until: datetime, limit: int = 500
) -> list[tuple[int, Tracked]]:
    """Tracking records behind a number, with theirs, oldest first; only those ended by `until`."""
    statement = (
        sa.select(tracking)
        .where(tracking.c.id > number, tracking.c.finished_at <= until)
        .order_by(tracking.c.id)
        .limit(limit)
    )
    return [(row.id, _tracked(row)) for row in c.execute(statement)]


def statistics(c: Connection, source: str, since: datetime, now: datetime) -> Statistics:
    """How the work on a source ("" for all) went since a moment, and when it will be done."""
    failed = sa.func.count().filter(tracking.c.reason != "")
    total = sa.func.sum(tracking.c.finished_at - tracking.c.started_at)
    statement = sa.select(
        sa.func.count(),
        failed,
        sa.type_coerce(total, sa.Numeric),
        sa.func.min(tracking.c.started_at),
    ).where(tracking.c.finished_at >= since)
    if source:
        statement = statement.where(tracking.c.source == source)
    runs, failures, spent, first = c.execute(statement).one()
    queued = counts(c, source).waiting
    if not runs:
        return Statistics(0, 0, queued, None, None if queued else now)
    pace = (now - max(first, since)) / runs
    return Statistics(
        runs - failures, failures, queued, float(spent) / 1e6 / runs, now + pace * queued
    )


def _tracked(row: sa.Row[*tuple[Any, ...]]) -> Tracked:
    values = row._asdict()
    del values["id"]
    values["event"] = Event(values["event"])
    values["state"] = State(values["state"])
    values["timings"] = json.loads(values["timings"])
    return Tracked(**values)
