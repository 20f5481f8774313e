"""What Prometheus reads, assembled in the serving process for all processes."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from starlette.types import ASGIApp

from groundwatch.analytics.status import system_health
from groundwatch.app.answering import Answering
from groundwatch.app.ground import Ground
from groundwatch.domain.clock import Clock
from groundwatch.domain.questions import SearchMode
from groundwatch.errors import Unavailable
from groundwatch.models.remote import RemoteEmbedder
from groundwatch.store import ledger
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.events import EventStore
from groundwatch.telemetry.prometheus.exposition import (
    CellsCollector,
    Exposition,
    Reading,
    new_registry,
)
from groundwatch.telemetry.prometheus.families import families
from groundwatch.telemetry.prometheus.growing import Growing
from groundwatch.telemetry.prometheus.requests import MeasuredRequests, RequestMetrics
from groundwatch.telemetry.system import lag
from groundwatch.wire.client import Client

_LOOPBACK = "127.0.0.1"
_WORKER_SECONDS = 1.0
_MOST_TRACES = 1_000


@dataclass(frozen=True, slots=True)
class Exposing:
    """The numbers of a server: requests are counted here, the rest is read at each scrape."""

    requests: RequestMetrics
    exposition: Exposition

    @classmethod
    def of(cls, ground: Ground, answering: Answering, worker: Client) -> "Exposing":
        """Assemble; nothing is read before the first scrape."""
        registry = new_registry()
        requests = RequestMetrics(registry)
        mode = SearchMode.LEXICAL if ground.embedder is None else SearchMode.HYBRID
        events = answering.events
        readings = (
            _Queues(ground, answering),
            _Sizes(ground.folder.root),
            _Machine(events, ground.clock),
            _Connectors(worker),
            _EmbeddingCache(ground.embedder),
        )
        collector = CellsCollector(
            Growing(events, ground.clock),
            families(mode.value),
            events.applications,
            readings,
            clock=ground.clock,
            failed=requests.failed,
        )
        registry.register(collector)
        return cls(requests, Exposition(registry))

    def measuring(self, app: ASGIApp) -> ASGIApp:
        """The application, with its requests counted."""
        return MeasuredRequests(app, self.requests)


@dataclass(frozen=True, slots=True)
class _Queues:
    """What waits, in every process."""

    ground: Ground
    answering: Answering

    def __call__(self) -> Iterator[Reading]:
        with self.ground.database.read() as connection:
            indexing = ledger.waiting(connection)
        backlog = self.answering.events.backlog()
        waiting = {
            "recorder": self.answering.recorder.counts().waiting,
            "indexing": indexing,
            "scoring": backlog,
        }
        for name, count in waiting.items():
            labels = {"queue_type": name}
            yield Reading("rag_queue_size", "Entries that wait.", float(count), labels)
        yield Reading("groundwatch_scoring_backlog", "Answers that wait for scores.", backlog)
        oldest = self.answering.events.oldest_waiting()
        yield Reading(
            "groundwatch_scoring_lag_seconds",
            "How long the oldest answer without scores has waited for them.",
            lag(oldest, self.ground.clock()),
        )
        yield Reading(
            "groundwatch_ingest_pending_bytes",
            "Bytes that this process has yet to write.",
            self.answering.events.waiting_bytes,
        )
        yield Reading(
            "groundwatch_ingest_open_traces",
            "Traces that are no interaction yet, 1,000 at most.",
            len(self.answering.events.open_traces(limit=_MOST_TRACES)),
        )
        dropped = self.answering.recorder.counts().dropped
        yield Reading(
            "groundwatch_recorder_dropped", "Own answers not recorded since the start.", dropped
        )


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What the data folder takes; with PostgreSQL the database is elsewhere."""

    folder: Path

    def __call__(self) -> Iterator[Reading]:
        for part, place in (("events", "events"), ("index", "index"), ("models", "models")):
            size = sum(_size(file) for file in (self.folder / place).rglob("*"))
            yield _stored(part, size)
        yield _stored("main", sum(_size(file) for file in self.folder.glob(f"{FILE_NAME}*")))


def _stored(part: str, size: int) -> Reading:
    return Reading("groundwatch_store_bytes", "Bytes on disk.", float(size), {"part": part})


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:  # gone meanwhile
        return 0


@dataclass(frozen=True, slots=True)
class _Machine:
    """What the watch sampled in the last minutes."""

    events: EventStore
    clock: Clock

    def __call__(self) -> Iterator[Reading]:
        health = system_health(self.events, self.clock())
        for name, share in health.used.items():
            resource = {"resource": name.removeprefix("system.")}
            yield Reading("groundwatch_system_used_ratio", "Share in use, 0 to 1.", share, resource)
        if health.score is not None:
            yield Reading("groundwatch_system_health_score", "0 (bad) to 100 (idle).", health.score)


@dataclass(frozen=True, slots=True)
class _Connectors:
    """When each source was last compared with the index."""

    worker: Client

    def __call__(self) -> Iterator[Reading]:
        told = self.worker.call("health", {}, timeout=_WORKER_SECONDS)
        for name, state in told.items():
            at = state["last_scan_at"]
            if at and not state["error"]:
                yield Reading(
                    "groundwatch_connector_last_success_timestamp_seconds",
                    "When the source was last compared with the index.",
                    datetime.fromisoformat(at).timestamp(),
                    {"connector": name},
                )


@dataclass(frozen=True, slots=True)
class _EmbeddingCache:
    """What the engine's embedding cache spares, since the engine began."""

    embedder: RemoteEmbedder | None

    def __call__(self) -> Iterator[Reading]:
        counts = self.embedder.cache_counts() if self.embedder else None
        if counts is None:
            return
        for outcome, texts in (("hit", counts.hits), ("miss", counts.misses)):
            yield Reading(
                "groundwatch_embedding_cache_texts",
                "Texts whose vector was in the cache, or was not, since the engine began.",
                texts,
                {"outcome": outcome},
            )
        yield Reading("groundwatch_embedding_cache_bytes", "Bytes in the cache.", counts.bytes)


@contextmanager
def exposed(exposing: Exposing, port: int) -> Generator[int]:
    """Give the numbers without a key on a port of loopback until the block ends; not for 0.

    Raises:
        Unavailable: the port is taken.
    """
    if not port:
        yield 0
        return
    try:
        server = ThreadingHTTPServer((_LOOPBACK, port), _handler(exposing.exposition))
    except OSError as error:
        raise Unavailable(
            f"{_LOOPBACK}:{port} cannot be used: {error.strerror}; choose another with "
            "server.metrics_port"
        ) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _handler(exposition: Exposition) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET /metrics and nothing else."""

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            text, content_type = exposition.text(self.headers.get("Accept", ""))
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
