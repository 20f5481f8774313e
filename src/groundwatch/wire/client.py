"""The asking side: a pool of connections that heals itself."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from structlog.contextvars import get_contextvars

from groundwatch.errors import Unavailable
from groundwatch.wire import address, codec

IDLE_CONNECTIONS = 32
"""Connections kept open between calls; more are opened when more calls run at once."""

_PAUSES = (0.005, 0.01, 0.02, 0.05)


class Client:
    """Calls a `Server`; safe for any number of threads.

    A call that meets a dead peer is sent once more on a new connection, so calls must be safe to
    repeat. While the peer is being restarted a call waits for it, as long as its own timeout and
    at most `patience` seconds.

    Args:
        path: the server's socket file; it need not exist yet.
        patience: how long to wait for a peer that is not there, in seconds.
    """

    def __init__(self, path: Path, patience: float = 5.0) -> None:
        self._path = path
        self._patience = patience
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._closed = False

    def call(self, name: str, payload: codec.Payload, timeout: float = 30.0) -> dict[str, Any]:
        """Call `name` and return its result.

        Raises:
            Unavailable: nobody answered within `timeout` seconds, or the peer died twice.
            GroundwatchError: what the handler raised, as the same class.
        """
        correlation_id = str(get_contextvars().get("correlation_id", ""))
        frame = codec.encode_request(name, payload, correlation_id)
        deadline = time.monotonic() + timeout
        try:
            body = self._exchange(frame, deadline, self._borrow)
            if body is None:
                self._drop_idle()
                body = self._exchange(frame, deadline, self._connect)
        except TimeoutError as error:
            raise Unavailable(
                f"{self._path.name}: no answer to {name!r} within {timeout:g} s"
            ) from error
        if body is None:
            raise Unavailable(f"{self._path.name}: the process died during {name!r}; try again")
        return codec.decode_reply(body)

    def close(self) -> None:
        """Close the idle connections; connections in use close when their calls end."""
        self._closed = True
        self._drop_idle()

    def _exchange(
        self, frame: bytes, deadline: float, take: Callable[[float], socket.socket]
    ) -> bytes | None:
        connection = take(deadline)
        try:
            codec.send(connection, frame, deadline)
            body = codec.receive(connection, deadline)
        except ConnectionError:
            body = None
        except BaseException:
            connection.close()
            raise
        if body is None:
            connection.close()
        else:
            self._give_back(connection)
        return body

    def _borrow(self, deadline: float) -> socket.socket:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._connect(deadline)

    def _give_back(self, connection: socket.socket) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _drop_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _connect(self, deadline: float) -> socket.socket:
        give_up = min(deadline, time.monotonic() + self._patience)
        attempt = 0
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(address.resolve(self._path)))
                codec.await_greeting(connection, deadline)
            except (FileNotFoundError, ConnectionError, BlockingIOError) as error:
                connection.close()
                if time.monotonic() >= give_up:
                    raise Unavailable(
                        f"nobody serves {self._path}; is the process that owns it running?"
                    ) from error
                time.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1
            except BaseException:
                connection.close()
                raise
            else:
                return connection
