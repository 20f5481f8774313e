"""Through the ledger: a run claims a row under a lease, and ends it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.store.ledger.rows import (
    NO_FAILURE,
    PARTIAL,
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
    values = {
        "now": now,
        "at_most": limit,
        "new_owner": owner,
        "lease_until": now + timedelta(seconds=lease_seconds),
    }
    claimed = [item_of(row) for row in c.execute(_CLAIM, values)]
    return sorted(claimed, key=lambda item: (item.priority, item.queued_at, item.id))


def extend(c: Connection, item: LedgerItem, until: datetime) -> bool:
    """Heartbeat: keep the lease until a moment; False when it was lost."""
    return c.execute(_EXTEND, _run_of(item) | {"lease_until": until}).rowcount == 1


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended well.

    Attributes:
        seen: what was indexed, None when the document is gone (a tombstone).
        timings: seconds by stage, for its tracking record.
        remark: what of the document is not searchable; empty when all of it is.
    """

    item: LedgerItem
    seen: Seen | None
    timings: Mapping[str, float]
    remark: str = ""


def finish(
    c: Connection,
    item: LedgerItem,
    now: datetime,
    *,
    seen: Seen | None,
    timings: Mapping[str, float] | None = None,
) -> bool:
    """End a run; False, with nothing written, when the lease was lost.

    An event that came meanwhile makes the row ready again. See `Ended` for the rest.
    """
    return finish_all(c, [Ended(item, seen, timings or {})], now) == 1


def finish_all(c: Connection, ended: Sequence[Ended], now: datetime) -> int:
    """`finish` for many runs with few statements; returns how many leases were not lost."""
    held = _held(c, [run.item for run in ended])
    kept = [run for run in ended if (run.item.id, run.item.claim) in held]
    if kept:
        c.execute(_LEAVE, [_finished(run, now) for run in kept])
        outcomes = [Outcome(_state(run), NO_FAILURE, run.timings) for run in kept]
        pairs = zip(kept, outcomes, strict=True)
        c.execute(sa.insert(tracking), [_record(run.item, now, how) for run, how in pairs])
    return len(kept)


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


def _held(c: Connection, items: Sequence[LedgerItem]) -> frozenset[tuple[int, int]]:
    """Row and claim of those whose lease is still this one, locked until the transaction ends."""
    if not items:
        return frozenset()
    statement = (
        sa.select(ledger.c.id, ledger.c.claim)
        .where(
            ledger.c.id.in_([item.id for item in items]),
            ledger.c.state == State.RUNNING.value,
        )
        .order_by(ledger.c.id)
        .with_for_update()
    )
    return frozenset((row[0], row[1]) for row in c.execute(statement))


def _state(run: Ended) -> State:
    return State.TOMBSTONE if run.seen is None else State.DONE


def _finished(run: Ended, now: datetime) -> dict[str, object]:
    reason = PARTIAL if run.remark else ""
    told = {"stage": "", "reason": reason, "error": run.remark}
    values = _seen_values(run.seen or Seen()) | told
    return _ending(run.item, now, _state(run)) | values


def _ending(item: LedgerItem, now: datetime, state: State) -> dict[str, object]:
    outcome = {"now": now, "ended_state": state.value, "ended_due": None}
    ending = {"finished_version": item.version, "finished_at": now}
    return _run_of(item) | outcome | ending


def _end(
    c: Connection, item: LedgerItem, now: datetime, state: State, *, values: dict[str, object]
) -> bool:
    """Leave the running state: for the given one, or for ready when an event came meanwhile."""
    return c.execute(_LEAVE, _ending(item, now, state) | values).rowcount == 1


def _release(
    c: Connection, item: LedgerItem, now: datetime, *, retry_at: datetime, values: dict[str, object]
) -> bool:
    """Leave the running state to be tried again: at once when an event came meanwhile."""
    outcome = {"now": now, "ended_state": State.READY.value, "ended_due": retry_at}
    return c.execute(_LEAVE, _run_of(item) | outcome | values).rowcount == 1


def _run_of(item: LedgerItem) -> dict[str, object]:
    return {
        "run_id": item.id,
        "run_claim": item.claim,
        "run_version": item.version,
        "run_attempts": item.attempts,
    }


# Built once: building a statement costs more than running it.
_NOW = sa.bindparam("now", type_=ledger.c.due_at.type)
_DUE = (
    sa.select(ledger.c.id)
    .where(ledger.c.due_at <= _NOW)
    .order_by(ledger.c.priority, ledger.c.due_at, ledger.c.id)
    .limit(sa.bindparam("at_most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_CLAIM = (
    sa.update(ledger)
    .where(ledger.c.id.in_(sa.select(_DUE.c.id)))
    .values(
        state=State.RUNNING.value,
        owner=sa.bindparam("new_owner"),
        due_at=sa.bindparam("lease_until", type_=ledger.c.due_at.type),
        attempts=ledger.c.attempts + 1,
        claim=ledger.c.claim + 1,
        started_at=_NOW,
    )
    .returning(*ledger.c)
)
_HELD = sa.update(ledger).where(
    ledger.c.id == sa.bindparam("run_id"),
    ledger.c.claim == sa.bindparam("run_claim"),
    ledger.c.state == State.RUNNING.value,
)
_CURRENT = ledger.c.version == sa.bindparam("run_version")
_LEAVE = _HELD.values(
    state=sa.case(
        (_CURRENT, sa.bindparam("ended_state", type_=ledger.c.state.type)),
        else_=State.READY.value,
    ),
    due_at=sa.case((_CURRENT, sa.bindparam("ended_due", type_=ledger.c.due_at.type)), else_=_NOW),
    attempts=sa.case((_CURRENT, sa.bindparam("run_attempts")), else_=0),
    owner="",
)
_EXTEND = _HELD.values(due_at=sa.bindparam("lease_until", type_=ledger.c.due_at.type))


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
    c.execute(sa.insert(tracking), _record(item, now, outcome))


def _record(item: LedgerItem, now: datetime, outcome: Outcome) -> dict[str, object]:
    return {
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
    } | _failure_values(outcome.failure)
