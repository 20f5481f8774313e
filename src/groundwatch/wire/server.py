"""The answering side: a thread for each connection, one call at a time on each."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog
from structlog.contextvars import bound_contextvars

from groundwatch.errors import Conflict, GroundwatchError, InvalidInput, Unavailable
from groundwatch.wire import address, codec

Handler = Callable[[dict[str, Any]], Mapping[str, Any]]
"""Answers one call. Called from many threads at once; every call must be safe to repeat."""

log = structlog.get_logger("wire")


class Server:
    """Serves calls on a unix socket that only its owner may open (mode 0600).

    Errors of the tree reach the caller as they are. Anything else is logged here and reaches the
    caller as Unavailable, without its text.

    Args:
        path: the socket file; a stale one is replaced. See `wire.address` for long paths.
        handlers: by name of the call.

    Raises:
        Conflict: another process serves this path.
    """

    def __init__(self, path: Path, handlers: Mapping[str, Handler]) -> None:
        self._path = path
        self._handlers = dict(handlers)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._listener = _listen(path)
        self._inode = path.stat().st_ino
        self._accepting = threading.Thread(target=self._accept, name="wire-accept", daemon=True)
        self._accepting.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the server is closed; False when `timeout` seconds passed first."""
        return self._stopped.wait(timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Stop accepting, let the calls under way finish for `timeout` seconds, remove the file."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(timeout)
        with self._lock:
            connections = dict(self._open)
        for connection in connections.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        for thread in connections:
            thread.join(timeout)
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                address.withdraw(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(
                target=self._serve, args=(connection,), name="wire-connection", daemon=True
            )
            with self._lock:
                self._open[thread] = connection
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, contextlib.suppress(OSError):
                codec.greet(connection)
                while not self._stopped.is_set():
                    body = codec.receive(connection)
                    if body is None:
                        return
                    codec.send(connection, self._answer(body))
        except InvalidInput as error:
            log.warning("connection dropped", problem=str(error))
        finally:
            with self._lock:
                self._open.pop(threading.current_thread(), None)

    def _answer(self, body: bytes) -> bytes:
        name = "?"
        try:
            name, payload, correlation_id = codec.decode_request(body)
            with _correlated(correlation_id):
                return codec.encode_result(self._handler(name)(payload))
        except GroundwatchError as error:
            return codec.encode_error(error)
        except Exception:  # process boundary: logged, and told without detail
            log.exception("call failed", call=name)
            return codec.encode_error(Unavailable(f"call {name!r} failed; see the server's log"))

    def _handler(self, name: str) -> Handler:
        handler = self._handlers.get(name)
        if handler is None:
            raise Unavailable(f"the process behind {self._path.name} has no call {name!r}")
        return handler


def _correlated(correlation_id: str) -> contextlib.AbstractContextManager[object]:
    """Lines of a call are logged under the id of the request that it serves."""
    if not correlation_id:
        return contextlib.nullcontext()
    return bound_contextvars(correlation_id=correlation_id)


def _listen(path: Path) -> socket.socket:
    if path.exists() and _answers(path):
        raise Conflict(f"{path} is served by another process; stop it first")
    address.withdraw(path)
    bound = address.choose(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(bound))
        bound.chmod(0o600)
        listener.listen(128)
        address.publish(bound, path)
    except OSError:
        listener.close()
        raise
    return listener


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(address.resolve(path)))
        except OSError:
            return False
        return True
