"""One changed path, from the source to chunks; nothing is written here."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from groundwatch.domain.documents import Chunk
from groundwatch.errors import DocumentRejected, Transient
from groundwatch.indexing.media import media_type
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.sources.base import Item, Permissions, Source

Timings = dict[str, float]
"""Seconds by stage."""

Chunker = Callable[[Parsed], tuple[Chunk, ...]]


class Parse(Protocol):
    """Turns a file's bytes into text."""

    def __call__(self, name: str, data: bytes) -> Parsed: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that is ready to be embedded and stored."""

    path: str
    item: Item
    content_hash: str
    media_type: str
    parsed: Parsed
    chunks: tuple[Chunk, ...]
    permissions: Permissions
    timings: Timings


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The bytes are those that are indexed already; only stamp and permissions may differ."""

    path: str
    item: Item
    permissions: Permissions
    timings: Timings


@dataclass(frozen=True, slots=True)
class Vanished:
    """The path is not there any more."""

    path: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The file is there and cannot be indexed; who may read it may also know that."""

    path: str
    error: DocumentRejected
    item: Item | None
    permissions: Permissions
    timings: Timings


@dataclass(frozen=True, slots=True)
class Postponed:
    """It could not be told; to be tried again."""

    path: str
    error: Transient


_ABANDONED = (
    "No run on it came to an end: its worker stopped or hung each time, and the worker's log may "
    "say why. It is tried again when it changes."
)

Outcome = Prepared | Unchanged | Vanished | Rejected | Postponed


class Preparer:
    """Reads, compares, parses and chunks."""

    def __init__(self, parse: Parse, chunk: Chunker) -> None:
        self._parse = parse
        self._chunk = chunk

    def prepare(
        self, source: Source, path: str, indexed_hash: str, *, in_vain: bool = False
    ) -> Outcome:
        """Decide what a path needs.

        Args:
            source: where to read it.
            path: inside the source.
            indexed_hash: sha256 of the bytes that are indexed by today's pipeline; empty when none
                are, or when the document is to be indexed again in any case.
            in_vain: it was tried often, and its worker never came to an end.
        """
        timings: Timings = {}
        item: Item | None = None
        permissions = source.permissions(path)
        try:
            with _Timed(timings, "read"):
                item = source.read(path)
            if item is None:
                return Vanished(path)
            content_hash = hashlib.sha256(item.data).hexdigest()
            if content_hash == indexed_hash:
                return Unchanged(path, item, permissions, timings)
            if in_vain:
                error = DocumentRejected("index", "abandoned", _ABANDONED)
                return Rejected(path, error, item, permissions, timings)
            with _Timed(timings, "parse"):
                kind = media_type(path, item.data)
                parsed = self._parse(path, item.data)
            with _Timed(timings, "chunk"):
                chunks = self._chunk(parsed)
        except DocumentRejected as error:
            return Rejected(path, error, item, permissions, timings)
        except Transient as error:
            return Postponed(path, error)
        return Prepared(path, item, content_hash, kind, parsed, chunks, permissions, timings)


class _Timed:
    def __init__(self, timings: Timings, stage: str) -> None:
        self._timings = timings
        self._stage = stage

    def __enter__(self) -> None:
        self._began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self._timings[self._stage] = perf_counter() - self._began
