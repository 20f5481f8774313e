"""Fakes of uploads, jobs and sources."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.serving.company import NOW, record
from tests.serving.fakes import FakeLibrary

from groundwatch.domain.access import AccessList, Identity
from groundwatch.domain.documents import DocumentMeta
from groundwatch.domain.jobs import Job, Operation, Removal, Task, TaskState, Upload
from groundwatch.domain.sources import SourceChange, SourceFailure, SourceRemark, SourceStatus
from groundwatch.domain.status import Status
from groundwatch.errors import Conflict, NotFound


@dataclass
class FakeJobs:
    jobs: dict[str, Job] = field(default_factory=dict)

    def accept(self, asker: Identity, tasks: Sequence[Task]) -> Job:
        job = Job(
            id=f"job{len(self.jobs) + 1}",
            user=asker.user,
            state=TaskState.QUEUED,
            created_at=NOW,
            total=len(tasks),
            queue_size=len(tasks),
            estimated_completion=NOW + timedelta(seconds=2),
            tasks=tuple(tasks),
        )
        self.jobs[job.id] = job
        return job

    def get(self, identity: Identity, job_id: str) -> Job:
        found = self.jobs.get(job_id)
        if found is None or found.user != identity.user:
            raise NotFound(f"job {job_id}")
        return found

    def page(self, identity: Identity, *, after: str, limit: int) -> list[Job]:
        mine = [job for job in self.jobs.values() if job.user == identity.user]
        return [replace(job, tasks=()) for job in reversed(mine)][:limit]


@dataclass
class FakeUploads:
    library: FakeLibrary
    jobs: FakeJobs
    failure: Exception | None = None
    received: list[Upload] = field(default_factory=list)

    def put(self, identity: Identity, upload: Upload, document_id: str | None) -> Job:
        if self.failure is not None:
            raise self.failure
        self.received.append(upload)
        if document_id is None:
            access = upload.access or AccessList(frozenset({f"user:{identity.user}"}))
            text = upload.data.decode("utf-8", "replace")
            new = record("uploads", f"{identity.user}/{upload.path}", text, access)
            self.library.records[new.meta.id] = new
            return self.jobs.accept(identity, [self._task(new.meta, Operation.PUT)])
        meta = self._own(identity, document_id)
        return self.jobs.accept(identity, [self._task(meta, Operation.PUT)])

    def delete(self, identity: Identity, document_id: str) -> Job:
        meta = self._own(identity, document_id)
        del self.library.records[document_id]
        return self.jobs.accept(identity, [self._task(meta, Operation.DELETE)])

    def batch(self, identity: Identity, operations: Sequence[Upload | Removal]) -> Job:
        tasks: list[Task] = []
        for operation in operations:
            if isinstance(operation, Upload):
                tasks.extend(self.put(identity, operation, None).tasks)
            else:
                tasks.extend(self.delete(identity, operation.document_id).tasks)
        return self.jobs.accept(identity, tasks)

    def _own(self, asker: Identity, document_id: str) -> DocumentMeta:
        meta = self.library.content(asker, document_id).meta
        if meta.source != "uploads":
            raise Conflict(f"{meta.path} belongs to the source {meta.source}; change it there.")
        return meta

    def _task(self, meta: DocumentMeta, operation: Operation) -> Task:
        return Task(meta.id, meta.path, operation, TaskState.QUEUED)


@dataclass
class FakeSources:
    library: FakeLibrary
    synced: list[str] = field(default_factory=list)
    retried: list[tuple[str, Sequence[str] | None]] = field(default_factory=list)

    def overview(self, identity: Identity) -> list[SourceStatus]:
        return [self._handbook(identity), self._wiki()]

    def get(self, identity: Identity, name: str) -> SourceStatus:
        if name != "handbook":
            raise NotFound(f"source {name}")
        change = SourceChange(
            "people/leave.md", "modified", "done", NOW, NOW, NOW, (("parse", 0.01),)
        )
        return replace(self._handbook(identity), changes=(change,))

    def sync(self, identity: Identity, name: str) -> None:
        self.get(identity, name)
        self.synced.append(name)

    def retry(self, identity: Identity, name: str, paths: Sequence[str] | None) -> int:
        self.get(identity, name)
        self.retried.append((name, paths))
        return len(paths or ("all",))

    def _handbook(self, asker: Identity) -> SourceStatus:
        failure = SourceFailure(
            "people/old plan.pdf",
            "parse",
            "encrypted",
            "The file is encrypted; save it without a password.",
            1,
            NOW - timedelta(hours=3),
        )
        retried = SourceFailure(
            "people/<img src=x onerror=window.hacked=3>.docx",
            "parse",
            "corrupt",
            "The file is not a valid document.",
            2,
            NOW - timedelta(minutes=9),
            NOW + timedelta(minutes=5),
        )
        return SourceStatus(
            "handbook",
            "filesystem",
            Status.WARNING,
            "2 documents could not be read.",
            documents=len(self.library.visible(asker)),
            pending=3,
            failed=2,
            processed=1284,
            location="/srv/handbook",
            remarks=(SourceRemark("people/scan.pdf", "3 of 20 pages are images without text."),),
            last_change_at=NOW - timedelta(minutes=4),
            last_scan_at=NOW - timedelta(minutes=1),
            lag_seconds=1.4,
            average_seconds=0.082,
            failures=(retried, failure),
        )

    def _wiki(self) -> SourceStatus:
        return SourceStatus("wiki", "filesystem", Status.UNKNOWN, "Not scanned yet.", 0, 0, 0)
