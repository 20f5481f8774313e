"""Documents and jobs as HTTP takes and shows them."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from groundwatch.access.explaining import Readable
from groundwatch.domain.access import AccessReason
from groundwatch.domain.documents import DocumentContent
from groundwatch.domain.jobs import Job, Operation, Removal, Task, TaskState, Upload
from groundwatch.errors import InvalidInput
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.passages import AccessBody, DocumentBody, Label
from groundwatch.serving.paths import upload_path


class ContentBody(Body):
    """New content for a document: `content` as text, or `content_base64` for any bytes."""

    content: str | None = None
    content_base64: str | None = None
    tags: tuple[Label, ...] = Field(default=(), max_length=100)

    def data(self) -> bytes:
        if (self.content is None) == (self.content_base64 is None):
            raise InvalidInput("Give either content or content_base64.")
        if self.content is not None:
            return self.content.encode("utf-8", "replace")
        try:
            return base64.b64decode(self.content_base64 or "", validate=True)
        except binascii.Error as error:
            raise InvalidInput("content_base64 is not base64.") from error


class UploadBody(ContentBody):
    """A new document."""

    path: str = Field(max_length=1000, examples=["handbook/leave.md"])
    access: AccessBody | None = Field(
        default=None, description="Left out, a new document is readable by its uploader alone."
    )

    def upload(self) -> Upload:
        return Upload(
            path=upload_path(self.path),
            data=self.data(),
            access=None if self.access is None else self.access.access(),
            tags=self.tags,
        )


class PutOperation(UploadBody):
    """A document to add or replace in a batch."""

    op: Literal["put"]


class DeleteOperation(Body):
    """A document to delete in a batch."""

    op: Literal["delete"]
    document_id: str = Field(max_length=64)


class BatchBody(Body):
    """Many operations, taken all or none."""

    operations: tuple[Annotated[PutOperation | DeleteOperation, Field(discriminator="op")], ...] = (
        Field(min_length=1, max_length=1000)
    )

    def all(self) -> list[Upload | Removal]:
        return [
            each.upload() if isinstance(each, PutOperation) else Removal(each.document_id)
            for each in self.operations
        ]


class ReadableBody(Body):
    """Whether a user may read a document; its path is told only to those who may read it."""

    document_id: str
    user: str
    readable: bool
    reason: AccessReason
    words: str = Field(description="The rule that decides, and the way through the groups.")

    @classmethod
    def of(cls, found: Readable) -> "ReadableBody":
        return cls(
            document_id=found.document_id,
            user=found.user,
            readable=found.readable,
            reason=found.reason,
            words=found.words,
        )


class DocumentsWanted(Body):
    """Which documents are listed."""

    source: str = Field(default="", max_length=100)
    prefix: str = Field(default="", max_length=1000, description="Paths that begin so.")
    after: str = Field(default="", max_length=64, description="`next` of the page before.")
    limit: int = Field(default=50, ge=1, le=200)


class DocumentPageBody(Body):
    """A page of documents; `next` is the `after` of the page that follows, null at the end."""

    documents: tuple[DocumentBody, ...]
    next: str | None


class DocumentContentBody(Body):
    """A document with its text."""

    document: DocumentBody
    text: str
    readable_as: tuple[str, ...] = Field(description="The asker's principals that allow it.")
    access: AccessBody | None = Field(description="For those who may change it, else null.")

    @classmethod
    def of(
        cls, content: DocumentContent, principals: frozenset[str], *, whole: bool
    ) -> "DocumentContentBody":
        return cls(
            document=DocumentBody.of(content.meta),
            text=content.text,
            readable_as=tuple(sorted(content.access.allow & principals)),
            access=AccessBody.of(content.access) if whole else None,
        )


class TaskBody(Body):
    """One document of a job."""

    document_id: str
    path: str
    operation: Operation
    state: TaskState
    stage: str
    reason: str
    error: str

    @classmethod
    def of(cls, task: Task) -> "TaskBody":
        return cls(
            document_id=task.document_id,
            path=task.path,
            operation=task.operation,
            state=task.state,
            stage=task.stage,
            reason=task.reason,
            error=task.error,
        )


class JobBody(Body):
    """Accepted work."""

    id: str
    user: str
    state: TaskState
    created_at: datetime
    finished_at: datetime | None
    total: int
    done: int
    failed: int
    queue_size: int = Field(description="Changes that waited, of everybody.")
    estimated_completion: datetime | None
    tasks: tuple[TaskBody, ...] = Field(description="Empty in lists.")

    @classmethod
    def of(cls, job: Job) -> "JobBody":
        return cls(
            id=job.id,
            user=job.user,
            state=job.state,
            created_at=job.created_at,
            finished_at=job.finished_at,
            total=job.total,
            done=job.done,
            failed=job.failed,
            queue_size=job.queue_size,
            estimated_completion=job.estimated_completion,
            tasks=tuple(TaskBody.of(task) for task in job.tasks),
        )


class JobPageBody(Body):
    """A page of jobs, newest first; `next` is the `after` of the page that follows."""

    jobs: tuple[JobBody, ...]
    next: str | None
