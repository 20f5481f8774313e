"""The watch process behind a real server: other people's applications, and what kills it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, set_span_in_context

from groundwatch.domain.clock import system_clock
from groundwatch.domain.scores import Dimension
from groundwatch.domain.spans import SpanKind
from groundwatch.store.events import Recorded, State, open_events
from groundwatch.store.settings import StoreSettings
from groundwatch.telemetry.otlp.scores_in import external_scores
from tests.app.deployment import PATIENCE, Deployment
from tests.llm_stub import LLMStub
from tests.ports import free_port
from tests.telemetry.otlp.cases import TRACE, case, span_id
from tests.waiting import until

APPLICATIONS = Path(__file__).parent / "applications"
QUESTION = "How long is parental leave?"
PROTOBUF = "application/x-protobuf"
PRICES = {"tiny": {"input": 1_000_000, "output": 2_000_000}}


@pytest.fixture(scope="module")
def grpc_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, grpc_port: int) -> Iterator[Deployment]:
    root = tmp_path_factory.mktemp("watched")
    (root / "models").mkdir()
    settings: dict[str, Any] = {
        "embedder": {"kind": "none"},
        "otlp": {
            "quiet_seconds": 0.3,
            "window_seconds": 20,
            "settle_seconds": 0.1,
            "grpc_port": grpc_port,
        },
        "llm": {"endpoints": ["http://127.0.0.1:9/v1"], "model": "tiny", "prices": PRICES},
    }
    with Deployment(root, root / "models", settings=settings) as deployment:
        yield deployment.start(indexed=False)


def stored(server: Deployment, trace_id: str) -> Recorded | None:
    with server.database() as database:
        events = open_events(StoreSettings(), server.data, database, system_clock)
        try:
            return events.get(trace_id)
        finally:
            events.close()


def recorded(server: Deployment, trace_id: str) -> Recorded:
    """The interaction of a trace, as soon as it is there."""
    found: list[Recorded] = []

    def look() -> bool:
        one = stored(server, trace_id)
        found[:] = [one] if one is not None else []
        return bool(found)

    until(look, PATIENCE)
    return found[0]


def run(server: Deployment, application: str, model_url: str) -> str:
    """Run an application to its end; returns the id of its trace."""
    told = [str(server.http.base_url).rstrip("/"), server.key("eve"), model_url, QUESTION]
    done = subprocess.run(
        [sys.executable, str(APPLICATIONS / application), *told],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={"PATH": os.defpath, "TRACELOOP_TELEMETRY": "false", "HOME": str(server.root)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("script", "name", "conventions"),
    [
        ("openinference_app.py", "handbook", "openinference"),
        ("traceloop_app.py", "support", "openllmetry"),
    ],
)
def test_an_instrumented_application_appears_without_configuration(
    server: Deployment, script: str, name: str, conventions: str
):
    with LLMStub() as model:
        trace_id = run(server, script, model.url)
    one = recorded(server, trace_id).interaction
    assert one.application == name
    assert one.query == QUESTION
    assert one.response == QUESTION  # the stub echoes
    assert one.user == "anna"
    assert one.model == "tiny"
    assert one.input_tokens > 0
    assert one.cost == one.input_tokens + 2 * one.output_tokens
    assert [stage.name for stage in one.stages] == ["search", "generate"]
    (passage,) = one.passages
    assert (passage.document_id, passage.text) == ("leave", "Leave lasts 480 days.")
    assert passage.score == (0.9 if name == "handbook" else -0.2)
    assert conventions in one.attributes["conventions"]
    assert "incomplete" not in one.flags
    until(lambda: recorded(server, trace_id).state is State.SCORED, PATIENCE)
    quality = recorded(server, trace_id).quality
    assert quality is not None
    assert quality.score(Dimension.ACCURACY) is not None
    with server.database() as database:
        events = open_events(StoreSettings(), server.data, database, system_clock)
        waterfall = events.spans(trace_id)
        events.close()
    assert {SpanKind.RETRIEVAL, SpanKind.LLM} <= {span.kind for span in waterfall}


def test_a_score_sent_by_the_logs_exporter_joins_its_trace(server: Deployment):
    trace = "e" * 32
    data = case("openinference").traces_protobuf()
    data = data.replace(bytes.fromhex(TRACE), bytes.fromhex(trace))
    reply = server.ask(
        "eve", "POST", "/v1/traces", content=data, headers={"Content-Type": PROTOBUF}
    )
    assert reply.status_code == 200
    recorded(server, trace)
    url = str(server.http.base_url).rstrip("/")
    key = server.key("eve")
    exporter = OTLPLogExporter(f"{url}/v1/logs", headers={"Authorization": f"Bearer {key}"})
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    context = SpanContext(int(trace, 16), int(span_id("c"), 16), is_remote=False)
    provider.get_logger("judge").emit(
        LogRecord(
            context=set_span_in_context(NonRecordingSpan(context)),
            event_name="gen_ai.evaluation.result",
            attributes={
                "gen_ai.evaluation.name": "groundedness",
                "gen_ai.evaluation.score.value": 0.75,
            },
        )
    )
    provider.shutdown()

    def scores() -> list[tuple[str, float | None]]:
        found = external_scores(recorded(server, trace).interaction)
        return [(each.name, each.score) for each in found]

    until(lambda: scores() == [("groundedness", 0.75)], PATIENCE)


def test_the_grpc_exporter_is_taken_where_a_port_is_set(server: Deployment, grpc_port: int):
    exporter = GrpcExporter(
        f"127.0.0.1:{grpc_port}",
        insecure=True,
        headers=(("authorization", f"Bearer {server.key('eve')}"),),
    )
    provider = TracerProvider(resource=Resource({"service.name": "over-grpc"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    with provider.get_tracer("test").start_as_current_span("answer") as span:
        span.set_attributes({"rag.query": QUESTION, "rag.response": "480 days."})
    provider.shutdown()
    one = recorded(server, f"{span.get_span_context().trace_id:032x}").interaction
    assert (one.application, one.query, one.response) == ("over-grpc", QUESTION, "480 days.")
    assert one.attributes["recorded_by"] == "eve"


def test_the_watch_gives_way_to_answers(server: Deployment):
    assert server.child("watch").nice() >= 10
    assert server.child("engine").nice() < 10


class Senders:
    """Four threads that send traces until they are stopped, each again when it is asked to."""

    def __init__(self, server: Deployment) -> None:
        self.acknowledged: list[str] = []
        self.surprises: list[int] = []
        self._server = server
        self._stop = threading.Event()
        self._body = case("openinference").traces_protobuf()
        self._key = server.key("eve")
        self._threads = [threading.Thread(target=self._send, args=(each,)) for each in range(1, 5)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _send(self, sender: int) -> None:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": PROTOBUF}
        number = 0
        with httpx.Client(base_url=self._server.http.base_url, timeout=30) as client:
            while not self._stop.is_set():
                trace = f"{sender:08x}{number:024x}"
                data = self._body.replace(bytes.fromhex(TRACE), bytes.fromhex(trace))
                reply = client.post("/v1/traces", content=data, headers=headers)
                if reply.status_code == 200:
                    self.acknowledged.append(trace)
                    number += 1
                elif reply.status_code not in (429, 503) or not reply.headers["retry-after"]:
                    self.surprises.append(reply.status_code)


def test_what_was_acknowledged_is_there_after_kills(server: Deployment):
    with Senders(server) as senders:
        for kills in range(1, 4):
            least = kills * 40
            until(lambda: len(senders.acknowledged) > least, PATIENCE)  # noqa: B023  done at once
            watch = server.child("watch")
            watch.kill()
            watch.wait(PATIENCE)
        until(lambda: len(senders.acknowledged) > 200, PATIENCE)
    assert senders.surprises == []
    with server.database() as database:
        events = open_events(StoreSettings(), server.data, database, system_clock)
        counts = {trace: events.span_count(trace) for trace in senders.acknowledged}
        events.close()
    assert set(counts.values()) == {3}
    last = recorded(server, senders.acknowledged[-1])
    assert last.interaction.query == QUESTION


def test_open_traces_are_settled_by_the_next_watch(server: Deployment):
    trace = "f" * 32
    data = case("genai").traces_protobuf().replace(bytes.fromhex(TRACE), bytes.fromhex(trace))
    reply = server.ask(
        "eve", "POST", "/v1/traces", content=data, headers={"Content-Type": PROTOBUF}
    )
    assert reply.status_code == 200
    watch = server.child("watch")
    watch.kill()
    watch.wait(PATIENCE)
    assert recorded(server, trace).interaction.response == "480 days for each child."


def test_what_is_wrong_is_in_the_log_of_the_watch_without_content(server: Deployment):
    reply = server.ask(
        "eve", "POST", "/v1/traces", content=b"secret", headers={"Content-Type": PROTOBUF}
    )
    assert reply.status_code == 400
    until(lambda: "telemetry refused" in server.log("watch"), PATIENCE)
    assert "Traceback" not in server.log("watch")
    assert "secret" not in server.log("watch")
