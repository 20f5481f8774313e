"""What the HTTP server needs of the rest: one value of Protocols, filled by the composition root.

All methods block and are called in threads, several at a time. Each takes the identity and decides
by it: what the asker may not see raises the same `NotFound` as what does not exist. Whether they
may do the thing at all (`Identity.may`) was decided by the route.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from groundwatch.access.explaining import Readable
from groundwatch.alerting.desk import Desk
from groundwatch.analytics.business import NOTHING_ASSUMED, Assumptions
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.experiments_book import ExperimentBook
from groundwatch.analytics.experiments_settings import ExperimentSettings
from groundwatch.analytics.slo_settings import ServiceLevelSettings
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.anomaly.book import FindingBook
from groundwatch.domain.access import AccessList, Authenticate, Identity
from groundwatch.domain.alerts import Incident
from groundwatch.domain.answers import AnswerEvent
from groundwatch.domain.clock import Clock
from groundwatch.domain.documents import DocumentContent, DocumentMeta
from groundwatch.domain.interactions import Feedback, InteractionSink
from groundwatch.domain.jobs import Job, Removal, Upload
from groundwatch.domain.queries import SearchFilters
from groundwatch.domain.questions import AskOptions, SearchResult
from groundwatch.domain.sources import SourceStatus
from groundwatch.models.embedder import Embedder
from groundwatch.reports.desk import ReportDesk
from groundwatch.serving.settings import ServerSettings
from groundwatch.serving.telemetry import Telemetry
from groundwatch.telemetry.otlp.edge import OtlpEdge

if TYPE_CHECKING:
    from groundwatch.store.events import EventStore


class Asking(Protocol):
    """Answers questions."""

    def ask(
        self, question: str, identity: Identity, options: AskOptions
    ) -> Generator[AnswerEvent, None, None]:
        """Yield `PassagesFound`, any number of `SentenceReady`, then `AnswerDone`.

        Records exactly one interaction under `options.interaction_id`, whether it runs to its end,
        raises, or is closed early (cancelled). Nothing happens before the first `next`.

        Raises:
            Unavailable, Overloaded: while iterating; what was yielded before stays valid.
        """
        ...


class Searching(Protocol):
    """Finds passages."""

    def search(
        self,
        query: str,
        identity: Identity,
        filters: SearchFilters,
        k: int | None,
        *,
        explain: bool,
    ) -> SearchResult:
        """Return at most `k` permitted passages (None: the configured number).

        `explain` is only True for those who may `search:explain`.
        """
        ...


class Library(Protocol):
    """Reads documents the asker may see."""

    def page(
        self, identity: Identity, *, source: str, prefix: str, after: str, limit: int
    ) -> list[DocumentMeta]:
        """Return at most `limit` documents in a stable order.

        Args:
            identity: who asks.
            source: only of this source; empty for all. An unknown source has no documents.
            prefix: only paths that begin so.
            after: id of the last document of the page before; empty for the first page.
            limit: at most so many.
        """
        ...

    def content(self, identity: Identity, document_id: str) -> DocumentContent:
        """Return a document with its parsed text, or raise NotFound."""
        ...

    def set_access(self, identity: Identity, document_id: str, access: AccessList) -> None:
        """Replace a document's permissions; in force everywhere when this returns."""
        ...


class Uploads(Protocol):
    """Takes documents over HTTP. What returns is durable; the work is done later.

    Raises:
        Overloaded: the queue is full.
        Conflict: the document belongs to a source that is read, not written.
        NotFound: the document to replace or delete does not exist for the asker.
    """

    def put(self, identity: Identity, upload: Upload, document_id: str | None) -> Job:
        """Take a new document (`document_id` None) or new content for an existing one.

        A path is the uploader's own: nobody learns from it whether somebody else uses it. Putting
        to a path of one's own again makes a new version.
        """
        ...

    def delete(self, identity: Identity, document_id: str) -> Job:
        """Delete a document; it is gone from search when this returns."""
        ...

    def batch(self, identity: Identity, operations: Sequence[Upload | Removal]) -> Job:
        """Take all operations or none."""
        ...


class Jobs(Protocol):
    """Follows accepted work: one's own, and everybody's for those who may `index:manage`."""

    def get(self, identity: Identity, job_id: str) -> Job: ...

    def page(self, identity: Identity, *, after: str, limit: int) -> list[Job]:
        """Return jobs, newest first, after the job `after`."""
        ...


class Sources(Protocol):
    """Shows and wakes sources. Paths and counts only of documents the asker may read."""

    def overview(self, identity: Identity) -> list[SourceStatus]: ...

    def get(self, identity: Identity, name: str) -> SourceStatus:
        """Return one source with its recent changes, or raise NotFound."""
        ...

    def sync(self, identity: Identity, name: str) -> None:
        """Have a source compared with the ledger now, or raise NotFound."""
        ...

    def retry(self, identity: Identity, name: str, paths: Sequence[str] | None) -> int:
        """Try failed documents again (None: all the asker may read); returns how many."""
        ...


class FeedbackBook(Protocol):
    """Keeps what people say of answers."""

    def give(self, identity: Identity, feedback: Feedback) -> None:
        """Keep feedback durably; the newest of a user on an interaction counts.

        Raises:
            NotFound: no such interaction, or not one's own. (An interaction is recorded up to
                200 ms after its answer: wait for that before saying so.)
        """
        ...


class Sessions(Protocol):
    """Signs people in to the pages."""

    def redeem(self, token: str) -> str:
        """Use up a one-time link and return a new session's credential.

        `Services.authenticate` turns that credential into an identity with `via="session"`.

        Raises:
            NotAuthenticated: unknown, used or expired: the three are never distinguished.
        """
        ...

    def end(self, credential: str) -> None:
        """End a session; unknown ones are ignored."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in force, for reading, and what it means; secrets are hidden before."""

    name: str
    value: str
    default: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """What was recorded of every application, and by what it is judged.

    Attributes:
        monthly_budget: US dollars; None without a limit.
        assumptions: what an answer is worth, as declared.
        update_seconds: between two updates of a live page.
        settings: of the configuration in force.
        levels: what was promised, and what is aimed at.
        capacity: limits that are planned for.
        findings: what was found unusual; None where nothing is looked for.
        incidents: those that are open, the worst first.
        experiments: their runs; None where none are kept.
        configured: experiments of the configuration, by name.
    """

    events: "EventStore"
    thresholds: Thresholds = DEFAULT
    monthly_budget: float | None = None
    assumptions: Assumptions = NOTHING_ASSUMED
    update_seconds: float = 1.0
    settings: Callable[[], Sequence[Setting]] = tuple
    levels: ServiceLevelSettings = field(default_factory=ServiceLevelSettings)
    capacity: CapacitySettings = field(default_factory=CapacitySettings)
    findings: FindingBook | None = None
    incidents: Callable[[], Sequence[Incident]] = tuple
    experiments: ExperimentBook | None = None
    configured: Callable[[], Mapping[str, ExperimentSettings]] = dict


@dataclass(frozen=True, slots=True)
class Services:
    """Everything below the HTTP server.

    Attributes:
        authenticate: an API key (`via="key"`) or a session's credential (`via="session"`).
        explain_access: whether a user may read a document and why, from a document's id and the
            user's name; for those with `permissions:write`, who may change it.
        embedder: None when search is lexical only.
        sink: takes the interactions of questions that the server itself refused.
        ready: whether questions can be answered now; never raises.
        watch: None where nothing is watched.
        otlp: None where no OTLP is taken.
        telemetry: None where nothing is taken in.
        alerts: None where nothing is alerted.
        reports: None where nothing is watched.
    """

    authenticate: Authenticate
    sessions: Sessions
    asking: Asking
    searching: Searching
    library: Library
    explain_access: Callable[[str, str], Readable]
    uploads: Uploads
    jobs: Jobs
    sources: Sources
    feedback: FeedbackBook
    embedder: Embedder | None
    sink: InteractionSink
    ready: Callable[[], bool]
    clock: Clock
    settings: ServerSettings
    watch: Watch | None = None
    otlp: OtlpEdge | None = None
    telemetry: Telemetry | None = None
    alerts: Desk | None = None
    reports: ReportDesk | None = None
