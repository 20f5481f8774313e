"""An OTLP endpoint on loopback that reads with our own reader."""

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from groundwatch.domain.clock import system_clock
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.decode import decode
from groundwatch.telemetry.otlp.decoded import Limits
from groundwatch.telemetry.otlp.sender import Sender


class Collector:
    """An OTLP endpoint; answers with `status`."""

    def __init__(self):
        self.status = 200
        self.posts: list[tuple[str, str, bytes]] = []
        self.url = ""

    def sent(self):
        return b"".join(body for _, _, body in self.posts)

    def spans(self, path="/v1/traces", signal=Signal.TRACES):
        sender, now = Sender(), int(system_clock().timestamp() * 1e9)
        found = []
        for _, _, body in [each for each in self.posts if each[0] == path]:
            read = decode(signal, Encoding.PROTOBUF, body, sender, limits=Limits(), now=now)
            assert read.refused == 0
            found += read.spans
        return found


@contextmanager
def collecting():
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if collector.status == 200:
                collector.posts.append((self.path, self.headers.get("Authorization", ""), body))
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    yield collector
    server.shutdown()
    thread.join()
    server.server_close()
