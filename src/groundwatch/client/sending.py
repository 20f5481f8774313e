# ruff: noqa: TID252
"""The background thread: takes batches, encodes them, and sends each until it is settled."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from .encoding import Redact, encode, envelope
from .posting import Later, Refused
from .records import new_id

if TYPE_CHECKING:
    from .posting import Taken
    from .waiting import Record, Waiting

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_log = logging.getLogger("groundwatch_client")

Posting = Callable[[str, bytes], "Taken | Later | Refused"]


class Sender:
    """Empties what waits.

    Args:
        waiting: what to send.
        post: sends one body.
        application: said once for the batch.
        batch_bytes: no body is larger, but for a single record that is.
        redact: changes or withholds what leaves; None sends all.
    """

    def __init__(
        self,
        waiting: Waiting,
        post: Posting,
        application: str,
        batch_bytes: int,
        redact: Redact | None,
    ) -> None:
        self._waiting = waiting
        self._post = post
        self._application = application
        self._batch_bytes = batch_bytes
        self._redact = redact
        self._stop = threading.Event()

    def stop(self) -> None:
        """Give up waiting for a server that is away."""
        self._stop.set()

    def run(self, interval: float) -> None:
        """Send until what waits is closed and empty, or `stop` is called while it cannot be."""
        while True:
            batch = self._waiting.take(interval)
            if not batch:
                return
            self._send(batch)

    def _send(self, batch: list[Record]) -> None:
        records: list[Record] = []
        items: list[bytes] = []
        size = 0
        for record in batch:
            item = self._encoded(record)
            if item is None:
                continue
            if items and size + len(item) > self._batch_bytes:
                self._deliver(records, items)
                records, items, size = [], [], 0
            records.append(record)
            items.append(item)
            size += len(item)
        if items:
            self._deliver(records, items)

    def _encoded(self, record: Record) -> bytes | None:
        time.sleep(0)  # hand over the interpreter between records: the application comes first
        try:
            item = encode(record.kind, record.fields, self._redact)
        except Exception as error:  # noqa: BLE001  one unusable record must not cost the others
            self._note(f"a record cannot be encoded: {type(error).__name__}")
            self._waiting.settle([record], dropped="unusable")
            return None
        if item is None:
            self._waiting.settle([record], dropped="redacted")
        return item

    def _deliver(self, records: list[Record], items: list[bytes]) -> None:
        kind, told = records[0].kind, self._waiting.report()
        head = {"application": self._application, "batch": new_id(), "dropped": told}
        outcome = self._until_settled(f"/v1/{kind}", envelope(kind, head, items))
        if isinstance(outcome, (Later, Refused)):
            self._waiting.unreport(told)
        if isinstance(outcome, Later):
            self._waiting.settle(records, dropped="closed")
        elif isinstance(outcome, Refused):
            self._refused(outcome, records, items)
        else:
            for reason in outcome.reasons[:3]:
                self._note(reason)
            self._waiting.settle(records, rejected=outcome.rejected)

    def _refused(self, refused: Refused, records: list[Record], items: list[bytes]) -> None:
        if refused.too_large and len(items) > 1:
            middle = len(items) // 2
            self._deliver(records[:middle], items[:middle])
            self._deliver(records[middle:], items[middle:])
            return
        self._note(refused.problem)
        self._waiting.settle(records, rejected=len(records))

    def _until_settled(self, path: str, body: bytes) -> Taken | Later | Refused:
        pause = _FIRST_PAUSE
        while True:
            outcome = self._posted(path, body)
            if not isinstance(outcome, Later):
                return outcome
            self._note(outcome.problem)
            wanted = pause * random.uniform(0.5, 1.0) if outcome.after is None else outcome.after  # noqa: S311
            if self._stop.wait(min(wanted, _LONGEST_PAUSE)):
                return outcome
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _posted(self, path: str, body: bytes) -> Taken | Later | Refused:
        try:
            return self._post(path, body)
        except Exception as error:  # noqa: BLE001  the thread must live as long as the application
            return Refused(f"{type(error).__name__}: the request cannot be made")

    def _note(self, problem: str) -> None:
        if self._waiting.problem(problem):
            _log.warning("groundwatch: %s", problem)
