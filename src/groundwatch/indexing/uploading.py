"""Taking documents over HTTP: durable when taken, indexed afterwards."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection

from groundwatch.domain.access import AccessList, AccessReason, Identity
from groundwatch.domain.clock import Clock
from groundwatch.domain.documents import document_id
from groundwatch.domain.jobs import Job, Operation, Removal, Upload
from groundwatch.errors import Conflict, InvalidInput, NotFound, Overloaded, Transient
from groundwatch.indexing.batch import Follow
from groundwatch.sources.uploads import NAME
from groundwatch.store import changes, documents, jobs, ledger, permissions, uploads
from groundwatch.store.database import Database
from groundwatch.store.jobs import NewTask
from groundwatch.store.ledger import Event


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Changes that may wait, and the size of one document."""

    queue: int
    max_bytes: int


class Uploading:
    """Puts and deletes documents of the `uploads` source.

    A path belongs to the person who used it first: internally it begins with their name, so nobody
    learns from a path whether somebody else uses it.

    Args:
        follow: waits until the index has applied a change.
        wake: tells the workers that there is something to do; may fail, they look by themselves.
    """

    def __init__(
        self,
        database: Database,
        follow: Follow,
        wake: Callable[[], None],
        clock: Clock,
        limits: UploadLimits,
    ) -> None:
        self._database = database
        self._follow = follow
        self._wake = wake
        self._clock = clock
        self._limits = limits

    def put(self, identity: Identity, upload: Upload, document_id: str | None) -> Job:
        """Take a new document, or new content for an existing one.

        Raises:
            Overloaded: the queue is full.
            InvalidInput: it is too large.
            NotFound, Conflict: the document to replace is not there, or is not an upload.
        """
        with self._database.write() as connection:
            self._require_room(connection, 1)
            task = self._put(connection, identity, upload, document_id)
            job = self._job(connection, identity, [task])
        self._wake()
        return job

    def delete(self, identity: Identity, document_id: str) -> Job:
        """Delete a document; it is gone from search when this returns."""
        return self.batch(identity, [Removal(document_id)])

    def batch(self, identity: Identity, operations: Sequence[Upload | Removal]) -> Job:
        """Take all operations or none; deletions are in force when this returns."""
        with self._database.write() as connection:
            additions = sum(isinstance(operation, Upload) for operation in operations)
            self._require_room(connection, additions)
            tasks = [self._take(connection, identity, operation) for operation in operations]
            job = self._job(connection, identity, tasks)
            position = changes.latest(connection)
        self._wake()
        if additions < len(operations):
            with suppress(Transient):  # committed, and every answer is checked against the store
                self._follow(position)
        return job

    def _take(self, c: Connection, identity: Identity, operation: Upload | Removal) -> NewTask:
        match operation:
            case Upload():
                return self._put(c, identity, operation, None)
            case Removal(document_id):
                return self._remove(c, identity, document_id)

    def _put(
        self, c: Connection, identity: Identity, upload: Upload, replaced: str | None
    ) -> NewTask:
        if len(upload.data) > self._limits.max_bytes:
            raise InvalidInput(
                f"{upload.path} has {len(upload.data)} bytes, the limit is "
                f"{self._limits.max_bytes}; raise indexing.max_file_megabytes or split it"
            )
        path = f"{identity.user}/{upload.path}"
        if replaced is not None:
            path = self._owned_path(c, identity, replaced)
        now, target = self._clock(), document_id(NAME, path)
        is_new = uploads.get(c, NAME, path) is None
        uploads.put(c, NAME, path, upload.data, tags=upload.tags, user=identity.user, now=now)
        access = upload.access
        if access is None and is_new:
            access = AccessList(frozenset({f"user:{identity.user}"}))
        if access is not None:
            permissions.put_explicit(c, target, access)
        version = ledger.enqueue(c, NAME, [(path, Event.CHANGED)], now)[path]
        return NewTask(NAME, path, target, Operation.PUT, version)

    def _remove(self, c: Connection, identity: Identity, target: str) -> NewTask:
        path = self._owned_path(c, identity, target)
        now = self._clock()
        uploads.remove(c, NAME, path)
        version = ledger.enqueue(c, NAME, [(path, Event.DELETED)], now).get(path, 0)
        documents.delete(c, target, version)
        return NewTask(NAME, path, target, Operation.DELETE, version)

    def _owned_path(self, c: Connection, identity: Identity, target: str) -> str:
        """The path of an upload the asker may read, whether it could be indexed or not."""
        item = documents.metas(c, [target]).get(target) or ledger.find(c, target)
        access = permissions.effective(c, [target]).get(target, AccessList())
        if item is None or access.decide(identity.principals) is not AccessReason.ALLOWED:
            raise NotFound("there is no such document")
        if item.source != NAME:
            raise Conflict(
                f"the document belongs to the source {item.source}; change it there, "
                "this source is read and not written"
            )
        if uploads.get(c, NAME, item.path) is None:
            raise NotFound("there is no such document")
        return item.path

    def _job(self, c: Connection, identity: Identity, tasks: Sequence[NewTask]) -> Job:
        job_id, now = uuid4().hex, self._clock()
        jobs.create(c, job_id, identity.user, now, tasks)
        job = jobs.get(c, job_id, now)
        assert job is not None, "it was created in this transaction"
        return job

    def _require_room(self, c: Connection, more: int) -> None:
        waiting = ledger.waiting(c)
        if more and waiting + more > self._limits.queue:
            raise Overloaded(
                f"{waiting} changes wait to be indexed, the limit is {self._limits.queue}; "
                "try again later",
                retry_after=5.0,
            )


class JobBook:
    """Follows accepted work: one's own, everybody's for those who may `index:manage`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, identity: Identity, job_id: str) -> Job:
        with self._database.read() as connection:
            job = jobs.get(connection, job_id, self._clock())
        if job is None or not (job.user == identity.user or identity.may("index:manage")):
            raise NotFound("there is no such job")
        return job

    def page(self, identity: Identity, *, after: str, limit: int) -> list[Job]:
        user = None if identity.may("index:manage") else identity.user
        with self._database.read() as connection:
            return jobs.page(connection, self._clock(), user=user, after=after, limit=limit)
