"""The change log that the index and the caches follow.

A row becomes visible only after every row with a lower number: a follower that has read up to a
number has missed nothing before it. SQLite writes one transaction at a time; on PostgreSQL a lock
taken before the first change of a transaction makes the order of numbers the order of commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, text

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import DocumentMeta
from groundwatch.store.acls import effective
from groundwatch.store.rows import META, chunk_of, meta_of
from groundwatch.store.schema import changes, chunks, documents, vectors
from groundwatch.store.statements import batches

_LOCK_KEY = 0x67775F6368616E67


class ChangeKind(StrEnum):
    """What happened to a document."""

    CONTENT = "content"
    ACCESS = "access"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the log; numbers grow and may leave gaps that are never filled."""

    seq: int
    document_id: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk as the index needs it; `vector` is float32 bytes, None when not embedded yet."""

    id: int
    embedding_text: str
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A live document as the index needs it."""

    meta: DocumentMeta
    access: AccessList
    chunks: tuple[IndexedChunk, ...]


def lock(c: Connection) -> None:
    """Queue this transaction behind every other that changes documents; PostgreSQL only."""
    if c.dialect.name == "postgresql":
        c.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})


def append(c: Connection, document_ids: Iterable[str], kind: ChangeKind) -> None:
    """Log a change of each document; the caller holds `lock`."""
    rows = [{"document_id": document_id, "kind": kind.value} for document_id in document_ids]
    if rows:
        c.execute(insert(changes), rows)


def latest(c: Connection) -> int:
    """The number of the newest change, 0 before the first."""
    return c.execute(select(func.max(changes.c.seq))).scalar_one() or 0


def oldest(c: Connection) -> int:
    """The number of the oldest change still kept, 0 when none is.

    A follower whose position is below `oldest - 1` may have missed changes and starts over.
    """
    return c.execute(select(func.min(changes.c.seq))).scalar_one() or 0


def since(c: Connection, seq: int, limit: int) -> list[Change]:
    """The changes after a position, in order."""
    statement = (
        select(changes.c.seq, changes.c.document_id, changes.c.kind)
        .where(changes.c.seq > seq)
        .order_by(changes.c.seq)
        .limit(limit)
    )
    return [Change(row[0], row[1], ChangeKind(row[2])) for row in c.execute(statement)]


def trim(c: Connection, seq: int) -> int:
    """Forget the changes before a number, but never the newest; returns how many."""
    last = latest(c)
    return c.execute(delete(changes).where(changes.c.seq < min(seq, last))).rowcount


def document_ids(c: Connection, after: str, limit: int) -> list[str]:
    """Ids of live documents above `after` ("" to begin with), in order: pages for a builder."""
    statement = (
        select(documents.c.id)
        .where(documents.c.id > after, ~documents.c.deleted)
        .order_by(documents.c.id)
        .limit(limit)
    )
    return list(c.execute(statement).scalars())


def chunk_ids(c: Connection, document_ids: Sequence[str]) -> dict[str, frozenset[int]]:
    """The ids of each document's chunks; a document without chunks is left out."""
    found: dict[str, set[int]] = {}
    for ids in batches(document_ids):
        statement = select(chunks.c.document_id, chunks.c.id).where(chunks.c.document_id.in_(ids))
        for document_id, chunk_id in c.execute(statement):
            found.setdefault(document_id, set()).add(chunk_id)
    return {document_id: frozenset(ids) for document_id, ids in found.items()}


def indexed(c: Connection, document_ids: Sequence[str], model: str) -> list[IndexedDocument]:
    """What the index holds of the documents; those deleted or unknown are left out.

    `model` names the embedder whose vectors are wanted.
    """
    found: list[IndexedDocument] = []
    for ids in batches(document_ids):
        found += _indexed(c, ids, model)
    return found


def _indexed(c: Connection, ids: list[str], model: str) -> list[IndexedDocument]:
    metas = [
        meta_of(row)
        for row in c.execute(select(*META).where(documents.c.id.in_(ids), ~documents.c.deleted))
    ]
    titles = {meta.id: meta.title for meta in metas}
    joined = chunks.outerjoin(
        vectors, (vectors.c.chunk_id == chunks.c.id) & (vectors.c.model == model)
    )
    statement = (
        select(chunks, vectors.c.vector)
        .select_from(joined)
        .where(chunks.c.document_id.in_(list(titles)))
        .order_by(chunks.c.document_id, chunks.c.ordinal)
    )
    parts: dict[str, list[IndexedChunk]] = {document_id: [] for document_id in titles}
    for row in c.execute(statement):
        text_ = chunk_of(row).embedding_text(titles[row.document_id])
        parts[row.document_id].append(IndexedChunk(row.id, text_, row.vector))
    access = effective(c, list(titles))
    return [
        IndexedDocument(meta, access.get(meta.id, AccessList()), tuple(parts[meta.id]))
        for meta in metas
    ]
