"""Threads that lease ledger items and bring them to their end."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection

from groundwatch.domain.clock import Clock
from groundwatch.errors import GroundwatchError
from groundwatch.store import ledger
from groundwatch.store.database import Database
from groundwatch.store.ledger import Failure, LedgerItem

CLAIM_AT_ONCE = 32
IDLE_SECONDS = 1.0
"""How often an idle worker looks for retries that have become due and leases that ran out."""

SUSPECT = 3
"""From its third try on a document is worked on alone: it may be what ended the others' runs."""

_MISTAKE = Failure("index", "internal", "the program failed at it; the worker's log says how")


class Process(Protocol):
    """Brings items to their end."""

    def process(self, items: list[LedgerItem]) -> int: ...


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """A run that failed in a way that could not be written down yet."""

    item: LedgerItem
    failure: Failure
    is_final: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """What a thread has leased, and since when it works on it."""

    items: list[LedgerItem]
    began: datetime


class Workers:
    """A number of worker threads and one that keeps their leases.

    Args:
        make: makes each thread its own indexer (it may hold a parser process).
        name: unique among all processes on the store; part of the lease's owner.
        run_seconds: a run that takes longer, because something hangs, loses its leases, and
            another thread takes the place of its own.
    """

    def __init__(
        self,
        database: Database,
        make: Callable[[], Process],
        clock: Clock,
        *,
        name: str,
        count: int,
        lease_seconds: float,
        run_seconds: float = 3600.0,
    ) -> None:
        self._database = database
        self._make = make
        self._clock = clock
        self._lease = lease_seconds
        self._longest = timedelta(seconds=run_seconds)
        self._held: dict[str, _Run] = {}
        self._unfinished: dict[str, list[_Unfinished]] = {}
        self._work = threading.Condition()
        self._generation = 0
        self._closing = threading.Event()
        self._log = structlog.get_logger("indexing")
        self._threads: dict[str, threading.Thread] = {}
        for number in range(count):
            self._start(f"{name}-{number}")
        self._keeper = threading.Thread(
            target=self._keep_leases, name=f"{name}-leases", daemon=True
        )
        self._keeper.start()

    def _start(self, owner: str) -> None:
        thread = threading.Thread(target=self._run, args=(owner,), name=owner, daemon=True)
        self._threads[owner] = thread
        thread.start()

    def notify(self) -> None:
        """There is work."""
        with self._work:
            self._generation += 1
            self._work.notify_all()

    def close(self, seconds: float = 30.0) -> None:
        """Let every thread end its batch; leases of one that does not in time run out."""
        self._closing.set()
        self.notify()
        for thread in (self._keeper, *self._threads.values()):
            thread.join(timeout=seconds)

    def _run(self, owner: str) -> None:
        indexer = self._make()
        while not self._closing.is_set() and owner in self._threads:
            seen = self._generation
            if not self._round(indexer, owner):
                self._rest(seen)

    def _rest(self, seen: int) -> None:
        """Wait for a notification later than `seen`."""
        with self._work:
            self._work.wait_for(
                lambda: self._closing.is_set() or self._generation != seen, IDLE_SECONDS
            )

    def _round(self, indexer: Process, owner: str) -> bool:
        """One batch; False when there is nothing to do now."""
        try:
            with self._database.write() as connection:
                self._give_back(connection, owner)
                items = ledger.claim(
                    connection,
                    owner,
                    self._clock(),
                    lease_seconds=self._lease,
                    limit=CLAIM_AT_ONCE,
                )
        except GroundwatchError as error:
            self._log.warning("no work can be taken", error=str(error))
            return False
        self._unfinished[owner] = []
        self._held[owner] = _Run(items, self._clock())
        went_well = False
        try:
            for part in in_turn(items):
                went_well |= self._process(indexer, owner, part)
        finally:
            self._held.pop(owner, None)
        return went_well

    def _process(self, indexer: Process, owner: str, items: list[LedgerItem]) -> bool:
        """Bring items to their end; a mistake of the program costs one document, not its batch."""
        try:
            indexer.process(items)
        except GroundwatchError as error:
            self._log.warning("batch not finished, to be tried again", error=str(error))
            failure = Failure("index", type(error).__name__.lower(), str(error))
            again = (_Unfinished(item, failure, is_final=False) for item in items)
            self._unfinished[owner] += again
            return False
        except Exception:  # noqa: BLE001  a thread's boundary
            self._log.exception("batch failed", documents=[item.document_id for item in items])
            if len(items) == 1:
                self._unfinished[owner] += [_Unfinished(items[0], _MISTAKE, is_final=True)]
                return True
            for item in items:
                self._process(indexer, owner, [item])
        return True

    def _give_back(self, c: Connection, owner: str) -> None:
        """End the runs that could not be ended when they failed, without waiting for the lease."""
        now = self._clock()
        for each in self._unfinished.get(owner, ()):
            retry_at = None if each.is_final else now + ledger.backoff(each.item.attempts)
            ledger.fail(c, each.item, now, failure=each.failure, retry_at=retry_at)

    def _keep_leases(self) -> None:
        while not self._closing.wait(self._lease / 3):
            now = self._clock()
            for owner, run in list(self._held.items()):
                if now - run.began > self._longest:
                    self._replace(owner, run)
                else:
                    self._extend(owner, run.items, now + timedelta(seconds=self._lease))

    def _replace(self, owner: str, run: _Run) -> None:
        """Give up a thread that hangs: its leases run out, and what it may still say is fenced."""
        paths = [item.path for item in run.items]
        self._log.warning("a run hangs and is given up", owner=owner, documents=paths)
        self._held.pop(owner, None)
        self._threads.pop(owner, None)
        self._start(f"{owner}+")

    def _extend(self, owner: str, items: list[LedgerItem], until: datetime) -> None:
        try:
            with self._database.write() as connection:
                for item in items:
                    ledger.extend(connection, item, until)
        except GroundwatchError as error:
            self._log.warning("leases not extended", owner=owner, error=str(error))


def in_turn(items: Sequence[LedgerItem]) -> list[list[LedgerItem]]:
    """Items in the batches in which they are worked on.

    What was tried several times in vain comes last and alone: forwards on even tries, backwards on
    odd ones, so that after two tries only what ends its worker is left.
    """
    fresh = [item for item in items if item.attempts < SUSPECT]
    suspects = [item for item in items if item.attempts >= SUSPECT]
    if suspects and suspects[0].attempts % 2:
        suspects.reverse()
    return [*([fresh] if fresh else []), *([item] for item in suspects)]
