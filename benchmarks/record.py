"""What recording an interaction costs the thread that answers.

One interaction is a question of 90 characters, an answer of 600 and five passages of 800. The same
is recorded through OpenTelemetry's BatchSpanProcessor (three spans, as OpenInference names them)
in the same run, both to a sink on loopback that answers at once.
"""

import json
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection

from benchmarks.figures import Figure, at_most, percentile, plain, ratio_to, show
from benchmarks.harness import options, say
from groundwatch.client import Client, Interaction, Options, Passage
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction as Own
from groundwatch.domain.interactions import RetrievedPassage
from groundwatch.domain.status import Severity
from groundwatch.telemetry.recorder import Recorder

QUERY, ANSWER = "How long is parental leave here? " * 3, "Every parent gets 26 weeks. " * 22
TEXTS = [f"{rank} " + "A passage of the handbook. " * 29 for rank in range(5)]
MICROSECONDS = 1e6


def main() -> None:
    given = options(__doc__)
    rounds = 200 if given.quick else 2_000
    with _sink() as url:
        for measure in (_client, _otel):  # what is loaded late is loaded now
            measure(url, 50, 0.0)
        figures = _recorder(rounds)
        ours, peer = _client(url, rounds, 0.0), _otel(url, rounds, 0.0)
        figures += _compared("burst", ours, peer)
        few = rounds // 10
        figures += _compared("paced", _client(url, few, 0.005), _otel(url, few, 0.005))
    show(figures)


def _compared(
    name: str, ours: tuple[list[float], float, int], peer: tuple[list[float], float, int]
) -> list[Figure]:
    middle, theirs = percentile(ours[0], 0.5), percentile(peer[0], 0.5)
    bsp = "opentelemetry-sdk BatchSpanProcessor"
    return [
        at_most(f"record.client.{name}.p50", middle, "us", 75.0),
        plain(f"record.client.{name}.p99", percentile(ours[0], 0.99), "us"),
        plain(f"record.client.{name}.cpu", ours[1], "us"),
        plain(f"record.client.{name}.lost", ours[2], "1"),
        ratio_to(f"record.client.{name}.ratio", theirs / middle, bsp, 1.0, middle, "us"),
        plain(f"record.otel.{name}.p50", theirs, "us"),
        plain(f"record.otel.{name}.p99", percentile(peer[0], 0.99), "us"),
        plain(f"record.otel.{name}.cpu", peer[1], "us"),
        plain(f"record.otel.{name}.lost", peer[2], "1"),
    ]


def _timed(rounds: int, pause: float, work: Callable[[], object]) -> list[float]:
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * MICROSECONDS)
        if pause:
            time.sleep(pause)
    return took


def _client(url: str, rounds: int, pause: float) -> tuple[list[float], float, int]:
    """Microseconds of each call, CPU microseconds a call with everything, and how many are lost."""
    client = Client(url, "gw_key", "bench", options=Options(queue_bytes=64_000_000))

    def work() -> None:
        passages = [
            Passage(text, document_id=f"d{rank}", score=1.0 - rank / 10)
            for rank, text in enumerate(TEXTS)
        ]
        client.observe(
            Interaction(QUERY, ANSWER, passages, model="m", input_tokens=900, output_tokens=120)
        )

    cpu = time.process_time()
    took = _timed(rounds, pause, work)
    flushed = client.close(30)
    cpu = (time.process_time() - cpu) * MICROSECONDS / rounds
    say(f"client: {flushed}")
    return took, cpu, rounds - flushed.sent


def _otel(url: str, rounds: int, pause: float) -> tuple[list[float], float, int]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Counted(SpanExporter):
        """Counts what reaches the exporter; what the processor dropped never does."""

        def __init__(self) -> None:
            self.spans = 0
            self._inner = OTLPSpanExporter(endpoint=f"{url}/v1/traces")

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            self.spans += len(spans)
            return self._inner.export(spans)

        def shutdown(self) -> None:
            self._inner.shutdown()

    exporter = Counted()
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("bench")

    def work() -> None:
        with tracer.start_as_current_span("rag.query") as root:
            root.set_attributes({"input.value": QUERY, "output.value": ANSWER})
            with tracer.start_as_current_span("retrieve") as found:
                for rank, text in enumerate(TEXTS):
                    prefix = f"retrieval.documents.{rank}.document"
                    found.set_attributes(
                        {
                            f"{prefix}.id": f"d{rank}",
                            f"{prefix}.content": text,
                            f"{prefix}.score": 1.0 - rank / 10,
                        }
                    )
            with tracer.start_as_current_span("chat") as chat:
                chat.set_attributes(
                    {"llm.model_name": "m", "llm.token_count.prompt": 900}
                    | {"llm.token_count.completion": 120}
                )

    cpu = time.process_time()
    took = _timed(rounds, pause, work)
    provider.force_flush(30_000)
    provider.shutdown()
    cpu = (time.process_time() - cpu) * MICROSECONDS / rounds
    return took, cpu, rounds - exporter.spans // 3


def _recorder(rounds: int) -> list[Figure]:
    """The recorder of our own answers, which hands over an interaction that exists already."""
    written = 0

    def write(group: Sequence[Own]) -> None:
        nonlocal written
        written += len(group)

    passages = tuple(RetrievedPassage(rank + 1, text) for rank, text in enumerate(TEXTS))
    now, answered, info = datetime.now(UTC), Outcome.ANSWERED, Severity.INFO  # noqa: TID251
    own = Own("i", "groundwatch", now, 0.1, answered, info, QUERY, ANSWER, passages=passages)
    recorder = Recorder(write)
    took = _timed(rounds, 0.0, lambda: recorder.record(own))
    recorder.close()
    assert written == rounds
    return [
        at_most("record.own.p50", percentile(took, 0.5), "us", 20.0),
        plain("record.own.p99", percentile(took, 0.99), "us"),
    ]


@contextmanager
def _sink() -> Generator[str]:
    """Answers every post at once, in a process of its own so that its work is not counted."""
    context = get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}"
    finally:
        process.kill()
        process.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"accepted": 0, "rejected": 0, "results": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _serve(pipe: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    pipe.send(server.server_port)
    threading.Thread(target=server.serve_forever).start()


if __name__ == "__main__":
    main()
