"""Connections that end when they take too long, however small their pieces."""

import contextlib
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def cut_after(connection: object, seconds: float) -> Generator[threading.Event]:
    """Shut a socket when the block takes too long: every single piece may be in time.

    Yields what is set once the time is over. What is no socket is left alone.
    """
    over = threading.Event()

    def end() -> None:
        over.set()
        if isinstance(connection, socket.socket):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, seconds), end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
