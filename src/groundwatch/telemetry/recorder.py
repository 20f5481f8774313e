"""Our own interactions on their way to the store: bounded, committed in groups."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from groundwatch.domain.interactions import Interaction
from groundwatch.errors import GroundwatchError

FLUSH_SECONDS = 0.2
"""At most so much can be lost at kill -9."""


@dataclass(frozen=True, slots=True)
class RecorderCounts:
    """Interactions since the start: taken, committed, dropped, and waiting now."""

    recorded: int
    written: int
    dropped: int
    waiting: int


class Recorder:
    """Takes interactions without blocking; one thread writes them.

    When the queue is full the newest is dropped and counted: the queue holds what happened first,
    and an outage is seen from its beginning.

    Args:
        write: commits a group durably; a GroundwatchError keeps the group for the next try.
        limit: interactions held in memory at most.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Interaction]], None],
        limit: int = 10_000,
        flush_seconds: float = FLUSH_SECONDS,
    ) -> None:
        self._write = write
        self._limit = limit
        self._flush_seconds = flush_seconds
        self._waiting: deque[Interaction] = deque()
        self._recorded = self._written = self._dropped = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._log = structlog.get_logger("recorder")
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, interaction: Interaction) -> None:
        with self._lock:
            self._recorded += 1
            if self._closing.is_set() or len(self._waiting) >= self._limit:
                self._dropped += 1
            else:
                self._waiting.append(interaction)

    def counts(self) -> RecorderCounts:
        with self._lock:
            return RecorderCounts(self._recorded, self._written, self._dropped, len(self._waiting))

    def flush(self) -> bool:
        """Write what waits now; False when the store did not take it and it still waits."""
        with self._lock:
            group = list(self._waiting)
        if not group:
            return True
        try:
            self._write(group)
        except GroundwatchError as error:
            self._log.warning("interactions not written yet", waiting=len(group), error=str(error))
            return False
        with self._lock:
            for _ in group:
                self._waiting.popleft()
            self._written += len(group)
        return True

    def close(self) -> None:
        """Write what waits and stop; what the store does not take is counted as dropped."""
        self._closing.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._closing.wait(self._flush_seconds):
            self.flush()
        if not self.flush():
            with self._lock:
                self._dropped += len(self._waiting)
                self._waiting.clear()
