"""Sources as HTTP shows them."""

from datetime import datetime

from pydantic import Field

from groundwatch.domain.sources import SourceChange, SourceFailure, SourceRemark, SourceStatus
from groundwatch.domain.status import Status
from groundwatch.serving.bodies.body import Body


class FailureBody(Body):
    """A document that could not be indexed."""

    path: str
    stage: str
    reason: str
    error: str
    attempts: int
    failed_at: datetime
    retry_at: datetime | None = Field(description="Null: given up until the file changes.")

    @classmethod
    def of(cls, failure: SourceFailure) -> "FailureBody":
        return cls(
            path=failure.path,
            stage=failure.stage,
            reason=failure.reason,
            error=failure.error,
            attempts=failure.attempts,
            failed_at=failure.failed_at,
            retry_at=failure.retry_at,
        )


class RemarkBody(Body):
    """A document that is searchable in part only."""

    path: str
    text: str = Field(description="What is not searchable, and what to do.")

    @classmethod
    def of(cls, remark: SourceRemark) -> "RemarkBody":
        return cls(path=remark.path, text=remark.text)


class ChangeBody(Body):
    """The tracking record of one change to one document."""

    path: str
    event: str
    state: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    timings: dict[str, float] = Field(description="Seconds by stage.")
    error: str

    @classmethod
    def of(cls, change: SourceChange) -> "ChangeBody":
        return cls(
            path=change.path,
            event=change.event,
            state=change.state,
            queued_at=change.queued_at,
            started_at=change.started_at,
            finished_at=change.finished_at,
            timings=dict(change.timings),
            error=change.error,
        )


class SourceBody(Body):
    """One source; counts and paths only of documents the asker may read."""

    name: str
    kind: str
    status: Status
    reason: str
    location: str
    documents: int
    pending: int
    failed: int
    processed: int
    last_change_at: datetime | None
    last_scan_at: datetime | None
    lag_seconds: float | None = Field(description="Age of the oldest change that still waits.")
    average_seconds: float | None = Field(description="From noticing to searchable, on average.")
    estimated_completion: datetime | None
    failures: tuple[FailureBody, ...]
    remarks: tuple[RemarkBody, ...]
    changes: tuple[ChangeBody, ...] = Field(description="Newest first; empty in lists.")

    @classmethod
    def of(cls, source: SourceStatus) -> "SourceBody":
        return cls(
            name=source.name,
            kind=source.kind,
            status=source.status,
            reason=source.reason,
            location=source.location,
            documents=source.documents,
            pending=source.pending,
            failed=source.failed,
            processed=source.processed,
            last_change_at=source.last_change_at,
            last_scan_at=source.last_scan_at,
            lag_seconds=source.lag_seconds,
            average_seconds=source.average_seconds,
            estimated_completion=source.estimated_completion,
            failures=tuple(FailureBody.of(failure) for failure in source.failures),
            remarks=tuple(RemarkBody.of(remark) for remark in source.remarks),
            changes=tuple(ChangeBody.of(change) for change in source.changes),
        )


class SourcesBody(Body):
    """All sources."""

    sources: tuple[SourceBody, ...]


class RetryBody(Body):
    """Which failed documents to try again."""

    paths: tuple[str, ...] | None = Field(
        default=None, max_length=1000, description="Null: all that the asker may read."
    )


class RetriedBody(Body):
    """How many documents are tried again."""

    retried: int
