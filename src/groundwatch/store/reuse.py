"""Documents with the same bytes: parsed, chunked and embedded once."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.domain.documents import Chunk
from groundwatch.store.rows import chunk_of
from groundwatch.store.schema import chunks, document_texts, documents, vectors


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a document with the same bytes became.

    Attributes:
        title: the vectors were made with it; with another title they do not fit.
        vectors: float32 bytes for each chunk, None where it has none of the model.
    """

    title: str
    text: str
    chunks: tuple[Chunk, ...]
    vectors: tuple[bytes | None, ...]


def reusable(
    c: Connection, content_hash: str, *, pipeline: str, model: str, title: str = ""
) -> Parsed | None:
    """What a live document with the same bytes became in the same pipeline.

    One with the given title is preferred, as its vectors fit too.
    """
    statement = (
        sa.select(documents.c.id, documents.c.title, document_texts.c.text)
        .join(document_texts, document_texts.c.document_id == documents.c.id)
        .where(
            documents.c.content_hash == content_hash,
            documents.c.pipeline == pipeline,
            ~documents.c.deleted,
        )
        .order_by(documents.c.title != title, documents.c.id)
        .limit(1)
    )
    document = c.execute(statement).first()
    if document is None:
        return None
    matching = (vectors.c.chunk_id == chunks.c.id) & (vectors.c.model == model)
    rows = c.execute(
        sa.select(chunks, vectors.c.vector)
        .outerjoin(vectors, matching)
        .where(chunks.c.document_id == document.id)
        .order_by(chunks.c.ordinal)
    ).all()
    return Parsed(
        document.title,
        document.text,
        tuple(chunk_of(row) for row in rows),
        tuple(row.vector for row in rows),
    )
