"""A batch of leased ledger items, from the source to searchable.

Embedding, the store's transaction and the index's round trip are shared by the batch; an item that
fails leaves the others alone.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from time import perf_counter

import numpy as np
from sqlalchemy import Connection

from groundwatch.domain.clock import Clock
from groundwatch.errors import DocumentRejected, InvalidInput, Transient
from groundwatch.indexing.preparing import (
    Outcome,
    Postponed,
    Prepared,
    Preparer,
    Rejected,
    Timings,
    Unchanged,
    Vanished,
)
from groundwatch.indexing.storing import Entry, Writing, put_permissions, store, texts
from groundwatch.models.embedder import Embedder, Urgency
from groundwatch.sources.base import Permissions, Source
from groundwatch.store import changes, ledger, vectors
from groundwatch.store.database import Database
from groundwatch.store.ledger import Ended, Failure, LedgerItem, Seen

EMBED_AT_ONCE = 128
"""Texts in one call to the embedder, so that a huge document does not hold the socket."""

HELD_SECONDS = 1.0
"""So long a batch is collected: a slow document does not hold up those before it."""

Follow = Callable[[int], object]
"""Return once the index has applied the change log up to a number; raises Transient."""


@lru_cache(maxsize=1024)
def permissions_hash(known: Permissions) -> str:
    """A short stable text for who may read and how it is labelled, to notice a change."""
    access = known.access
    parts = (sorted(access.allow), sorted(access.deny), known.tags) if access else known.tags
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


class BatchIndexer:
    """Processes leased items.

    Args:
        sources: by name, as configured at this moment.
        pipeline: names parser, chunker and their settings; text made by another is made again.
        max_attempts: after so many tries a transient failure becomes a dead letter.
    """

    def __init__(
        self,
        database: Database,
        sources: Mapping[str, Source],
        *,
        preparer: Preparer,
        embedder: Embedder | None,
        follow: Follow,
        clock: Clock,
        pipeline: str,
        max_attempts: int,
    ) -> None:
        self._database = database
        self._sources = sources
        self._preparer = preparer
        self._embedder = embedder
        self._follow = follow
        self._clock = clock
        self._pipeline = pipeline
        self._max_attempts = max_attempts

    def process(self, items: Sequence[LedgerItem]) -> int:
        """Bring items to their end; returns how many became searchable or gone."""
        ended = 0
        ready: list[Entry] = []
        began = perf_counter()
        for item in items:
            ready.append(Entry(item, self._prepare(item)))
            if perf_counter() - began > HELD_SECONDS:
                ended += self._settle(ready)
                ready, began = [], perf_counter()
        return ended + self._settle(ready)

    def _settle(self, entries: list[Entry]) -> int:
        if not entries:
            return 0
        entries, shared = self._embed_and_store(entries)
        return self._finish(entries, shared)

    def _prepare(self, item: LedgerItem) -> Outcome:
        source = self._sources.get(item.source)
        if source is None:
            return Vanished(item.path)
        indexed = item.content_hash.removesuffix(f"/{self._pipeline}")
        in_vain = item.attempts > self._max_attempts
        return self._preparer.prepare(source, item.path, indexed, in_vain=in_vain)

    def _embed_and_store(self, entries: list[Entry]) -> tuple[list[Entry], Timings]:
        shared: Timings = {}
        try:
            began = perf_counter()
            entries, embedded = self._embed(entries)
            shared["embed"] = perf_counter() - began
            began = perf_counter()
            writing = Writing(
                self._embedder.name if self._embedder else "", self._pipeline, self._clock()
            )
            with self._database.write() as connection:
                entries = [self._as_of_now(entry) for entry in entries]
                store(connection, entries, embedded, writing)
                position = changes.latest(connection)
            shared["store"] = perf_counter() - began
            began = perf_counter()
            self._follow(position)
            shared["index"] = perf_counter() - began
        except Transient as error:
            entries = [_postponed(entry, error) for entry in entries]
        return entries, shared

    def _embed(self, entries: list[Entry]) -> tuple[list[Entry], dict[str, bytes]]:
        """Vectors for every text of the batch; a document whose text is refused is rejected."""
        if self._embedder is None:
            return entries, {}
        wanted = {text for entry in entries for text in texts(entry.outcome)}
        with self._database.read() as connection:
            embedded = vectors.recall(connection, self._embedder.name, sorted(wanted))
        try:
            embedded |= _embed_all(self._embedder, sorted(wanted - embedded.keys(), key=len))
        except InvalidInput:
            return self._embed_one_by_one(entries, embedded)
        return entries, embedded

    def _embed_one_by_one(
        self, entries: list[Entry], embedded: dict[str, bytes]
    ) -> tuple[list[Entry], dict[str, bytes]]:
        assert self._embedder is not None
        kept = []
        for entry in entries:
            try:
                missing = [text for text in texts(entry.outcome) if text not in embedded]
                embedded |= _embed_all(self._embedder, missing)
                kept.append(entry)
            except InvalidInput as error:
                kept.append(replace(entry, outcome=_refused(entry.outcome, error)))
        return kept, embedded

    def _finish(self, entries: Sequence[Entry], shared: Timings) -> int:
        now = self._clock()
        with self._database.write() as connection:
            stored, entries = entries, [self._as_of_now(entry) for entry in entries]
            pairs = zip(entries, stored, strict=True)
            put_permissions(connection, [new for new, old in pairs if new is not old])
            ended = [run for entry in entries if (run := self._ended(entry, shared)) is not None]
            for entry in entries:
                self._leave(connection, entry, now)
            return ledger.finish_all(connection, ended, now)

    def _as_of_now(self, entry: Entry) -> Entry:
        """With the permissions of today's rules: they may have changed while it was parsed."""
        source, outcome = self._sources.get(entry.item.source), entry.outcome
        if source is None or isinstance(outcome, Vanished | Postponed):
            return entry
        now = source.permissions(outcome.path)
        if now == outcome.permissions:
            return entry
        return replace(entry, outcome=replace(outcome, permissions=now))

    def _ended(self, entry: Entry, shared: Timings) -> Ended | None:
        """How the ledger ends a run that went well; None for one that did not."""
        item = entry.item
        match entry.outcome:
            case Prepared(_, found, content_hash, _, parsed, permissions=known, timings=timings):
                indexed = f"{content_hash}/{self._pipeline}"
                seen = Seen(indexed, found.stamp, len(found.data), permissions_hash(known))
                return Ended(item, seen, timings | shared, " ".join(parsed.remarks))
            case Unchanged(_, found, known, timings):
                known_hash = permissions_hash(known)
                seen = Seen(item.content_hash, found.stamp, len(found.data), known_hash)
                remark = item.error if item.reason == ledger.PARTIAL else ""
                return Ended(item, seen, timings, remark)
            case Vanished():
                return Ended(item, None, shared)
            case _:
                return None

    def _leave(self, c: Connection, entry: Entry, now: datetime) -> None:
        """End a run that did not go well."""
        match entry.outcome:
            case Rejected(_, error, read, known, timings):
                stamp, size = (read.stamp, len(read.data)) if read else (0, 0)
                seen = Seen("", stamp, size, permissions_hash(known))
                failure = Failure(error.stage, error.reason, str(error))
                ledger.quarantine(c, entry.item, now, failure=failure, seen=seen, timings=timings)
            case Postponed(_, error):
                self._fail(c, entry.item, now, error)
            case _:
                pass

    def _fail(self, c: Connection, item: LedgerItem, now: datetime, error: Transient) -> None:
        again = item.attempts < self._max_attempts
        retry_at = now + ledger.backoff(item.attempts) if again else None
        failure = Failure("index", type(error).__name__.lower(), str(error))
        ledger.fail(c, item, now, failure=failure, retry_at=retry_at)


def _embed_all(embedder: Embedder, texts: Sequence[str]) -> dict[str, bytes]:
    embedded: dict[str, bytes] = {}
    for first in range(0, len(texts), EMBED_AT_ONCE):
        part = list(texts[first : first + EMBED_AT_ONCE])
        rows = embedder.embed(part, Urgency.BULK)
        embedded |= {
            text: np.asarray(row, np.float32).tobytes()
            for text, row in zip(part, rows, strict=True)
        }
    return embedded


def _postponed(entry: Entry, error: Transient) -> Entry:
    return replace(entry, outcome=Postponed(entry.item.path, error))


def _refused(outcome: Outcome, error: InvalidInput) -> Outcome:
    assert isinstance(outcome, Prepared)
    rejection = DocumentRejected("embed", "not-embeddable", str(error))
    return Rejected(outcome.path, rejection, outcome.item, outcome.permissions, outcome.timings)
