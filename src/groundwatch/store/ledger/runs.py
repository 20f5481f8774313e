"""Through the ledger: a run claims a row under a lease, and ends it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.ledger.rows import (
    NO_FAILURE,
    Failure,
    LedgerItem,
    Outcome,
    Seen,
    State,
    item_of,
)
from groundwatch.store.schema import ledger, tracking


def claim(
    c: Connection, owner: str, now: datetime, *, lease_seconds: float, limit: int
) -> list[LedgerItem]:
    """Lease what is due: deletions first, then permissions, then changes; oldest first.

    Rows whose lease ran out are due again.
    """
    due = (
        sa.select(ledger.c.id)
        .where(ledger.c.due_at <= now)
        .order_by(ledger.c.priority, ledger.c.due_at, ledger.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    statement = (
        sa.update(ledger)
        .where(ledger.c.id.in_(sa.select(due.c.id)))
        .values(
            state=State.RUNNING.value,
            owner=owner,
            due_at=now + timedelta(seconds=lease_seconds),
            attempts=ledger.c.attempts + 1,
            claim=ledger.c.claim + 1,
            started_at=now,
        )
        .returning(*ledger.c)
    )
    claimed = [item_of(row) for row in c.execute(statement)]
    return sorted(claimed, key=lambda item: (item.priority, item.queued_at, item.id))


def extend(c: Connection, item: LedgerItem, until: datetime) -> bool:
    """Heartbeat: keep the lease until a moment; False when it was lost."""
    return c.execute(sa.update(ledger).where(_held(item)).values(due_at=until)).rowcount == 1


def finish(
    c: Connection,
    item: LedgerItem,
    now: datetime,
    *,
    seen: Seen | None,
    timings: Mapping[str, float] | None = None,
) -> bool:
    """End a run; False, with nothing written, when the lease was lost.

    `seen` is what was indexed, None when the document is gone (a tombstone). An event that came
    meanwhile makes the row ready again. `timings` are seconds by stage, for its tracking record.
    """
    state = State.TOMBSTONE if seen is None else State.DONE
    values = _seen_values(seen or Seen()) | {"stage": "", "reason": "", "error": ""}
    ended = _end(c, item, now, state, values=values)
    if ended:
        _track(c, item, now, Outcome(state, NO_FAILURE, timings or {}))
    return ended


def quarantine(
    c: Connection,
    item: LedgerItem,
    now: datetime,
    *,
    failure: Failure,
    seen: Seen,
    timings: Mapping[str, float] | None = None,
) -> bool:
    """End a run with a file that cannot be indexed as it is; only a new event tries it again."""
    values = _seen_values(seen) | _failure_values(failure)
    ended = _end(c, item, now, State.QUARANTINED, values=values)
    if ended:
        _track(c, item, now, Outcome(State.QUARANTINED, failure, timings or {}))
    return ended


def fail(
    c: Connection,
    item: LedgerItem,
    now: datetime,
    *,
    failure: Failure,
    retry_at: datetime | None,
    timings: Mapping[str, float] | None = None,
) -> bool:
    """End a run that failed: tried again at `retry_at`, or left as a dead letter when None."""
    state = State.FAILED if retry_at is None else State.READY
    values = _failure_values(failure)
    if retry_at is None:
        ended = _end(c, item, now, state, values=values)
    else:
        ended = _release(c, item, now, retry_at=retry_at, values=values)
    if ended:
        _track(c, item, now, Outcome(state, failure, timings or {}))
    return ended


def trim_tracking(c: Connection, keep: int) -> int:
    """Forget all tracking records but the newest `keep`; returns how many."""
    newest = c.execute(sa.select(sa.func.max(tracking.c.id))).scalar_one() or 0
    return c.execute(sa.delete(tracking).where(tracking.c.id <= newest - keep)).rowcount


def backoff(attempts: int, *, first: float = 1.0, longest: float = 300.0) -> timedelta:
    """How long to wait after the given number of attempts: doubling, up to `longest` seconds."""
    return timedelta(seconds=min(longest, first * 2 ** min(attempts - 1, 30)))


def _held(item: LedgerItem) -> sa.ColumnElement[bool]:
    return (
        (ledger.c.id == item.id)
        & (ledger.c.claim == item.claim)
        & (ledger.c.state == State.RUNNING.value)
    )


def _end(
    c: Connection, item: LedgerItem, now: datetime, state: State, *, values: dict[str, object]
) -> bool:
    """Leave the running state: for the given one, or for ready when an event came meanwhile."""
    current = ledger.c.version == item.version
    ended = c.execute(
        sa.update(ledger)
        .where(_held(item))
        .values(
            state=sa.case((current, state.value), else_=State.READY.value),
            due_at=sa.case((current, sa.null()), else_=_moment(now)),
            attempts=0,
            owner="",
            finished_version=item.version,
            finished_at=now,
            **values,
        )
    )
    return ended.rowcount == 1


def _release(
    c: Connection, item: LedgerItem, now: datetime, *, retry_at: datetime, values: dict[str, object]
) -> bool:
    """Leave the running state to be tried again: at once when an event came meanwhile."""
    current = ledger.c.version == item.version
    due_at = sa.case((current, _moment(retry_at)), else_=_moment(now))
    statement = sa.update(ledger).where(_held(item))
    released = c.execute(
        statement.values(state=State.READY.value, owner="", due_at=due_at, **values)
    )
    return released.rowcount == 1


def _moment(value: datetime) -> sa.BindParameter[datetime]:
    return sa.literal(value, ledger.c.due_at.type)


def _seen_values(seen: Seen) -> dict[str, object]:
    return {
        "content_hash": seen.content_hash,
        "mtime_ns": seen.mtime_ns,
        "size": seen.size,
        "acl_hash": seen.acl_hash,
    }


def _failure_values(failure: Failure) -> dict[str, object]:
    return {"stage": failure.stage, "reason": failure.reason, "error": failure.error}


def _track(c: Connection, item: LedgerItem, now: datetime, outcome: Outcome) -> None:
    c.execute(
        sa.insert(tracking),
        {
            "source": item.source,
            "path": item.path,
            "document_id": item.document_id,
            "version": item.version,
            "event": item.event.value,
            "state": outcome.state.value,
            "attempts": item.attempts,
            "queued_at": item.queued_at,
            "started_at": item.started_at,
            "finished_at": now,
            "timings": json.dumps(outcome.timings),
        }
        | _failure_values(outcome.failure),
    )
