"""Jobs: documents that were accepted together; how far they are is read from the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from groundwatch.domain.jobs import Job, Operation, Task, TaskState
from groundwatch.store.ledger import State, statistics, waiting
from groundwatch.store.schema import job_tasks, jobs, ledger

PACE = timedelta(minutes=10)
"""The completion of a job is estimated from the runs of so long before."""


@dataclass(frozen=True, slots=True)
class NewTask:
    """One document of a new job.

    Attributes:
        version: what `ledger.enqueue` returned for the path; 0 where there is nothing to do, as
            for the deletion of what is not there.
    """

    source: str
    path: str
    document_id: str
    operation: Operation
    version: int


# Worked on up to the task's version: then the outcome of that run counts, whatever came after.
_ENDED = sa.func.coalesce(ledger.c.finished_version, 0) >= job_tasks.c.version
_state = sa.case(
    (_ENDED & (sa.func.coalesce(ledger.c.reason, "") != ""), TaskState.FAILED.value),
    (_ENDED, TaskState.DONE.value),
    (ledger.c.state == State.RUNNING.value, TaskState.RUNNING.value),
    else_=TaskState.QUEUED.value,
)
_JOINED = job_tasks.outerjoin(
    ledger, (ledger.c.source == job_tasks.c.source) & (ledger.c.path == job_tasks.c.path)
)


def create(c: Connection, job_id: str, user: str, now: datetime, tasks: Sequence[NewTask]) -> None:
    """Note a job; in the transaction that enqueues its documents."""
    c.execute(sa.insert(jobs), {"id": job_id, "user": user, "created_at": now})
    rows = [
        {
            "job_id": job_id,
            "number": number,
            "source": task.source,
            "path": task.path,
            "document_id": task.document_id,
            "operation": task.operation.value,
            "version": task.version,
        }
        for number, task in enumerate(tasks)
    ]
    if rows:
        c.execute(sa.insert(job_tasks), rows)


def get(c: Connection, job_id: str, now: datetime) -> Job | None:
    """A job with its tasks in their order."""
    found = _jobs(c, sa.select(jobs).where(jobs.c.id == job_id), now)
    if not found:
        return None
    failed = _state == TaskState.FAILED.value
    statement = (
        sa.select(
            job_tasks.c.document_id,
            job_tasks.c.path,
            job_tasks.c.operation,
            _state.label("state"),
            *(sa.case((failed, ledger.c[name]), else_="") for name in ("stage", "reason", "error")),
        )
        .select_from(_JOINED)
        .where(job_tasks.c.job_id == job_id)
        .order_by(job_tasks.c.number)
    )
    return replace(found[0], tasks=tuple(_task(row) for row in c.execute(statement)))


def page(
    c: Connection, now: datetime, *, user: str | None, after: str = "", limit: int = 50
) -> list[Job]:
    """Jobs without their tasks, newest first: of one user, or of all when None.

    `after` is the id of the last job of the page before; another user's is none.
    """
    statement = sa.select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    theirs = sa.true() if user is None else jobs.c.user == user
    statement = statement.where(theirs)
    if after:
        last = sa.select(jobs.c.created_at).where(jobs.c.id == after, theirs).scalar_subquery()
        same = (jobs.c.created_at == last) & (jobs.c.id < after)
        statement = statement.where((jobs.c.created_at < last) | same)
    return _jobs(c, statement, now)


def forget(c: Connection, before: datetime) -> int:
    """Forget the jobs created before a moment; returns how many."""
    return c.execute(sa.delete(jobs).where(jobs.c.created_at < before)).rowcount


def _jobs(c: Connection, statement: sa.Select[*tuple[Any, ...]], now: datetime) -> list[Job]:
    rows = c.execute(statement).all()
    if not rows:
        return []
    ended = _ended_counts(c, [row.id for row in rows])
    queue_size = waiting(c)
    completed_at = statistics(c, "", now - PACE, now).completed_at
    return [_job(row, ended.get(row.id, _Ended()), queue_size, completed_at) for row in rows]


@dataclass(frozen=True, slots=True)
class _Ended:
    total: int = 0
    done: int = 0
    failed: int = 0
    running: int = 0
    finished_at: datetime | None = None


def _ended_counts(c: Connection, job_ids: list[str]) -> dict[str, _Ended]:
    def count(state: TaskState) -> sa.ColumnElement[int]:
        return sa.func.count().filter(_state == state.value)

    statement = (
        sa.select(
            job_tasks.c.job_id,
            sa.func.count(),
            count(TaskState.DONE),
            count(TaskState.FAILED),
            count(TaskState.RUNNING),
            sa.func.max(ledger.c.finished_at),
        )
        .select_from(_JOINED)
        .where(job_tasks.c.job_id.in_(job_ids))
        .group_by(job_tasks.c.job_id)
    )
    return {row[0]: _Ended(*row[1:]) for row in c.execute(statement)}


def _job(
    row: Row[*tuple[Any, ...]], ended: _Ended, queue_size: int, completed_at: datetime | None
) -> Job:
    over = ended.done + ended.failed == ended.total
    return Job(
        id=row.id,
        user=row.user,
        state=_job_state(ended, over=over),
        created_at=row.created_at,
        total=ended.total,
        done=ended.done,
        failed=ended.failed,
        finished_at=(ended.finished_at or row.created_at) if over else None,
        queue_size=queue_size,
        estimated_completion=None if over else completed_at,
    )


def _job_state(ended: _Ended, *, over: bool) -> TaskState:
    if over:
        return TaskState.FAILED if ended.failed else TaskState.DONE
    return TaskState.RUNNING if ended.running or ended.done or ended.failed else TaskState.QUEUED


def _task(row: Row[*tuple[Any, ...]]) -> Task:
    return Task(row[0], row[1], Operation(row[2]), TaskState(row[3]), *row[4:])
