"""Into the ledger: hints that something may have happened, and retries of dead letters."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.sql.dml import ReturningInsert

from groundwatch.domain.documents import document_id
from groundwatch.store.ledger.rows import DEAD, Event, Priority, State
from groundwatch.store.schema import ledger
from groundwatch.store.statements import batches, insert


def enqueue(
    c: Connection,
    source: str,
    events: Iterable[tuple[str, Event]],
    now: datetime,
    *,
    bulk: bool = False,
) -> dict[str, int]:
    """Note that something may have happened to paths; repeated hints coalesce into one row.

    A deletion takes a running row over at once; other events on it run after the present run.
    Deletions of paths that the ledger does not know, or knows as gone, are ignored. `bulk` lets
    single changes overtake those of a first scan. Returns each noted path's new version.
    """
    newest = _folded(events)
    deleted = [path for path, event in newest.items() if event is Event.DELETED]
    ignored = set(deleted) - _known_live(c, source, deleted)
    rows = [
        _new_row(source, path, event, now, bulk=bulk)
        for path, event in sorted(newest.items())
        if path not in ignored
    ]
    versions: dict[str, int] = {}
    for batch in batches(rows):
        statement = _enqueue(c.dialect.name)
        versions |= {row[0]: row[1] for row in c.execute(statement, batch)}
    return versions


def note_access(c: Connection, source: str, hashes: Mapping[str, str]) -> None:
    """Keep by which permissions paths are read now; a run that ends later notes its own."""
    statement = (
        sa.update(ledger)
        .where(ledger.c.source == source, ledger.c.path == sa.bindparam("at"))
        .values(acl_hash=sa.bindparam("noted"))
    )
    rows = [{"at": path, "noted": noted} for path, noted in hashes.items()]
    if rows:
        c.execute(statement, rows)


def retry(c: Connection, source: str, now: datetime, *, paths: Sequence[str] | None = None) -> int:
    """Make dead letters ready again: those at the paths, or all of a source; returns how many.

    Their version rises, so that a run which fails again is told apart from the first.
    """
    statement = (
        sa.update(ledger)
        .where(ledger.c.source == source, ledger.c.state.in_(DEAD))
        .values(
            state=State.READY.value,
            version=ledger.c.version + 1,
            attempts=0,
            due_at=now,
            queued_at=now,
        )
    )
    if paths is None:
        return c.execute(statement).rowcount
    return sum(
        c.execute(statement.where(ledger.c.path.in_(batch))).rowcount for batch in batches(paths)
    )


def _folded(events: Iterable[tuple[str, Event]]) -> dict[str, Event]:
    """The last event of each path; a permission event hides no other before it."""
    folded: dict[str, Event] = {}
    for path, event in events:
        if event is not Event.ACCESS or path not in folded:
            folded[path] = event
    return folded


def _known_live(c: Connection, source: str, paths: list[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(paths):
        found |= set(
            c.execute(
                sa.select(ledger.c.path).where(
                    ledger.c.source == source,
                    ledger.c.path.in_(batch),
                    ledger.c.state != State.TOMBSTONE.value,
                )
            ).scalars()
        )
    return found


_PRIORITIES = {
    Event.DELETED: Priority.DELETION,
    Event.ACCESS: Priority.ACCESS,
    Event.CHANGED: Priority.CHANGE,
}


def _new_row(
    source: str, path: str, event: Event, now: datetime, *, bulk: bool
) -> dict[str, object]:
    priority = _PRIORITIES[event]
    if bulk and priority is Priority.CHANGE:
        priority = Priority.BULK
    return {
        "source": source,
        "path": path,
        "document_id": document_id(source, path),
        "state": State.READY.value,
        "version": 1,
        "event": Event.CHANGED.value if event is Event.ACCESS else event.value,
        "priority": int(priority),
        "due_at": now,
        "queued_at": now,
    }


@cache
def _enqueue(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    new = insert(dialect, ledger)
    old, said = ledger.c, new.excluded
    runs_on = (old.state == State.RUNNING.value) & (said.event != Event.DELETED.value)
    waiting = old.state == State.READY.value
    # What is not indexed yet is indexed whole: there a permission event is not the only work.
    only_access = (said.priority == int(Priority.ACCESS)) & (old.state == State.DONE.value)
    adds_access = (said.priority == int(Priority.ACCESS)) & (old.state != State.DONE.value)
    sooner = sa.case((old.priority < said.priority, old.priority), else_=said.priority)
    return new.on_conflict_do_update(
        index_elements=["source", "path"],
        set_={
            "version": old.version + 1,
            "event": sa.case(
                (only_access, Event.ACCESS.value), (adds_access, old.event), else_=said.event
            ),
            "priority": sa.case((waiting, sooner), else_=said.priority),
            "state": sa.case((runs_on, old.state), else_=said.state),
            "owner": sa.case((runs_on, old.owner), else_=""),
            "due_at": sa.case((runs_on, old.due_at), else_=said.due_at),
            "attempts": sa.case((runs_on, old.attempts), else_=0),
            "queued_at": sa.case((waiting, old.queued_at), else_=said.queued_at),
        },
    ).returning(old.path, old.version)
