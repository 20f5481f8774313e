"""Real receivers on loopback: HTTP with scripted answers, and SMTP."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b'{"ok": true}'
    headers: dict[str, str] = field(default_factory=dict)
    hang: threading.Event | None = None
    drip: bool = False


@dataclass
class HttpReceiver:
    """Answers with `answers` in their order, then with 200."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def http_receiver(*answers: Answer) -> Iterator[HttpReceiver]:
    receiver = HttpReceiver(list(answers))
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.requests.append(Request(self.path, headers, body))
            answer = receiver.answers.pop(0) if receiver.answers else Answer()
            if answer.hang:
                answer.hang.wait(20)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.drip:
                for byte in answer.body:
                    if ended.wait(0.2):
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                return
            self.wfile.write(answer.body)

        def log_message(self, *args: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None: ...

    server = Quiet(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class SmtpReceiver:
    """Speaks enough SMTP for a client: EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA."""

    context: ssl.SSLContext | None = None
    rcpt_answers: list[str] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def serve(self, connection: socket.socket) -> None:
        """Answer one client until it leaves."""
        stream, is_secure = connection.makefile("rwb"), False

        def say(*lines: str) -> None:
            stream.write("".join(f"{line}\r\n" for line in lines).encode())
            stream.flush()

        say("220 test")
        while line := stream.readline().decode().strip():
            command = line.split(" ")[0].upper()
            self.commands.append(f"{command}{' (tls)' if is_secure else ''}")
            if command == "STARTTLS" and self.context:
                say("220 go")
                stream.close()
                connection = self.context.wrap_socket(connection, server_side=True)
                stream, is_secure = connection.makefile("rwb"), True
            elif command == "DATA":
                say("354 go")
                data = b""
                while not data.endswith(b"\r\n.\r\n"):
                    data += stream.readline()
                self.messages.append(message_from_bytes(data[:-3], policy=policy.default))
                say("250 ok")
            else:
                say(*self._answer(command, is_secure))
        stream.close()
        connection.close()

    def _answer(self, command: str, is_secure: bool) -> list[str]:
        if command == "EHLO":
            offered = ["250-STARTTLS"] if self.context and not is_secure else []
            return ["250-test", *offered, "250 AUTH PLAIN"]
        if command == "RCPT" and self.rcpt_answers:
            return [self.rcpt_answers.pop(0)]
        return [{"AUTH": "235 welcome", "QUIT": "221 bye"}.get(command, "250 ok")]


@contextmanager
def smtp_receiver(context: ssl.SSLContext | None = None) -> Iterator[SmtpReceiver]:
    receiver = SmtpReceiver(context)

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                receiver.serve(self.request)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
