"""The data folder opened by its owner, for the command line."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from groundwatch.access.directory import Directory
from groundwatch.app.answering import Answering, open_answering
from groundwatch.app.ground import Ground, open_ground, running
from groundwatch.app.owner import OWNER, require_owner
from groundwatch.app.paths import DataFolder
from groundwatch.app.services import Searching, Sources
from groundwatch.app.waking import waking
from groundwatch.config import Config
from groundwatch.domain.access import AccessList, Identity
from groundwatch.domain.answers import AnswerEvent
from groundwatch.domain.clock import system_clock
from groundwatch.domain.documents import DocumentContent, DocumentMeta
from groundwatch.domain.jobs import Job, Upload
from groundwatch.domain.queries import EVERYTHING
from groundwatch.domain.questions import AskOptions, SearchResult
from groundwatch.domain.sources import SourceStatus
from groundwatch.errors import NotPermitted
from groundwatch.index.remote import RemoteIndex
from groundwatch.indexing.status import SourceBook
from groundwatch.indexing.uploading import Uploading, UploadLimits
from groundwatch.retrieval.library import Library
from groundwatch.wire.client import Client


@dataclass(frozen=True, slots=True)
class Local:
    """Questions asked as a user of the configuration."""

    ground: Ground
    answering: Answering

    def ask(self, question: str, user: str) -> list[AnswerEvent]:
        """Every event of an answer, to its end."""
        options = AskOptions(uuid4().hex, endpoint="cli:ask")
        identity = self.answering.directory.identity(user, OWNER)
        return list(self.answering.asking.ask(question, identity, options))

    def search(self, query: str, user: str, k: int, *, explain: bool) -> SearchResult:
        """Passages; to explain takes the permission."""
        identity = self.answering.directory.identity(user, OWNER)
        if explain and not identity.may("search:explain"):
            raise NotPermitted(f"{user} may not see why passages are withheld")
        searching = Searching(self.answering.retriever)
        return searching.search(query, identity, EVERYTHING, k, explain=explain)


@contextmanager
def open_local(config: Config, config_path: Path) -> Generator[Local]:
    """Answer questions, with the running engine or one of our own."""
    require_owner(config)
    with (
        running(DataFolder(config.data), "engine", config_path),
        open_ground(config, system_clock) as ground,
        open_answering(ground) as answering,
    ):
        yield Local(ground, answering)


@contextmanager
def open_index(config: Config, config_path: Path) -> Generator[RemoteIndex]:
    """The index, in the running engine or one of our own."""
    require_owner(config)
    with (
        running(DataFolder(config.data), "engine", config_path),
        open_ground(config, system_clock) as ground,
    ):
        yield ground.index


@dataclass(frozen=True, slots=True)
class LocalStore:
    """Documents and sources, without questions."""

    directory: Directory
    library: Library
    uploading: Uploading
    book: Sources

    def sources(self) -> list[SourceStatus]:
        return self.book.overview(_manager())

    def source(self, name: str) -> SourceStatus:
        return self.book.get(_manager(), name)

    def retry(self, name: str, paths: list[str] | None) -> int:
        return self.book.retry(_manager(), name, paths)

    def documents(self, user: str, source: str, prefix: str, limit: int) -> list[DocumentMeta]:
        return self.library.page(
            self._identity(user), source=source, prefix=prefix, after="", limit=limit
        )

    def content(self, user: str, document_id: str) -> DocumentContent:
        return self.library.content(self._identity(user), document_id)

    def put(self, user: str, path: str, data: bytes, allow: Sequence[str] | None) -> Job:
        access = AccessList(frozenset(allow)) if allow else None
        identity = self._require(user, "documents:write")
        return self.uploading.put(identity, Upload(path, data, access), None)

    def delete(self, user: str, document_id: str) -> Job:
        return self.uploading.delete(self._require(user, "documents:write"), document_id)

    def _identity(self, user: str) -> Identity:
        return self.directory.identity(user, OWNER)

    def _require(self, user: str, permission: str) -> Identity:
        identity = self._identity(user)
        if not identity.may(permission):
            raise NotPermitted(f"{user} lacks the permission {permission}")
        return identity


@contextmanager
def open_local_store(config: Config) -> Generator[LocalStore]:
    """Documents and sources; an engine or a worker that does not run is not started."""
    require_owner(config)
    folder = DataFolder(config.data)
    with ExitStack() as stack:
        ground = stack.enter_context(open_ground(config, system_clock))
        worker = Client(folder.worker_socket, patience=0.0)
        stack.callback(worker.close)
        limits = UploadLimits(
            config.indexing.queue_limit, config.indexing.max_file_megabytes * 1_000_000
        )
        yield LocalStore(
            Directory(config.users, config.groups),
            Library(ground.database, ground.index),
            Uploading(ground.database, ground.index.follow, waking(worker), system_clock, limits),
            Sources(SourceBook(ground.database, system_clock), worker, lambda: config),
        )


def _manager() -> Identity:
    """The owner of the data folder sees the state of everything, and no text."""
    return Identity(OWNER, frozenset(), frozenset({"index:manage", "sources:read"}), OWNER)
