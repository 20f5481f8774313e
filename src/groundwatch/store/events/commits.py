"""Group commit: whatever waits for the same day becomes one transaction."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter
from typing import NamedTuple

from groundwatch.errors import Overloaded, Transient, Unavailable
from groundwatch.store.events import cell_rows
from groundwatch.store.events.series_rows import Known
from groundwatch.store.events.session import Days, Session
from groundwatch.store.events.squeezing import Squeezer
from groundwatch.store.events.tally import Tally

LIMIT_BYTES = 64 << 20
"""What may wait to be written; a disk that stands still must not fill the memory."""
_GROUP_BYTES = 8 << 20
_RETRY_SECONDS = 1.0
_DAYS_KEPT = 2
_TIMES_KEPT = 10_000


@dataclass(slots=True)
class Work:
    """What one call writes to one day.

    Attributes:
        apply: writes rows and says in the tally what that changes in the cells; may be called
            again when another's work in the same transaction fails.
        size: about how many bytes it holds.
    """

    day: date
    apply: Callable[[Session, Tally], object]
    size: int = 1000
    result: object = None
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Committed(NamedTuple):
    """A transaction that is durable: the seconds it took, and how many works were in it."""

    seconds: float
    works: int


class Commits:
    """One thread that writes; calls return once their work is durable.

    While one transaction is on its way to the disk, what comes meanwhile gathers for the next.
    """

    def __init__(self, days: Days, squeezer: Squeezer, limit_bytes: int = LIMIT_BYTES) -> None:
        self._days = days
        self._squeezer = squeezer
        self._limit = limit_bytes
        self._waiting: deque[Work] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = threading.Condition()
        self._known: dict[date, Known] = {}
        self._committed: deque[Committed] = deque(maxlen=_TIMES_KEPT)
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._thread.start()

    def write(self, works: Sequence[Work]) -> list[object]:
        """Commit works, each on its own; returns what each `apply` returned.

        Raises:
            Overloaded: too much waits already; nothing of this is written.
            GroundwatchError: the first work that failed; others may be written.
        """
        if not works:
            return []
        size = sum(work.size for work in works)
        with self._changed:
            if self._closed:
                raise Unavailable("the event store is closed; start Groundwatch again")
            if self._bytes and self._bytes + size > self._limit:
                raise Overloaded(
                    f"{self._bytes} bytes of events wait to be written, {self._limit} may; "
                    "try again in a moment",
                    _RETRY_SECONDS,
                )
            self._bytes += size
            self._waiting.extend(works)
            self._changed.notify_all()
        for work in works:
            work.done.wait()
        for work in works:
            if work.error is not None:
                raise work.error
        return [work.result for work in works]

    @property
    def waiting_bytes(self) -> int:
        return self._bytes

    def committed(self) -> list[Committed]:
        """The transactions since the last call, the newest 10,000 at most."""
        found: list[Committed] = []
        while self._committed:
            found.append(self._committed.popleft())
        return found

    def close(self) -> None:
        """Write what waits and stop."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def forget(self, day: date) -> None:
        """A day is gone; should it come again, its series have other ids."""
        self._known.pop(day, None)

    def _run(self) -> None:
        while group := self._next():
            for day in {work.day for work in group}:
                self._commit(day, [work for work in group if work.day == day])
            with self._changed:
                self._bytes -= sum(work.size for work in group)
            for work in group:
                work.done.set()

    def _next(self) -> list[Work]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            group: list[Work] = []
            size = 0
            while self._waiting and size <= _GROUP_BYTES:
                group.append(self._waiting.popleft())
                size += group[-1].size
            return group

    def _commit(self, day: date, works: Sequence[Work]) -> None:
        try:
            self._write_together(day, works)
        except BaseException as error:  # noqa: BLE001  a thread's boundary: the caller gets it
            if len(works) == 1 or isinstance(error, Transient):
                for work in works:
                    work.error = error
                return
            for work in works:  # one of them may spoil it for all
                self._commit(day, [work])

    def _write_together(self, day: date, works: Sequence[Work]) -> None:
        began = perf_counter()
        known = self._known.get(day) or Known()
        tally = Tally()
        with self._days.write(day) as session:
            kept = self._squeezer.keep(session, day)
            for work in works:
                work.result = work.apply(session, tally)
            numbers, highest = cell_rows.apply(session, tally.cells, known)
        self._committed.append(Committed(perf_counter() - began, len(works)))
        self._squeezer.kept(kept)
        known.learn(numbers, highest)
        self._known.pop(day, None)
        self._known[day] = known
        while len(self._known) > _DAYS_KEPT:
            self._known.pop(next(iter(self._known)))
