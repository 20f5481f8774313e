"""The fakes behind one server."""

from dataclasses import dataclass, field

from tests.serving.company import ADMIN, EDITOR, NOW, READER, identity
from tests.serving.fake_asking import FakeAsking
from tests.serving.fake_telemetry import FakeWatch
from tests.serving.fake_work import FakeJobs, FakeSources, FakeUploads
from tests.serving.fakes import (
    FakeAuthentication,
    FakeEmbedder,
    FakeFeedback,
    FakeLibrary,
    FakeSearching,
    FakeSink,
)

from groundwatch.access.explaining import Readable
from groundwatch.domain.access import AccessReason
from groundwatch.serving.services import Services
from groundwatch.serving.settings import LimitSettings, ServerSettings


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
    watch: FakeWatch
    is_ready: bool = True
    limits: LimitSettings = field(default_factory=LimitSettings)

    def explain_access(self, document_id: str, user: str) -> Readable:
        """Only of documents Anna may read, who walks all routes."""
        found = self.library.content(self.authentication.people["anna"], document_id)
        principals = self.authentication.people[user].principals
        reason = found.access.decide(principals)
        meta, readable = found.meta, reason is AccessReason.ALLOWED
        return Readable(meta.id, meta.source, meta.path, user, readable, reason, f"by {user}")

    def services(self) -> Services:
        return Services(
            authenticate=self.authentication,
            sessions=self.authentication,
            asking=self.asking,
            searching=FakeSearching(self.library),
            library=self.library,
            explain_access=self.explain_access,
            uploads=self.uploads,
            jobs=self.jobs,
            sources=self.sources,
            feedback=self.feedback,
            embedder=FakeEmbedder(),
            sink=self.sink,
            ready=lambda: self.is_ready,
            clock=lambda: NOW,
            settings=ServerSettings(limits=self.limits),
            telemetry=self.watch.telemetry(),
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
        FakeWatch(library),
        limits=limits or LimitSettings(requests_per_minute=100_000),
    )
