"""Work that was accepted and is carried out later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundwatch.domain.access import AccessList


class Operation(StrEnum):
    """What a task does with its document."""

    PUT = "put"
    DELETE = "delete"


class TaskState(StrEnum):
    """How far a task or a whole job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that came over HTTP.

    Attributes:
        path: relative, with `/`, without empty, `.` or `..` parts; its ending tells the type.
        access: who may read it; None keeps what is known, for a new document its uploader.
    """

    path: str
    data: bytes
    access: AccessList | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """A document that is to be deleted."""

    document_id: str


@dataclass(frozen=True, slots=True)
class Task:
    """One document of a job.

    Attributes:
        stage, reason, error: where and why it failed: `parse`, `encrypted`, and a sentence.
    """

    document_id: str
    path: str
    operation: Operation
    state: TaskState
    stage: str = ""
    reason: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Accepted work: one upload, one deletion or a batch.

    Attributes:
        user: who asked for it.
        done, failed: how many tasks ended so; the rest of `total` waits or runs.
        queue_size: changes that waited, of everybody, when this was read.
        estimated_completion: None when nothing is left or there is no rate to estimate from.
        tasks: filled when one job is read, empty in lists.
    """

    id: str
    user: str
    state: TaskState
    created_at: datetime
    total: int
    done: int = 0
    failed: int = 0
    finished_at: datetime | None = None
    queue_size: int = 0
    estimated_completion: datetime | None = None
    tasks: tuple[Task, ...] = ()
