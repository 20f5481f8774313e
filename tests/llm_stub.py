"""An OpenAI-compatible endpoint on loopback that plays what a test scripts.

Unscripted requests are answered properly: embeddings by `FakeEmbedder`, chat by an echo of the last
message, streamed or not.

    with LLMStub() as stub:
        stub.script(Answer(429, headers={"Retry-After": "2"}), Stream(["Hel", "lo"]))
        ...
        assert stub.requests[0].body["model"] == "some-model"
"""

import contextlib
import json
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from groundwatch.models.embedder import Urgency
from tests.fakes_models import FakeEmbedder

HTML = "<html><body>502 from a proxy, with a secret inside</body></html>"


@dataclass(frozen=True)
class Answer:
    """A plain answer; `body` is sent as JSON unless it is text."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Html:
    """The page of a proxy."""

    status: int = 200


@dataclass(frozen=True)
class Stream:
    """A streamed chat reply.

    Attributes:
        words: sent one event each.
        usage: prompt and completion tokens, in an event of their own; None leaves it out.
        ends: `done` as it should be; `cut` breaks the connection after the words; `eof` stops
            properly but without finish reason and `[DONE]`.
        pause: seconds between the events, cut short when the stub closes.
        holds: waits before each word after the first until it is set.
    """

    words: Sequence[str]
    usage: tuple[int, int] | None = (11, 7)
    ends: str = "done"
    pause: float = 0.0
    holds: threading.Event | None = None


@dataclass(frozen=True)
class Raw:
    """Bytes sent as an event stream, in these very pieces."""

    pieces: Sequence[bytes]


@dataclass(frozen=True)
class Hang:
    """No answer until the stub closes."""


@dataclass(frozen=True)
class Drip:
    """An answer that goes on for ever, a space at a time."""

    pause: float = 0.02


Step = Answer | Html | Stream | Raw | Hang | Drip


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class LLMStub:
    """The endpoint; `url` ends in /v1.

    Attributes:
        requests: everything that came in, in order.
        gone: set when a client broke off while it was being answered.
    """

    def __init__(self, dimensions: int = 64) -> None:
        self.embedder = FakeEmbedder(dimensions)
        self.requests: list[Request] = []
        self.gone = threading.Event()
        self.closing = threading.Event()
        self._steps: deque[Step] = deque()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def script(self, *steps: Step) -> None:
        """Answer the next requests so."""
        self._steps.extend(steps)

    def forget_script(self) -> None:
        """Answer properly from now on."""
        self._steps.clear()

    def next_step(self, request: Request) -> Step:
        self.requests.append(request)
        if self._steps:
            return self._steps.popleft()
        if request.path.endswith("/embeddings"):
            return Answer(body=self._embeddings(request.body["input"]))
        reply = request.body["messages"][-1]["content"].split(" ")
        if request.body.get("stream"):
            return Stream([reply[0], *(f" {word}" for word in reply[1:])])
        return Answer(body=completion(" ".join(reply)))

    def _embeddings(self, texts: list[str]) -> dict[str, Any]:
        vectors = self.embedder.embed(texts, Urgency.BULK).tolist()
        rows = [{"index": at, "embedding": vector} for at, vector in enumerate(vectors)]
        return {"object": "list", "data": rows, "usage": {"prompt_tokens": 3, "total_tokens": 3}}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()


def completion(text: str, usage: tuple[int, int] = (11, 7)) -> dict[str, Any]:
    """A whole chat reply."""
    message = {"role": "assistant", "content": text}
    return {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]},
    }


def event(content: object) -> bytes:
    """A server-sent event."""
    data = content if isinstance(content, str) else json.dumps(content)
    return f"data: {data}\n\n".encode()


def _chunk(word: str, finish_reason: str | None = None) -> bytes:
    delta = {"content": word} if word else {}
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return event({"object": "chat.completion.chunk", "choices": [choice], "usage": None})


def _end(usage: tuple[int, int] | None) -> bytes:
    content = _chunk("", "stop")
    if usage:
        tokens = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        content += event({"choices": [], "usage": tokens})
    return content + event("[DONE]")


class _Server(ThreadingHTTPServer):
    """Knows its stub and its open connections, so that closing waits for nobody."""

    daemon_threads = False

    def __init__(self, stub: LLMStub) -> None:
        self.stub = stub
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def hang_up(self) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        step = self.server.stub.next_step(Request(self.path, dict(self.headers), body))
        try:
            self._play(step)
        except OSError:
            self.server.stub.gone.set()
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""

    def _play(self, step: Step) -> None:
        match step:
            case Answer(status, body, headers):
                text = body if isinstance(body, str) else json.dumps(body)
                self._send(status, "application/json", text, headers)
            case Html(status):
                self._send(status, "text/html; charset=utf-8", HTML, {})
            case Stream():
                self._stream(step)
            case Raw(pieces):
                self._chunked("text/event-stream", pieces)
            case Hang():
                self.server.stub.closing.wait()
                self.close_connection = True
            case Drip(pause):
                self._chunked("application/json", self._spaces(pause))

    def _stream(self, step: Stream) -> None:
        self._begin("text/event-stream")
        for number, word in enumerate(step.words):
            if number and step.holds:
                step.holds.wait(30)
            if number and self.server.stub.closing.wait(step.pause):
                break
            self._piece(_chunk(word))
        if step.ends == "cut":
            self.close_connection = True
            return
        if step.ends == "done":
            self._piece(_end(step.usage))
        self._piece(b"")

    def _send(self, status: int, kind: str, text: str, headers: Mapping[str, str]) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _spaces(self, pause: float) -> Iterator[bytes]:
        while not self.server.stub.closing.wait(pause):
            yield b" "

    def _chunked(self, kind: str, pieces: Iterable[bytes]) -> None:
        self._begin(kind)
        for piece in pieces:
            self._piece(piece)
        self._piece(b"")

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _piece(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
