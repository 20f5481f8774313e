"""Sends answers and scores to a backend; bounded, retried where that helps, counted."""

import threading
from collections import Counter, deque
from collections.abc import Mapping, Sequence

import structlog
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.logs.v1.logs_pb2 import ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality
from groundwatch.telemetry.export.attributes import key_values
from groundwatch.telemetry.export.evaluations import evaluations_of
from groundwatch.telemetry.export.posting import Backend, post
from groundwatch.telemetry.export.spans import Shared, spans_of

MOST_WAITING = 2_000
_BATCH = 50
_RETRIED = frozenset({429, 502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_SCOPE = InstrumentationScope(name="groundwatch")
Scored = tuple[Interaction, Quality | None]


class Exporter:
    """Takes scored answers without blocking; one thread sends them.

    When too much waits the newest is dropped and counted. A backend that refuses costs what it
    refuses; one that is away is tried again with growing pauses.
    """

    def __init__(self, backend: Backend, shared: Shared, limit: int = MOST_WAITING) -> None:
        self._backend = backend
        self._shared = shared
        self._limit = limit
        self._waiting: deque[Scored] = deque()
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._counts: Counter[str] = Counter()
        self._busy = False
        self._log = structlog.get_logger("export")
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)
        self._thread.start()

    def offer(self, one: Interaction, quality: Quality | None) -> None:
        """Let an answer be sent, with its scores when it has any."""
        with self._changed:
            if self._stop.is_set() or len(self._waiting) >= self._limit:
                self._counts["dropped"] += 1
                return
            self._waiting.append((one, quality))
            self._changed.notify_all()

    def counts(self) -> Mapping[str, int]:
        """Answers `sent`, `refused` and `dropped` since the start."""
        with self._changed:
            return dict(self._counts)

    def settle(self, timeout: float) -> bool:
        """Wait until nothing waits; False when time was up first."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Send what waits for a moment, then stop; the rest is counted as dropped."""
        self.settle(timeout)
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(timeout + self._backend.timeout)
        with self._changed:
            self._counts["dropped"] += len(self._waiting)
            self._waiting.clear()

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stop.is_set())
                group = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._busy = bool(group)
            if group:
                outcome = self._deliver(group)
                with self._changed:
                    self._counts[outcome] += len(group)
                    self._busy = False
                    self._changed.notify_all()

    def _deliver(self, group: Sequence[Scored]) -> str:
        try:
            bodies = _bodies(group, self._shared)
        except Exception as error:  # noqa: BLE001  a thread's boundary
            self._log.error("answers cannot be exported", exc_info=error)
            return "refused"
        outcomes = [self._until_settled(path, body) for path, body in bodies]
        return next((each for each in outcomes if each != "sent"), "sent")

    def _until_settled(self, path: str, body: bytes) -> str:
        pause = _FIRST_PAUSE
        while True:
            status = post(self._backend, path, body)
            if 200 <= status < 300:
                return "sent"
            if status and status not in _RETRIED:
                self._log.warning("the backend refuses", path=path, status=status)
                return "refused"
            if self._stop.wait(pause):
                return "dropped"
            pause = min(2 * pause, _LONGEST_PAUSE)


def _bodies(group: Sequence[Scored], shared: Shared) -> list[tuple[str, bytes]]:
    resource = Resource(attributes=key_values({"service.name": group[0][0].application}))
    spans = [span for one, _ in group for span in spans_of(one, shared)]
    traces = ExportTraceServiceRequest(
        resource_spans=[
            ResourceSpans(resource=resource, scope_spans=[ScopeSpans(scope=_SCOPE, spans=spans)])
        ]
    )
    bodies = [("/v1/traces", traces.SerializeToString())]
    records = [each for one, quality in group if quality for each in evaluations_of(one, quality)]
    if records:
        logs = ExportLogsServiceRequest(
            resource_logs=[
                ResourceLogs(
                    resource=resource, scope_logs=[ScopeLogs(scope=_SCOPE, log_records=records)]
                )
            ]
        )
        bodies.append(("/v1/logs", logs.SerializeToString()))
    return bodies
