"""Our own interactions on their way to the store: bounded, committed in groups."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from groundwatch.domain.interactions import Interaction
from groundwatch.errors import Transient

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
        write: commits a group durably; a Transient error keeps the group for the next try, any
            other costs those interactions of the group that raise it by themselves.
        limit: interactions held in memory at most.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Interaction]], object],
        limit: int = 10_000,
        flush_seconds: float = FLUSH_SECONDS,
    ) -> None:
        self._write = write
        self._limit = limit
        self._flush_seconds = flush_seconds
        self._waiting: deque[Interaction] = deque()
        self._recorded = self._written = self._dropped = 0
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
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
        with self._flushing:
            with self._lock:
                group = list(self._waiting)
            try:
                self._settle(group)
            except Transient as error:
                self._log.warning("interactions wait", waiting=len(group), error=str(error))
                return False
            return True

    def _settle(self, group: Sequence[Interaction]) -> None:
        """Write a group, or drop what the store refuses for good."""
        try:
            if group:
                self._write(group)
        except Transient:
            raise
        except Exception:  # noqa: BLE001  a thread's boundary
            if len(group) == 1:
                self._log.exception("interaction dropped", interaction=group[0].id)
                self._take_off(group, written=0)
                return
            for each in group:
                self._settle([each])
        else:
            self._take_off(group, written=len(group))

    def _take_off(self, group: Sequence[Interaction], *, written: int) -> None:
        with self._lock:
            for _ in group:
                self._waiting.popleft()
            self._written += written
            self._dropped += len(group) - written

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
