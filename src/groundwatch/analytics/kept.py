"""Cells kept in memory: what is over is read once a process, until it changes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from groundwatch.analytics.tallies import Cells
from groundwatch.store.events.cells import Cell, CellQuery, Detail, Step

_MINUTES: Mapping[Step, int] = {"minute": 60, "hour": 60, "day": 1440}
"""What is kept together: minutes and hours by hour, days by day. Weeks are not kept."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_BYTES = 40 << 20
_CELL_BYTES, _BUCKET_BYTES = 250, 60
_CHUNK_BYTES = 150
_MOST_WHOLES = 16
"""Spans of one series of which the sums are kept."""

Name = tuple[str, str | None, str, str | None, Step, Detail]
Version = tuple[object, ...]


class Versioned(Cells, Protocol):
    """Where cells are read, and what says whether they have changed."""

    def versions(self, since: datetime, until: datetime) -> dict[int, tuple[int, ...]]: ...


@dataclass(slots=True)
class _Shelf:
    """What is kept of one series: by number of hour or day, its version and its cells."""

    chunks: dict[int, tuple[Version, list[Cell]]] = field(default_factory=dict)
    size: int = 0


class Kept:
    """What was read, for all pages of a process; the series longest unused go first.

    What would push half of all out is not kept: sessions of a million answers are such a series.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._shelves: OrderedDict[Name, _Shelf] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: Name, chunk: int, version: Version) -> list[Cell] | None:
        """Cells of an hour or day, unless they have changed."""
        shelf = self._shelves.get(name)
        found = None if shelf is None else shelf.chunks.get(chunk)
        return None if found is None or found[0] != version else found[1]

    def put(
        self, name: Name, chunks: Mapping[int, tuple[Version, list[Cell]]], most: int | None = None
    ) -> None:
        """Keep what was read; of a series so many at most, the latest."""
        with self._lock:
            shelf = self._shelves.setdefault(name, _Shelf())
            self._shelves.move_to_end(name)
            for chunk, (version, cells) in chunks.items():
                old = shelf.chunks.pop(chunk, None)
                grown = _size(cells) - (0 if old is None else _size(old[1]))
                shelf.chunks[chunk] = (version, cells)
                shelf.size += grown
                self._size += grown
            while most is not None and len(shelf.chunks) > most:
                _, old_cells = shelf.chunks.pop(next(iter(shelf.chunks)))
                shelf.size -= _size(old_cells)
                self._size -= _size(old_cells)
            if shelf.size > self._most / 2:
                self._size -= self._shelves.pop(name).size
            while self._size > self._most and self._shelves:
                _, gone = self._shelves.popitem(last=False)
                self._size -= gone.size

    def whole(
        self, name: Name, span: range, version: Version, read: Callable[[], list[Cell]]
    ) -> list[Cell]:
        """The sums of a span of hours or days, added up once until one of them changes."""
        version = (span.stop, *version)
        found = self.get(name, span.start, version)
        if found is not None:
            self.used(name)
            return found
        found = read()
        self.put(name, {span.start: (version, found)}, _MOST_WHOLES)
        return found

    def used(self, name: Name) -> None:
        """Say that a series was of use."""
        with self._lock:
            if name in self._shelves:
                self._shelves.move_to_end(name)


class KeptCells:
    """Cells for the making of one page: what is over comes from memory, the rest is read.

    Args:
        now: hours and days that are over by then are kept.
    """

    def __init__(self, source: Versioned, kept: Kept, now: datetime) -> None:
        self._source = source
        self._kept = kept
        self._now = _minute(now)
        self._versions: dict[int, tuple[int, ...]] = {}
        self._days: dict[int, Version] = {}
        self._known: tuple[int, int] = (0, 0)
        # What has no rows any more changes only when it is dropped: it is read again each hour.
        self._settled = (self._now // 60,)

    def cells(self, query: CellQuery) -> list[Cell]:
        """As the store returns them."""
        width = _MINUTES.get(query.step)
        if width is None:
            return self._source.cells(query)
        first, end = _span(query, width)
        over = min(end, self._now // width)
        if first >= over:
            return self._source.cells(query)
        span = range(first, over)
        self._learn(first * width // 60, over * width // 60)
        found = self._whole(query, span) if query.detail == "whole" else self._over(query, span)
        if over < end:
            return [*found, *self._source.cells(replace(query, since=_moment(over * width)))]
        return found

    def _whole(self, query: CellQuery, chunks: range) -> list[Cell]:
        each = replace(query, detail="sums")
        width = _MINUTES[query.step]
        if query.step == "minute":
            return self._over(each, chunks)
        version = tuple(self._version(chunk, width) for chunk in chunks)
        return self._kept.whole(
            _name(query), chunks, version, lambda: _added_up(self._over(each, chunks))
        )

    def _over(self, query: CellQuery, chunks: range) -> list[Cell]:
        width = _MINUTES[query.step]
        name = _name(query)
        versions = {chunk: self._version(chunk, width) for chunk in chunks}
        kept = {chunk: self._kept.get(name, chunk, versions[chunk]) for chunk in chunks}
        missing = [chunk for chunk in chunks if kept[chunk] is None]
        if missing:
            read = self._read(query, missing)
            self._kept.put(name, {chunk: (versions[chunk], each) for chunk, each in read.items()})
            kept |= read
        else:
            self._kept.used(name)
        found = [cell for each in kept.values() for cell in each or ()]
        if query.step == "minute":
            since, until = query.since.replace(second=0, microsecond=0), query.until
            found = [cell for cell in found if since <= cell.at < until]
        return found

    def _read(self, query: CellQuery, missing: list[int]) -> dict[int, list[Cell]]:
        width = _MINUTES[query.step]
        read: dict[int, list[Cell]] = {chunk: [] for chunk in missing}
        for first, end in _runs(missing):
            span = replace(query, since=_moment(first * width), until=_moment(end * width))
            for cell in self._source.cells(span):
                read[_minute(cell.at) // width].append(cell)
        return read

    def _learn(self, first: int, end: int) -> None:
        """Ask for the versions of hours, of each once."""
        low, high = self._known
        if low <= first and end <= high:
            return
        self._known = (min(first, low), max(end, high)) if high else (first, end)
        since, until = (_moment(hour * 60) for hour in self._known)
        self._versions = dict(self._source.versions(since, until))
        self._days = {}

    def _version(self, chunk: int, width: int) -> Version:
        if width == _MINUTES["hour"]:
            return self._versions.get(chunk, self._settled)
        if chunk not in self._days:
            hours = range(chunk * 24, chunk * 24 + 24)
            self._days[chunk] = tuple(self._versions.get(hour, self._settled) for hour in hours)
        return self._days[chunk]


def _name(query: CellQuery) -> Name:
    return (
        query.metric, query.label, query.dimension, query.application, query.step, query.detail
    )  # fmt: skip


def _added_up(cells: list[Cell]) -> list[Cell]:
    """One cell a label, in the place of the first."""
    sums: dict[str, tuple[Cell, int, float, float]] = {}
    for cell in cells:
        first, count, weight, total = sums.get(cell.label, (cell, 0, 0.0, 0.0))
        sums[cell.label] = (
            first, count + cell.count, weight + cell.weight, total + cell.total
        )  # fmt: skip
    return [
        replace(first, count=count, weight=weight, total=total)
        for first, count, weight, total in sums.values()
    ]


def _span(query: CellQuery, width: int) -> tuple[int, int]:
    """The hours or days a query touches."""
    return _minute(query.since) // width, -(-_minute(query.until, up=True) // width)


def _minute(at: datetime, *, up: bool = False) -> int:
    """Minutes since 1970, rounded down or up."""
    since = at - _EPOCH
    return -(-since // timedelta(minutes=1)) if up else since // timedelta(minutes=1)


def _moment(minute: int) -> datetime:
    return _EPOCH + timedelta(minutes=minute)


def _runs(chunks: list[int]) -> Iterator[tuple[int, int]]:
    """Ranges of numbers that follow each other."""
    first = last = chunks[0]
    for each in chunks[1:]:
        if each != last + 1:
            yield first, last + 1
            first = each
        last = each
    yield first, last + 1


def _size(cells: list[Cell]) -> int:
    """About how many bytes cells take."""
    buckets = sum(len(cell.histogram.buckets) for cell in cells if cell.histogram is not None)
    return _CHUNK_BYTES + _CELL_BYTES * len(cells) + _BUCKET_BYTES * buckets
