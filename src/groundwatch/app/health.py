"""The probes of the serving process: every part that answers need, and every part that watches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from groundwatch.app.answering import Answering
from groundwatch.app.ground import Ground
from groundwatch.config import Config
from groundwatch.domain.access import EVERYONE
from groundwatch.domain.queries import EVERYTHING
from groundwatch.domain.status import Status
from groundwatch.errors import Unavailable
from groundwatch.models.cache import CacheCounts
from groundwatch.models.embedder import Urgency
from groundwatch.store import ledger
from groundwatch.telemetry.health import Finding, Probe, filled, graded
from groundwatch.wire.client import Client

_QUESTION = "is anything found at all"
_WIRE_SECONDS = 4.0
_ENDPOINT_SECONDS = 3.0
_BACKLOG = 10_000
_STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Probes:
    """What the probes look at.

    Attributes:
        worker, watch: the processes that index, and that score and put traces together.
        present: the configuration in force.
    """

    ground: Ground
    answering: Answering
    worker: Client
    watch: Client
    present: Callable[[], Config]

    def all(self) -> tuple[Probe, ...]:
        """Every probe; those without which nothing is answered are vital."""
        probes = [
            Probe("store", self.store, vital=True),
            Probe("events", self.events),
            Probe("index", self.index, vital=True),
            Probe("embedder", self.embedder, vital=self.ground.embedder is not None),
            Probe("sources", self.sources),
            Probe("queues", self.queues),
            Probe("watch", self.watching),
            Probe("disk", self.disk, vital=True),
            Probe("memory", self.memory),
        ]
        if self.ground.config.llm is not None:
            is_vital = self.ground.config.answers.answerer == "llm"
            probes.append(Probe("llm", self.llm, vital=is_vital))
        return tuple(probes)

    def store(self) -> Finding:
        """A transaction on the database."""
        began = perf_counter()
        self.ground.database.ping()
        status, grade = graded(perf_counter() - began)
        return Finding(status, f"{self.ground.database.dialect}: {grade}")

    def events(self) -> Finding:
        """What is recorded can be read."""
        days = self.answering.events.days()
        lost = self.answering.recorder.counts().dropped
        if lost:
            return Finding(Status.DEGRADED, f"{lost} own answers were not recorded")
        return Finding(Status.HEALTHY, f"{len(days)} day{'s' * (len(days) != 1)} of interactions")

    def index(self) -> Finding:
        """A search through engine and live permission check, timed."""
        status = self.ground.index.status()
        if status.problem:
            return Finding(Status.CRITICAL, status.problem)
        began = perf_counter()
        self.answering.retriever.search(_QUESTION, frozenset({EVERYONE}), EVERYTHING, 1)
        seconds = perf_counter() - began
        grade, word = graded(seconds)
        return Finding(grade, f"{word}: a search takes {seconds * 1000:.1f} ms")

    def embedder(self) -> Finding:
        """One text embedded."""
        embedder = self.ground.embedder
        if embedder is None:
            return Finding(Status.HEALTHY, "none is configured; search is lexical")
        began = perf_counter()
        embedder.embed([f"{_QUESTION} {began}"], Urgency.QUESTION)  # never out of the cache
        status, grade = graded(perf_counter() - began)
        return Finding(status, f"{embedder.name}: {grade}{_spared(embedder.cache_counts())}")

    def llm(self) -> Finding:
        """Every endpoint of the language model."""
        from groundwatch.models.probing import models_listed

        llm = self.ground.config.llm
        assert llm is not None
        away = []
        for url in llm.endpoints:
            try:
                models_listed(url, llm.api_key, _ENDPOINT_SECONDS / len(llm.endpoints))
            except Unavailable as error:
                away.append(str(error))
        if len(away) == len(llm.endpoints):
            return Finding(Status.CRITICAL, "; ".join(away))
        if away:
            return Finding(Status.WARNING, "; ".join(away))
        return Finding(Status.HEALTHY, f"{llm.model}: {len(llm.endpoints)} endpoints answer")

    def sources(self) -> Finding:
        """Whether every source was compared with the index lately, without trouble."""
        told = self.worker.call("health", {}, timeout=_WIRE_SECONDS)
        troubled = [f"{name}: {state['error']}" for name, state in told.items() if state["error"]]
        if troubled:
            return Finding(Status.DEGRADED, "; ".join(sorted(troubled)))
        now = self.ground.clock()
        stale = [name for name, state in told.items() if _age(state, now) > _STALE]
        if stale:
            return Finding(Status.WARNING, f"not compared for a day: {', '.join(sorted(stale))}")
        return Finding(Status.HEALTHY, f"{len(told)} sources are up to date")

    def queues(self) -> Finding:
        """How full the queue of documents is."""
        with self.ground.database.read() as connection:
            waiting = ledger.waiting(connection)
        limit = self.ground.config.indexing.queue_limit
        status = filled(waiting / limit, 1.0) if limit else Status.UNKNOWN
        recorder = self.answering.recorder.counts().waiting
        return Finding(status, f"{waiting} documents of {limit}, {recorder} interactions wait")

    def watching(self) -> Finding:
        """Whether the watch runs, and how far scoring is behind."""
        self.watch.call("ping", {}, timeout=_WIRE_SECONDS)
        backlog = self.answering.events.backlog()
        status = Status.HEALTHY if backlog < _BACKLOG else Status.WARNING
        return Finding(status, f"{backlog} answers wait for scores")

    def disk(self) -> Finding:
        """The disk that holds the data folder."""
        import psutil  # type: ignore[import-untyped]

        used = psutil.disk_usage(str(self.ground.folder.root))
        limit = self.present().performance_thresholds.disk
        share = used.percent / 100
        return Finding(filled(share, limit), f"{share:.0%} in use, {used.free / 1e9:.1f} GB free")

    def memory(self) -> Finding:
        """The machine's memory."""
        import psutil

        share = psutil.virtual_memory().percent / 100
        limit = self.present().performance_thresholds.memory
        return Finding(filled(share, limit), f"{share:.0%} in use")


def _spared(counts: CacheCounts | None) -> str:
    asked = counts.hits + counts.misses if counts else 0
    return f", {counts.hits} of {asked} texts were in its cache" if counts and asked else ""


def _age(state: dict[str, str | None], now: datetime) -> timedelta:
    at = state["last_scan_at"]
    return now - datetime.fromisoformat(at) if at else timedelta(0)
