"""Real chunks put straight into a store, with permissions of every selectivity."""

import hashlib
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import windows
from benchmarks.harness import Installation, say
from benchmarks.windows import Window
from groundwatch.domain.access import AccessList
from groundwatch.domain.clock import system_clock
from groundwatch.domain.documents import Chunk, DocumentMeta, document_id
from groundwatch.models.select import open_embedder
from groundwatch.store import documents, permissions, vectors
from groundwatch.store.database import Database, open_database

WHOLE = 100_000
_SOURCE = "windows"
_AT_ONCE = 500
_GROUPS = 100

PRINCIPALS: Mapping[str, frozenset[str]] = {
    "100 %": frozenset({"group:all"}),
    "84 %": frozenset({f"group:g{number}" for number in range(88)} | {"group:barred"}),
    "19 %": frozenset({f"group:g{number}" for number in range(20)} | {"group:barred"}),
    "2 %": frozenset({"group:g0", "group:g1"}),
    ".1 %": frozenset({"group:rare"}),
}
"""Who reads which share of the documents; the barred are denied one in twenty."""


def access_of(document: str) -> AccessList:
    """Permissions by the document's name: in one of 100 groups, one in 1,000 for the rare."""
    digest = hashlib.sha256(document.encode()).digest()
    group, thousandth = digest[0] * 256 + digest[1], digest[2] * 256 + digest[3]
    allow = {"group:all", f"group:g{group % _GROUPS}"}
    if thousandth % 1000 == 0:
        allow.add("group:rare")
    deny = {"group:barred"} if digest[4] % 20 == 0 else set()
    return AccessList(frozenset(allow), frozenset(deny))


def fill(installation: Installation, data: Path, count: int) -> None:
    """Put `count` windows with their vectors into an installation's store."""
    config, folder = installation.config(), installation.folder
    folder.prepare()
    embedder = open_embedder(config.embedder, folder.models)
    assert embedder is not None
    found = windows.windows(data, count)
    rows = _vectors(data, count)
    database = open_database(config.store, config.data, system_clock)
    say(f"storing {count} chunks")
    try:
        _store(database, found, rows, embedder.name)
    finally:
        database.close()


def _vectors(data: Path, count: int) -> NDArray[np.float32]:
    """Windows are numbered the same whatever the count, so the big cache serves the small ones."""
    wanted = WHOLE if count <= WHOLE and windows.cached(WHOLE) else count
    if not windows.cached(wanted):
        say(f"{count} chunks are not embedded yet; that takes a while, once")
    return windows.vectors(data, wanted)[:count]


def _store(database: Database, found: list[Window], rows: NDArray[np.float32], model: str) -> None:
    numbered = sorted(range(len(found)), key=lambda number: found[number].document)
    grouped = groupby(numbered, key=lambda number: found[number].document)
    whole = [(name, list(numbers)) for name, numbers in grouped]
    for first in range(0, len(whole), _AT_ONCE):
        with database.write() as connection:
            for name, numbers in whole[first : first + _AT_ONCE]:
                meta, text, chunks = _document(name, [found[number].text for number in numbers])
                ids = documents.put(connection, meta, text, chunks, pipeline="windows")
                assert ids is not None
                kept = zip(ids, numbers, strict=True)
                vectors.put(connection, model, {id_: rows[at].tobytes() for id_, at in kept})
                permissions.put_from_rules(connection, meta.id, access_of(name))


def _document(name: str, texts: list[str]) -> tuple[DocumentMeta, str, list[Chunk]]:
    """Windows one below the other; without a title, so that a chunk is the text embedded."""
    chunks: list[Chunk] = []
    end = -1
    for text in texts:
        start, end = end + 1, end + 1 + len(text)
        chunks.append(Chunk(len(chunks), text, start, end))
    now = system_clock()
    meta = DocumentMeta(
        id=document_id(_SOURCE, name),
        source=_SOURCE,
        path=name,
        title="",
        media_type="text/plain",
        version=1,
        content_hash=hashlib.sha256(name.encode()).hexdigest(),
        size=end,
        modified_at=now,
        indexed_at=now,
    )
    return meta, "\n".join(texts), chunks
