"""How much may wait to be committed, in bytes."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

from groundwatch.errors import Overloaded

_SHORTEST, _LONGEST = 1.0, 3.0


class Admission:
    """Counts bytes that came and are not committed yet; refuses more than fit.

    One body is always taken, however large, when nothing else waits.

    Args:
        limit: bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting = 0
        self._refused = 0
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Bytes that wait now."""
        return self._waiting

    @property
    def refused(self) -> int:
        """Bodies that were refused since the start."""
        return self._refused

    @contextmanager
    def admit(self, size: int) -> Generator[None]:
        """Hold room for a body until the block ends.

        Raises:
            Overloaded: there is no room; `retry_after` is 1 to 3 seconds, which clients that keep
                a deadline of ten seconds can still wait for.
        """
        self.take(size)
        try:
            yield
        finally:
            self.give_back(size)

    def take(self, size: int) -> None:
        """Take room, to be given back; see `admit`."""
        with self._lock:
            if self._waiting and self._waiting + size > self._limit:
                self._refused += 1
                full = min(1.0, self._waiting / self._limit)
                raise Overloaded(
                    "Too much telemetry waits to be stored; send it again in a moment.",
                    retry_after=_SHORTEST + (_LONGEST - _SHORTEST) * full,
                )
            self._waiting += size

    def give_back(self, size: int) -> None:
        """Return what was taken."""
        with self._lock:
            self._waiting -= size
