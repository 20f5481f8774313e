"""How the sources are doing."""

from dataclasses import dataclass
from datetime import datetime

from groundwatch.domain.status import Status


@dataclass(frozen=True, slots=True)
class SourceFailure:
    """A document that could not be indexed.

    Attributes:
        stage: `read`, `parse`, `chunk`, `embed` or `index`.
        reason: short stable code such as `encrypted`; `error` says it in a sentence.
        retry_at: when it is tried again; None when it is given up until it changes.
    """

    path: str
    stage: str
    reason: str
    error: str
    attempts: int
    failed_at: datetime
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceRemark:
    """A document that is searchable in part only: `text` says what is not."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceChange:
    """The tracking record of one change to one document.

    Attributes:
        event: `changed`, `deleted` or `access` (who may read it).
        error: why it did not end well; empty when it did.
        timings: seconds by stage, in order.
    """

    path: str
    event: str
    state: str
    queued_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    timings: tuple[tuple[str, float], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source at a glance.

    Attributes:
        location: where it is, in words or as a path; empty when the asker may not know.
        status, reason: how well it is, and why in one sentence.
        documents, pending, failed: counts over the documents the asker may read.
        last_change_at: when the newest change became searchable.
        last_scan_at: when the source was last compared with the ledger as a whole.
        lag_seconds: age of the oldest change that still waits; None when none waits.
        average_seconds: from noticing a change to searchable, over the recent ones.
        failures, changes: newest first; `changes` only when one source is read.
        remarks: documents that are searchable in part only, by path.
    """

    name: str
    kind: str
    status: Status
    reason: str
    documents: int
    pending: int
    failed: int
    processed: int = 0
    location: str = ""
    last_change_at: datetime | None = None
    last_scan_at: datetime | None = None
    lag_seconds: float | None = None
    average_seconds: float | None = None
    estimated_completion: datetime | None = None
    failures: tuple[SourceFailure, ...] = ()
    changes: tuple[SourceChange, ...] = ()
    remarks: tuple[SourceRemark, ...] = ()
