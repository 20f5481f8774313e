"""Vectors of chunks, per embedding model: float32 bytes, as the model gave them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from groundwatch.store.rows import chunk_of, embedding_hash
from groundwatch.store.schema import chunks, documents, spare_vectors, vectors
from groundwatch.store.statements import batches, replacing


@dataclass(frozen=True, slots=True)
class UnembeddedChunk:
    """A chunk that has no vector of the model yet."""

    id: int
    document_id: str
    embedding_text: str


def put(c: Connection, model: str, rows: Mapping[int, bytes]) -> None:
    """Keep the vectors of chunks; a second time overwrites."""
    if rows:
        c.execute(
            replacing(c.dialect.name, vectors),
            [{"chunk_id": id_, "model": model, "vector": vector} for id_, vector in rows.items()],
        )


def missing(c: Connection, model: str, limit: int, after: int = 0) -> list[UnembeddedChunk]:
    """Live chunks with an id above `after` that have no vector of the model, by id."""
    has = exists().where(vectors.c.chunk_id == chunks.c.id, vectors.c.model == model)
    statement = (
        select(chunks, documents.c.title)
        .join(documents, documents.c.id == chunks.c.document_id)
        .where(chunks.c.id > after, ~has)
        .order_by(chunks.c.id)
        .limit(limit)
    )
    return [
        UnembeddedChunk(row.id, row.document_id, chunk_of(row).embedding_text(row.title))
        for row in c.execute(statement)
    ]


def recall(c: Connection, model: str, embedding_texts: Sequence[str]) -> dict[str, bytes]:
    """Vectors the store already has for these texts.

    They come from copies, from unchanged parts of an edited document, and from documents deleted
    moments ago (a rename).
    """
    wanted = {embedding_hash(text): text for text in embedding_texts}
    found: dict[str, bytes] = {}
    for hashes in batches(wanted):
        live = (
            select(chunks.c.embedding_hash, vectors.c.vector)
            .join(vectors, vectors.c.chunk_id == chunks.c.id)
            .where(chunks.c.embedding_hash.in_(hashes), vectors.c.model == model)
        )
        spare = select(spare_vectors.c.embedding_hash, spare_vectors.c.vector).where(
            spare_vectors.c.embedding_hash.in_(hashes), spare_vectors.c.model == model
        )
        for statement in (spare, live):
            found |= {wanted[row[0]]: row[1] for row in c.execute(statement)}
    return found


def forget_spare(c: Connection, before: datetime) -> int:
    """Drop the vectors of documents deleted before a moment; returns how many."""
    return c.execute(delete(spare_vectors).where(spare_vectors.c.spared_at < before)).rowcount
