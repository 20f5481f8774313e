"""Documents: their text, their chunks, and the tombstones of those that are gone.

A write carries the document's version: an equal or older one never overwrites, and a deletion
leaves a tombstone with its version, so that a late writer cannot bring the document back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.sql.dml import ReturningInsert

from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import Chunk, DocumentContent, DocumentMeta
from groundwatch.store import changes
from groundwatch.store.acls import effective, readable
from groundwatch.store.changes import ChangeKind
from groundwatch.store.columns import EPOCH
from groundwatch.store.found import FoundChunk, found
from groundwatch.store.reuse import Parsed, reusable
from groundwatch.store.rows import META, embedding_hash, meta_of
from groundwatch.store.schema import (
    chunks,
    document_texts,
    documents,
    permissions,
    spare_vectors,
    vectors,
)
from groundwatch.store.statements import batches, beyond, insert, inside

__all__ = [
    "FoundChunk",
    "NewDocument",
    "Parsed",
    "content",
    "count",
    "delete",
    "found",
    "metas",
    "page",
    "put",
    "put_all",
    "put_meta",
    "reusable",
]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be kept, and what it was cut into."""

    meta: DocumentMeta
    text: str
    chunks: Sequence[Chunk]


def put(
    c: Connection, meta: DocumentMeta, text: str, parts: Sequence[Chunk], *, pipeline: str
) -> list[int] | None:
    """Keep a document as it is now; its former chunks and vectors go.

    `pipeline` names how it was parsed and chunked. Returns the ids of the chunks, never used
    before, in their order; None when an equal or newer version, or its tombstone, is there.
    """
    return put_all(c, [NewDocument(meta, text, parts)], pipeline=pipeline).get(meta.id)


def put_all(c: Connection, new: Sequence[NewDocument], *, pipeline: str) -> dict[str, list[int]]:
    """`put` for many different documents with few statements.

    Returns the ids of the chunks of each document that was kept.
    """
    changes.lock(c)
    written = _fence(c, new, pipeline)
    kept = [document for document in new if document.meta.id in written]
    if not kept:
        return {}
    ids = [document.meta.id for document in kept]
    _drop_content(c, ids)
    c.execute(
        sa.insert(document_texts),
        [{"document_id": document.meta.id, "text": document.text} for document in kept],
    )
    changes.append(c, ids, ChangeKind.CONTENT)
    return _insert_chunks(c, kept)


def put_meta(c: Connection, meta: DocumentMeta) -> bool:
    """Keep a newer version of which neither content nor title changed: chunks and vectors stay.

    Returns False when they did change, or when an equal or newer version is there: then `put`.
    """
    changes.lock(c)
    kept = c.execute(
        sa.update(documents)
        .where(
            documents.c.id == meta.id,
            documents.c.version < meta.version,
            documents.c.content_hash == meta.content_hash,
            documents.c.title == meta.title,
            ~documents.c.deleted,
        )
        .values(_row_of(meta))
    )
    if kept.rowcount == 0:
        return False
    changes.append(c, [meta.id], ChangeKind.CONTENT)
    return True


def delete(
    c: Connection, document_id: str, version: int, *, spare_at: datetime | None = None
) -> bool:
    """Remove text, chunks and vectors, and leave a tombstone; at an equal version deletion wins.

    With `spare_at` (now) the vectors, without text, stay findable by `vectors.recall` until
    `vectors.forget_spare`, so that a rename seen as deletion and creation embeds nothing; an
    erasure does not pass it. Returns whether the document is deleted by this call: False when a
    newer version or a tombstone of this or a newer version is there.
    """
    changes.lock(c)
    live = c.execute(
        sa.select(documents.c.id).where(documents.c.id == document_id, ~documents.c.deleted)
    ).first()
    row = _TOMBSTONE | {"id": document_id, "version": version}
    if c.execute(_fenced(c.dialect.name), row).first() is None:
        return False
    if live is not None:
        if spare_at is not None:
            _spare_vectors(c, document_id, spare_at)
        _drop_content(c, [document_id])
        changes.append(c, [document_id], ChangeKind.DELETE)
    return True


def metas(c: Connection, document_ids: Sequence[str]) -> dict[str, DocumentMeta]:
    """The live documents among the ids."""
    known: dict[str, DocumentMeta] = {}
    for ids in batches(document_ids):
        statement = sa.select(*META).where(documents.c.id.in_(ids), ~documents.c.deleted)
        known |= {row[0]: meta_of(row) for row in c.execute(statement)}
    return known


def content(c: Connection, document_id: str) -> DocumentContent | None:
    """A live document with its text and permissions; the caller decides who sees it."""
    statement = (
        sa.select(*META, document_texts.c.text)
        .join(document_texts, document_texts.c.document_id == documents.c.id)
        .where(documents.c.id == document_id, ~documents.c.deleted)
    )
    row = c.execute(statement).first()
    if row is None:
        return None
    access = effective(c, [document_id]).get(document_id, AccessList())
    return DocumentContent(meta_of(row), row.text, access)


def page(
    c: Connection,
    *,
    principals: frozenset[str] | None,
    source: str = "",
    prefix: str = "",
    after: tuple[str, str] | None = None,
    limit: int = 100,
) -> list[DocumentMeta]:
    """Documents by source and path.

    `principals` are those of the asker, None for an administrator; `source` and `prefix` (a
    folder or path, `hr/` or `hr/leave.md`) narrow when given; `after` is the source and path of
    the last document of the page before.
    """
    statement = sa.select(*META).where(~documents.c.deleted)
    if principals is not None:
        joined = permissions.c.document_id == documents.c.id
        statement = statement.join(permissions, joined).where(readable(principals))
    if source:
        statement = statement.where(documents.c.source == source)
    if prefix:
        statement = statement.where(inside(documents.c.path, prefix))
    if after is not None:
        statement = statement.where(beyond((documents.c.source, documents.c.path), after))
    statement = statement.order_by(documents.c.source, documents.c.path).limit(limit)
    return [meta_of(row) for row in c.execute(statement)]


def count(c: Connection, *, principals: frozenset[str] | None, source: str = "") -> int:
    """How many documents somebody may read; all of them when `principals` is None."""
    statement = sa.select(sa.func.count()).select_from(documents).where(~documents.c.deleted)
    if principals is not None:
        joined = permissions.c.document_id == documents.c.id
        statement = statement.join(permissions, joined).where(readable(principals))
    if source:
        statement = statement.where(documents.c.source == source)
    return c.execute(statement).scalar_one()


_TOMBSTONE = {
    "source": "",
    "path": "",
    "title": "",
    "media_type": "",
    "content_hash": "",
    "size": 0,
    "modified_at": EPOCH,
    "indexed_at": EPOCH,
    "tags": (),
    "pipeline": "",
    "deleted": True,
}


def _row_of(meta: DocumentMeta) -> dict[str, object]:
    return {column.name: getattr(meta, column.name) for column in META}


@cache
def _fenced(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    """Write a document's row unless a newer one is there; at equal versions deletion wins."""
    new = insert(dialect, documents)
    older = documents.c.version < new.excluded.version
    outlived = (documents.c.version == new.excluded.version) & (
        ~documents.c.deleted & new.excluded.deleted
    )
    rest = {name: new.excluded[name] for name in documents.columns.keys() if name != "id"}  # noqa: SIM118
    return new.on_conflict_do_update(
        index_elements=["id"], set_=rest, where=older | outlived
    ).returning(documents.c.id)


def _fence(c: Connection, new: Sequence[NewDocument], pipeline: str) -> frozenset[str]:
    """Write the rows that are newer than what is there; returns the ids of those."""
    rows = [_row_of(document.meta) | {"pipeline": pipeline, "deleted": False} for document in new]
    written = c.execute(_fenced(c.dialect.name), rows).scalars() if rows else ()
    return frozenset(written)


def _drop_content(c: Connection, document_ids: Sequence[str]) -> None:
    for ids in batches(document_ids):
        c.execute(sa.delete(chunks).where(chunks.c.document_id.in_(ids)))
        c.execute(sa.delete(document_texts).where(document_texts.c.document_id.in_(ids)))


def _insert_chunks(c: Connection, kept: Sequence[NewDocument]) -> dict[str, list[int]]:
    rows: list[dict[str, object]] = [
        {
            "document_id": document.meta.id,
            "ordinal": part.ordinal,
            "text": part.text,
            "start_offset": part.start,
            "end_offset": part.end,
            "heading": part.heading,
            "page": part.page,
            "embedding_hash": embedding_hash(part.embedding_text(document.meta.title)),
        }
        for document in kept
        for part in document.chunks
    ]
    ids = _inserted(c, rows) if rows else {}
    return {
        document.meta.id: [ids[document.meta.id, part.ordinal] for part in document.chunks]
        for document in kept
    }


def _inserted(c: Connection, rows: list[dict[str, object]]) -> dict[tuple[str, int], int]:
    returned = sa.insert(chunks).returning(chunks.c.document_id, chunks.c.ordinal, chunks.c.id)
    return {(row[0], row[1]): row[2] for row in c.execute(returned, rows)}


def _spare_vectors(c: Connection, document_id: str, now: datetime) -> None:
    rows = (
        sa.select(
            chunks.c.embedding_hash,
            vectors.c.model,
            vectors.c.vector,
            sa.literal(now, spare_vectors.c.spared_at.type),
        )
        .join(vectors, vectors.c.chunk_id == chunks.c.id)
        .where(chunks.c.document_id == document_id)
    )
    columns = ["embedding_hash", "model", "vector", "spared_at"]
    c.execute(
        insert(c.dialect.name, spare_vectors).from_select(columns, rows).on_conflict_do_nothing()
    )
