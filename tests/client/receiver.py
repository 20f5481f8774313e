"""A server on loopback that answers posts as a test says."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, object] | None = None


def taken(path, body):
    """What a server says that takes everything."""
    items = body[path.rpartition("/")[2]]
    results = [{"id": each.get("id", ""), "status": "accepted", "reason": ""} for each in items]
    told = {"accepted": len(items), "rejected": 0, "results": results}
    return Reply(body=told)


@dataclass
class Receiver:
    """Keeps what was posted; `answer` decides about each post."""

    answer: Callable[[str, Any], Reply] = taken
    posts: list[tuple[str, Any, bool]] = field(default_factory=list)
    url: str = ""
    compressed: int = 0

    def committed(self, kind="interactions"):
        """Records of the posts that were answered 200."""
        return [
            each for _, body, committed in self.posts if committed for each in body.get(kind, ())
        ]

    def handle(self, path, headers, raw):
        if headers.get("Content-Encoding") == "gzip":
            self.compressed += 1
            raw = gzip.decompress(raw)
        body = json.loads(raw)
        reply = self.answer(path, body)
        self.posts.append((path, body, reply.status == 200))
        return reply


@contextmanager
def receiving(port=0) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            reply = receiver.handle(self.path, self.headers, raw)
            data = json.dumps(reply.body or {"detail": "not now"}).encode()
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
