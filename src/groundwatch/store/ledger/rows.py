"""The rows of the change ledger, and the words in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Row


class State(StrEnum):
    """Where a document stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    TOMBSTONE = "tombstone"


PARTIAL = "partial"
"""The reason of a document that is indexed, but not all of it; its error says what is not."""

DEAD = (State.FAILED.value, State.QUARANTINED.value)
"""States of dead letters: nothing happens to them until a new event or a retry."""


class Event(StrEnum):
    """What a trigger believes has happened."""

    CHANGED = "changed"
    ACCESS = "access"
    DELETED = "deleted"


class Priority(IntEnum):
    """What is claimed first: the lower number."""

    DELETION = 0
    ACCESS = 1
    CHANGE = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """A row of the ledger.

    Attributes:
        version: that of the newest event; the worker writes the document with it.
        finished_version: the version last worked on to an end.
        content_hash, mtime_ns, size, acl_hash: what was seen when it was last finished.
        attempts: claims since the newest event, this one included.
        claim: counts the claims of this row; an older claim finishes nothing.
        due_at: when ready, not before; when running, the end of the lease; else None.
        stage, reason, error: of the last failure.
    """

    id: int
    source: str
    path: str
    document_id: str
    state: State
    version: int
    finished_version: int
    content_hash: str
    mtime_ns: int
    size: int
    acl_hash: str
    event: Event
    priority: int
    attempts: int
    due_at: datetime | None
    claim: int
    owner: str
    stage: str
    reason: str
    error: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a worker found at the source: kept to recognise the next change."""

    content_hash: str = ""
    mtime_ns: int = 0
    size: int = 0
    acl_hash: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a document could not be indexed: where, a short stable code, and words for a person."""

    stage: str
    reason: str
    error: str


NO_FAILURE = Failure("", "", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, for its tracking record; `timings` are seconds by stage."""

    state: State
    failure: Failure
    timings: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Tracked:
    """The record of one run over one change.

    Attributes:
        state: how it ended; `ready` when it will be tried again.
        timings: seconds by stage.
    """

    source: str
    path: str
    document_id: str
    version: int
    event: Event
    state: State
    attempts: int
    stage: str
    reason: str
    error: str
    queued_at: datetime
    started_at: datetime
    finished_at: datetime
    timings: dict[str, float]


def item_of(row: Row[*tuple[Any, ...]]) -> LedgerItem:
    """An item from a row of all columns of `ledger`."""
    values = row._asdict()
    values["state"] = State(values["state"])
    values["event"] = Event(values["event"])
    return LedgerItem(**values)
