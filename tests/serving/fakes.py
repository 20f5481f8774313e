"""A small company in memory that satisfies what the HTTP server needs."""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np

from groundwatch.domain.access import EVERYONE, AccessList, Identity
from groundwatch.domain.answers import (
    Answer,
    AnswerDone,
    AnswerEvent,
    AnswerSentence,
    Citation,
    Outcome,
    PassagesFound,
    SentenceReady,
    Usage,
)
from groundwatch.domain.documents import DocumentContent, DocumentMeta, Passage
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.jobs import Job, Operation, Removal, Task, TaskState, Upload
from groundwatch.domain.queries import SearchFilters
from groundwatch.domain.questions import AskOptions, Candidate, SearchMode, SearchResult
from groundwatch.domain.sources import SourceChange, SourceFailure, SourceStatus
from groundwatch.domain.status import Severity, Status
from groundwatch.errors import Conflict, NotAuthenticated, NotFound, Unavailable
from groundwatch.models.embedder import Urgency, Vectors
from groundwatch.serving.services import Services
from groundwatch.serving.settings import LimitSettings, ServerSettings

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
READER = frozenset(
    {
        "answers:ask",
        "search:read",
        "documents:read",
        "feedback:write",
        "embeddings:create",
        "interactions:read",
    }
)
EDITOR = READER | {"documents:write", "jobs:read", "sources:read", "sources:sync"}
ADMIN = EDITOR | {"permissions:write", "search:explain", "index:manage", "keys:write"}

LEAVE = """# Parental leave

Every parent gets 26 weeks of paid leave. The leave starts at the latest eight weeks after birth.

## How to ask for it

Tell your manager ten weeks before you go. The people team confirms within five working days.
"""
SALARIES = "# Salary bands\n\nThe top band of the harbour masters is 98,000 crowns a year.\n"
HOSTILE = (
    "# Script test\n\n"
    'The hostile clause <script>window.hacked = 1</script><img src=x onerror="window.hacked=2"> '
    "must stay text.\n"
)
RULES = "# Harbour rules\n\n" + "\n\n".join(
    f"Rule {number}. " + ("Anchors must be cleaned of kelp before inspection. " * 3)
    if number != 120
    else "The quarantine flag is hoisted at dawn by the youngest pilot. All ships wait."
    for number in range(1, 200)
)
TRAVEL = "# Travel\n\nTrains are booked in second class. Flights need the approval of a director.\n"


def document_id(source: str, path: str) -> str:
    return sha256(f"{source}\0{path}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Record:
    meta: DocumentMeta
    text: str
    access: AccessList


def record(source: str, path: str, text: str, access: AccessList) -> Record:
    title = text.removeprefix("# ").partition("\n")[0] or path
    meta = DocumentMeta(
        id=document_id(source, path),
        source=source,
        path=path,
        title=title,
        media_type="text/markdown",
        version=3,
        content_hash=sha256(text.encode()).hexdigest(),
        size=len(text.encode()),
        modified_at=NOW - timedelta(days=12),
        indexed_at=NOW,
    )
    return Record(meta, text, access)


def company() -> dict[str, Record]:
    staff, hr = AccessList(frozenset({"group:staff"})), AccessList(frozenset({"group:hr"}))
    records = [
        record("handbook", "people/leave.md", LEAVE, staff),
        record("handbook", "hr/salaries.md", SALARIES, hr),
        record("handbook", "<script>alert(1)</script>.md", HOSTILE, staff),
        record("handbook", "port/rules.md", RULES, staff),
        record("handbook", "people/travel.md", TRAVEL, AccessList(frozenset({EVERYONE}))),
    ]
    return {each.meta.id: each for each in records}


def identity(user: str, permissions: frozenset[str], *groups: str, via: str = "key") -> Identity:
    principals = {f"user:{user}", EVERYONE, *(f"group:{group}" for group in groups)}
    return Identity(user, frozenset(principals), permissions, via, display_name=user.capitalize())


@dataclass
class FakeAuthentication:
    """Keys are `gw_USER`, links `link-USER`, sessions `session-USER`."""

    people: dict[str, Identity]
    links: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    is_down: bool = False

    def __call__(self, credential: str) -> Identity:
        if self.is_down:
            raise Unavailable("the store at /secret/place does not answer")
        if credential in self.ended:
            raise NotAuthenticated("ended")
        for prefix, via in (("gw_", "key"), ("session-", "session")):
            user = credential.removeprefix(prefix)
            if credential.startswith(prefix) and user in self.people:
                return replace(self.people[user], via=via)
        raise NotAuthenticated("unknown")

    def redeem(self, token: str) -> str:
        if token not in self.links:
            raise NotAuthenticated("used")
        self.links.remove(token)
        return token.replace("link-", "session-")

    def end(self, credential: str) -> None:
        self.ended.add(credential)


@dataclass
class FakeSink:
    recorded: list[Interaction] = field(default_factory=list)

    def record(self, interaction: Interaction) -> None:
        self.recorded.append(interaction)


@dataclass
class FakeLibrary:
    records: dict[str, Record] = field(default_factory=company)

    def visible(self, asker: Identity) -> list[Record]:
        return [each for each in self.records.values() if self._sees(asker, each)]

    def find(self, query: str, asker: Identity) -> tuple[Passage, ...]:
        words = {word for word in query.lower().split() if len(word) > 3}
        found: list[Passage] = []
        for each in self.visible(asker):
            start = 0
            for part in each.text.split("\n\n"):
                start = each.text.index(part, start)
                hits = sum(word.strip("?.,") in part.lower() for word in words)
                if hits and not part.startswith("#"):
                    found.append(self._passage(each, part, start, hits))
        ranked = sorted(found, key=lambda passage: (-passage.score, passage.chunk_id))
        return tuple(replace(each, rank=rank) for rank, each in enumerate(ranked, 1))

    def page(
        self, identity: Identity, *, source: str, prefix: str, after: str, limit: int
    ) -> list[DocumentMeta]:
        metas = sorted((each.meta for each in self.visible(identity)), key=lambda meta: meta.id)
        return [
            meta
            for meta in metas
            if meta.id > after and source in ("", meta.source) and meta.path.startswith(prefix)
        ][:limit]

    def content(self, identity: Identity, document_id: str) -> DocumentContent:
        found = self.records.get(document_id)
        if found is None:
            raise NotFound(f"document {document_id} does not exist")
        if not self._sees(identity, found):
            raise NotFound(f"document {document_id} is forbidden for {identity.user}")
        return DocumentContent(found.meta, found.text, found.access)

    def set_access(self, identity: Identity, document_id: str, access: AccessList) -> None:
        self.content(identity, document_id)
        self.records[document_id] = replace(self.records[document_id], access=access)

    def _sees(self, asker: Identity, each: Record) -> bool:
        return asker.may("index:manage") or each.access.decide(asker.principals) == "allowed"

    def _passage(self, each: Record, part: str, start: int, hits: int) -> Passage:
        return Passage(
            chunk_id=int(each.meta.id[:6], 16) * 1000 + start,
            document=each.meta,
            text=part,
            start=start,
            end=start + len(part),
            heading=each.meta.title,
            page=None,
            rank=1,
            score=hits / 10,
            dense_score=0.7,
            lexical_score=float(hits),
        )


@dataclass
class FakeAsking:
    """Quotes the first sentence of the best passages. `held` questions wait for `release`.
    `endless` ones never end."""

    library: FakeLibrary
    sink: FakeSink
    release: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None
    outcome: Outcome = Outcome.ANSWERED

    def ask(
        self, question: str, identity: Identity, options: AskOptions
    ) -> Generator[AnswerEvent, None, None]:
        outcome = Outcome.CANCELLED
        try:
            passages = self.library.find(question, identity)
            self._fail(when="refused at once" in question)
            yield PassagesFound(passages)
            sentences: list[AnswerSentence] = []
            for number, passage in enumerate(passages[:2], 1):
                sentences.append(self._sentence(passage, number))
                yield SentenceReady(sentences[-1])
                if "held" in question:
                    assert self.release.wait(10)
                self._fail(when=True)
            while "endless" in question:
                self.release.wait(0.01)
                yield SentenceReady(sentences[-1])
            answer = self._answer(passages, tuple(sentences))
            outcome = answer.outcome
            yield AnswerDone(answer)
        except GeneratorExit:
            raise
        except BaseException:
            outcome = Outcome.FAILED
            raise
        finally:
            self.sink.record(self._interaction(question, identity, options, outcome))

    def _fail(self, *, when: bool) -> None:
        if when and self.failure is not None:
            raise self.failure

    def _sentence(self, passage: Passage, number: int) -> AnswerSentence:
        quote = passage.text.partition(". ")[0].rstrip(".") + "."
        start = passage.start
        citation = Citation(
            number,
            passage.chunk_id,
            passage.document.id,
            passage.text[: len(quote)],
            start,
            start + len(quote),
        )
        return AnswerSentence(quote, (citation,))

    def _answer(
        self, passages: tuple[Passage, ...], sentences: tuple[AnswerSentence, ...]
    ) -> Answer:
        if not sentences:
            return Answer(
                Outcome.DECLINED,
                "This is not in your documents.",
                passages=passages,
                confidence=0.08,
                reason="No passage answers the question.",
            )
        text = " ".join(sentence.text for sentence in sentences)
        return Answer(
            self.outcome,
            text,
            sentences,
            passages,
            confidence=0.93,
            usage=Usage(120, 30, 0.0004),
            model="extractive",
            prompt_version="1",
        )

    def _interaction(
        self, question: str, asker: Identity, options: AskOptions, outcome: Outcome
    ) -> Interaction:
        return Interaction(
            id=options.interaction_id,
            application="groundwatch",
            started_at=NOW,
            duration=0.1,
            outcome=outcome,
            severity=Severity.INFO,
            query=question,
            user=asker.user,
            endpoint=options.endpoint,
        )


@dataclass
class FakeSearching:
    library: FakeLibrary

    def search(
        self,
        query: str,
        identity: Identity,
        filters: SearchFilters,
        k: int | None,
        *,
        explain: bool,
    ) -> SearchResult:
        passages = self.library.find(query, identity)[: k or 8]
        candidates = tuple(
            Candidate(
                each.chunk_id,
                each.document.id,
                each.document.source,
                each.document.path,
                "shown",
                each.score,
            )
            for each in passages
        )
        return SearchResult(
            passages, SearchMode.HYBRID, "g1", explanation=candidates if explain else None
        )


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
            last_change_at=NOW - timedelta(minutes=4),
            last_scan_at=NOW - timedelta(minutes=1),
            lag_seconds=1.4,
            average_seconds=0.082,
            failures=(retried, failure),
        )

    def _wiki(self) -> SourceStatus:
        return SourceStatus("wiki", "filesystem", Status.UNKNOWN, "Not scanned yet.", 0, 0, 0)


@dataclass
class FakeFeedback:
    sink: FakeSink
    given: list[Feedback] = field(default_factory=list)

    def give(self, identity: Identity, feedback: Feedback) -> None:
        mine = {each.id for each in self.sink.recorded if each.user == identity.user}
        if feedback.interaction_id not in mine:
            raise NotFound(f"interaction {feedback.interaction_id}")
        self.given.append(feedback)


class FakeEmbedder:
    name = "fake-embedder"
    dimensions = 4

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        rows = np.array([[len(text), 1.0, 2.0, 3.0] for text in texts], dtype=np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@dataclass
class World:
    """The fakes behind one server, to look into and to disturb."""

    authentication: FakeAuthentication
    library: FakeLibrary
    sink: FakeSink
    asking: FakeAsking
    jobs: FakeJobs
    uploads: FakeUploads
    sources: FakeSources
    feedback: FakeFeedback
    is_ready: bool = True
    limits: LimitSettings = field(default_factory=LimitSettings)

    def services(self) -> Services:
        return Services(
            authenticate=self.authentication,
            sessions=self.authentication,
            asking=self.asking,
            searching=FakeSearching(self.library),
            library=self.library,
            uploads=self.uploads,
            jobs=self.jobs,
            sources=self.sources,
            feedback=self.feedback,
            embedder=FakeEmbedder(),
            sink=self.sink,
            ready=lambda: self.is_ready,
            clock=lambda: NOW,
            settings=ServerSettings(limits=self.limits),
        )


def world(limits: LimitSettings | None = None) -> World:
    """Anna reads, Ben edits, Cleo administers, Hana is of HR, Nemo may do nothing."""
    people = [
        identity("anna", READER, "staff"),
        identity("ben", EDITOR, "staff"),
        identity("cleo", ADMIN, "staff"),
        identity("hana", READER, "staff", "hr"),
        identity("nemo", frozenset()),
    ]
    authentication = FakeAuthentication({each.user: each for each in people})
    library, sink, jobs = FakeLibrary(), FakeSink(), FakeJobs()
    return World(
        authentication,
        library,
        sink,
        FakeAsking(library, sink),
        jobs,
        FakeUploads(library, jobs),
        FakeSources(library),
        FakeFeedback(sink),
        limits=limits or LimitSettings(requests_per_minute=100_000),
    )
