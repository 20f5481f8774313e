"""Stand-ins for what indexing talks to."""

import hashlib
from datetime import UTC, datetime

import numpy as np

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import Chunk
from groundwatch.errors import DocumentRejected, InvalidInput, Unavailable
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.sources.base import Entry, Item, Permissions, Unlisted

STAFF = AccessList(frozenset({"group:staff"}))


class FakeSource:
    """A source held in a dictionary; `down` makes it unavailable, `unlisted` folders of it."""

    name = "docs"

    def __init__(self, files=None, access=STAFF):
        self.files = dict(files or {})
        self.access = access
        self.tags = ()
        self.down = False
        self.unlisted: tuple[str, ...] = ()

    def _require(self):
        if self.down:
            raise Unavailable("docs is down")

    def entries(self, under=""):
        self._require()
        for path, text in sorted(self.files.items()):
            if path.rpartition("/")[0] in self.unlisted:
                continue
            if not under or path == under or path.startswith(f"{under}/"):
                yield Entry(path, _stamp(text), len(text))

        yield from (Unlisted(folder, "Permission denied") for folder in self.unlisted)

    def read(self, path):
        self._require()
        if path not in self.files:
            return None
        text = self.files[path]
        return Item(path, text.encode(), _stamp(text), datetime(2026, 1, 1, tzinfo=UTC))

    def permissions(self, path):
        return Permissions(self.access, self.tags)


def _stamp(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])


def parse(name, data):
    """Text as it is; `CORRUPT` is rejected, and of `HALF ...` a remark says what is missing."""
    if data == b"CORRUPT":
        raise DocumentRejected("parse", "corrupt", f"{name} is corrupt")
    remarks = ("1 of 2 pages are images.",) if data.startswith(b"HALF") else ()
    return Parsed(data.decode(), name, remarks=remarks)


def chunk(parsed):
    """A chunk a line."""
    chunks, start = [], 0
    for ordinal, line in enumerate(parsed.text.split("\n")):
        chunks.append(Chunk(ordinal, line, start, start + len(line)))
        start += len(line) + 1
    return tuple(chunks)


class CountingEmbedder:
    """Unit vectors of two numbers; refuses texts with `UNEMBEDDABLE`."""

    name = "fake-2"
    dimensions = 2

    def __init__(self):
        self.embedded = []

    def embed(self, texts, urgency):
        for position, text in enumerate(texts):
            if "UNEMBEDDABLE" in text:
                raise InvalidInput(f"text {position} cannot be embedded")
        self.embedded += texts
        return np.array([[1.0, 0.0]] * len(texts), np.float32)


class FollowedIndex:
    """Remembers to which change the index was asked to follow; `down` makes it unavailable."""

    def __init__(self):
        self.position = 0
        self.down = False

    def __call__(self, position):
        if self.down:
            raise Unavailable("the engine is down")
        self.position = position
