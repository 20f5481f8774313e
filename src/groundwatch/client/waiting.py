# ruff: noqa: TID252
"""Records that wait to be sent, bounded by the memory they take."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from .counts import Flushed

_PROBLEMS_KEPT = 8


@dataclass(frozen=True)
class Record:
    """What waits: which kind, how many bytes it takes here, and its fields."""

    kind: str
    size: int
    fields: dict[str, object]


class Waiting:
    """A queue that refuses the newest when it is full: an outage is seen from its beginning.

    What was taken to be sent still counts until it is settled, so memory stays flat while the
    server is away.

    Args:
        most_bytes: of all that waits.
        batch: so many records are worth sending at once.
    """

    def __init__(self, most_bytes: int, batch: int) -> None:
        self._most = most_bytes
        self._batch = batch
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._changed = threading.Condition(self._lock)
        self._records: deque[Record] = deque()
        self._bytes = self._put = self._sent = self._rejected = 0
        self._drops: dict[str, int] = {}
        self._unreported: dict[str, int] = {}
        self._problems: deque[str] = deque(maxlen=_PROBLEMS_KEPT)
        self._hurry = self._closed = False

    def put(self, record: Record) -> bool:
        """Let a record wait; False when it was dropped."""
        with self._lock:
            self._put += 1
            if self._closed or self._bytes + record.size > self._most:
                self._drop("closed" if self._closed else "queue-full")
                return False
            self._bytes += record.size
            self._records.append(record)
            waiting = len(self._records)
            if waiting in (1, self._batch):
                self._arrived.notify()
            return True

    def refuse(self, reason: str) -> None:
        """Count a record that never could wait."""
        with self._lock:
            self._put += 1
            self._drop(reason)

    def take(self, interval: float) -> list[Record]:
        """Wait for a batch of one kind; what is there when `interval` seconds passed is one."""
        with self._lock:
            if not self._arrived.wait_for(self._is_wanted, None):
                return []
            self._arrived.wait_for(self._is_urgent, interval)
            return self._pop()

    def settle(self, records: list[Record], *, rejected: int = 0, dropped: str = "") -> None:
        """Give the room of records back: sent, but for those rejected, or dropped for a reason."""
        with self._lock:
            self._bytes -= sum(record.size for record in records)
            if dropped:
                for _ in records:
                    self._drop(dropped)
            else:
                self._rejected += rejected
                self._sent += len(records) - rejected
            self._hurry = self._hurry and bool(self._records)
            self._changed.notify_all()

    def problem(self, text: str) -> bool:
        """Keep a problem; False when it is the one before."""
        with self._lock:
            is_new = not self._problems or self._problems[-1] != text
            if is_new:
                self._problems.append(text)
            return is_new

    def report(self) -> dict[str, int]:
        """Drops by reason that the server was not told of yet; told from now on."""
        with self._lock:
            told, self._unreported = self._unreported, {}
            return told

    def unreport(self, told: dict[str, int]) -> None:
        """Take a report back that did not arrive."""
        with self._lock:
            for reason, count in told.items():
                self._unreported[reason] = self._unreported.get(reason, 0) + count

    def flush(self, timeout: float) -> Flushed:
        """Have all that waits sent now; returns when it is settled or time is up."""
        with self._lock:
            settled = self._put
            self._hurry = bool(self._records)
            self._arrived.notify()
            self._changed.wait_for(lambda: self._settled() >= settled, timeout)
            return self._counts()

    def counts(self) -> Flushed:
        with self._lock:
            return self._counts()

    def close(self) -> None:
        """Take nothing more, and let nobody wait for a batch."""
        with self._lock:
            self._closed = True
            self._arrived.notify_all()
            self._changed.notify_all()

    def abandon(self) -> None:
        """Drop what still waits."""
        with self._lock:
            left = list(self._records)
            self._records.clear()
        self.settle(left, dropped="closed")

    def _is_wanted(self) -> bool:
        return bool(self._records) or self._closed

    def _is_urgent(self) -> bool:
        return self._hurry or self._closed or len(self._records) >= self._batch

    def _pop(self) -> list[Record]:
        batch: list[Record] = []
        while self._records and len(batch) < self._batch:
            if batch and self._records[0].kind != batch[0].kind:
                break
            batch.append(self._records.popleft())
        return batch

    def _drop(self, reason: str) -> None:
        for counts in (self._drops, self._unreported):
            counts[reason] = counts.get(reason, 0) + 1

    def _settled(self) -> int:
        return self._sent + self._rejected + sum(self._drops.values())

    def _counts(self) -> Flushed:
        dropped = sum(self._drops.values())
        return Flushed(
            sent=self._sent,
            rejected=self._rejected,
            dropped=dropped,
            waiting=self._put - self._settled(),
            drops=dict(self._drops),
            problems=tuple(self._problems),
        )
