"""Hints and scans become ledger rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from groundwatch.domain.clock import Clock
from groundwatch.domain.documents import document_id
from groundwatch.indexing.batch import Follow, permissions_hash
from groundwatch.indexing.hints import HintBatch
from groundwatch.indexing.reconcile import Work, differences, needs_work, without_hidden
from groundwatch.sources.base import Source, Unlisted
from groundwatch.store import changes, documents, ledger, permissions
from groundwatch.store.database import Database
from groundwatch.store.ledger import Event, Known

WRITE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan found: paths listed and put to work, and folders that could not be listed."""

    listed: int
    queued: int
    unlisted: tuple[Unlisted, ...] = ()


class Intake:
    """Writes what needs work into the ledger.

    Args:
        room: blocks while the queue is full; returns False to give up a scan.
        notify: wakes the workers.
    """

    def __init__(
        self,
        database: Database,
        sources: Mapping[str, Source],
        clock: Clock,
        *,
        room: Callable[[], bool],
        notify: Callable[[], None],
    ) -> None:
        self._database = database
        self._sources = sources
        self._clock = clock
        self._room = room
        self._notify = notify

    def take(self, batch: HintBatch) -> None:
        """Look at every hinted path and note those that changed.

        Raises:
            Unavailable: a source cannot be listed; a scan is needed when it is back.
        """
        for name, paths in batch.paths.items():
            if (source := self._sources.get(name)) is not None:
                self._enqueue(name, self._hinted(source, paths), bulk=False)
        for name in batch.overflowed:
            self.scan(name)

    def scan(self, name: str) -> Scan:
        """Compare a whole source with the ledger.

        Nothing is removed when the listing fails midway: the comparison needs all of it.

        Raises:
            Unavailable: the source cannot be listed.
        """
        source = self._sources[name]
        with self._database.read() as connection:
            known = ledger.known(connection, name)
        found = list(source.entries())
        unlisted = tuple(each for each in found if isinstance(each, Unlisted))
        work = differences(known, found)
        queued = 0
        for part in _parts(work, WRITE_AT_ONCE):
            if not self._room():
                break
            self._enqueue(name, part, bulk=True)
            queued += len(part)
        return Scan(len(found) - len(unlisted), queued, unlisted)

    def bring_in_line(self, follow: Follow) -> None:
        """Bring permissions to today's rules; who left the configuration takes its documents along.

        In force when this returns: in the store, which every answer is checked against, and unless
        `follow` raises in the index too.
        """
        with self._database.read() as connection:
            known = ledger.sources(connection)
        for name in known:
            if name not in self._sources:
                self._remove_source(name)
        changed = [self.apply_permissions(name) for name in list(self._sources)]
        if any(changed):
            with self._database.read() as connection:
                position = changes.latest(connection)
            follow(position)

    def _remove_source(self, name: str) -> None:
        with self._database.read() as connection:
            paths = list(ledger.known(connection, name))
        for part in _parts([(path, Event.DELETED) for path in paths], WRITE_AT_ONCE):
            self._enqueue(name, part, bulk=False)

    def make_again(self) -> None:
        """Have every known document of every source read, parsed and chunked again."""
        for name in self._sources:
            with self._database.read() as connection:
                paths = list(ledger.known(connection, name))
            for part in _parts([(path, Event.CHANGED) for path in paths], WRITE_AT_ONCE):
                self._enqueue(name, part, bulk=True)

    def apply_permissions(self, name: str) -> int:
        """Bring every known path's permissions to today's rules; returns how many readers changed.

        Tags travel with the document, so paths with other tags are indexed again, without parsing.
        A path that was never worked on gets its permissions with its first work.
        """
        source = self._sources.get(name)
        if source is None:
            return 0
        with self._database.read() as connection:
            known = ledger.access_hashes(connection, name)
        stale = {
            path: found
            for path, seen in known.items()
            if permissions_hash(found := source.permissions(path)) != seen
        }
        if not stale:
            return 0
        lists = {document_id(name, path): found.access for path, found in stale.items()}
        hashes = {path: permissions_hash(found) for path, found in stale.items()}
        events = [(path, Event.ACCESS) for path in stale]
        with self._database.write() as connection:
            changed = permissions.put_all_from_rules(connection, lists)
            ledger.note_access(connection, name, hashes)
            ledger.enqueue(connection, name, events, self._clock())
        self._notify()
        return changed

    def _hinted(self, source: Source, paths: Iterable[str]) -> Iterator[Work]:
        with self._database.read() as connection:
            for path in sorted(paths):
                known = set(ledger.under_prefix(connection, source.name, path.rstrip("/")))
                unlisted: list[Unlisted] = []
                for found in source.entries(path.rstrip("/")):
                    if isinstance(found, Unlisted):
                        unlisted.append(found)
                        continue
                    known.discard(found.path)
                    item = ledger.get(connection, source.name, found.path)
                    if needs_work(_known(item), found):
                        yield found.path, Event.CHANGED
                gone = without_hidden(sorted(known), unlisted)
                yield from ((each, Event.DELETED) for each in gone)

    def _enqueue(self, name: str, work: Iterable[Work], *, bulk: bool) -> None:
        events = list(work)
        if not events:
            return
        now = self._clock()
        gone = {path for path, event in events if event is Event.DELETED}
        with self._database.write() as connection:
            versions = ledger.enqueue(connection, name, events, now, bulk=bulk)
            for path in gone & versions.keys():
                # At once: workers may be busy for a long time.
                target = document_id(name, path)
                documents.delete(connection, target, versions[path], spare_at=now)
        self._notify()


def _known(item: ledger.LedgerItem | None) -> Known | None:
    if item is None or item.state is ledger.State.TOMBSTONE:
        return None
    return Known(item.mtime_ns, item.size, item.content_hash, item.state)


def _parts(work: Iterable[Work], size: int) -> Iterator[list[Work]]:
    rest = iter(work)
    while part := list(islice(rest, size)):
        yield part
