"""Rows of documents and chunks, and the types they become."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from groundwatch.domain.documents import Chunk, DocumentMeta
from groundwatch.store.schema import documents

META = (
    documents.c.id,
    documents.c.source,
    documents.c.path,
    documents.c.title,
    documents.c.media_type,
    documents.c.version,
    documents.c.content_hash,
    documents.c.size,
    documents.c.modified_at,
    documents.c.indexed_at,
    documents.c.tags,
)
"""The columns of a `DocumentMeta`, in the order of its fields."""


def meta_of(row: Sequence[Any]) -> DocumentMeta:
    """A document from a row that begins with `META`."""
    return DocumentMeta(*row[: len(META)])


def chunk_of(row: Row[*tuple[Any, ...]]) -> Chunk:
    """A chunk from a row that holds the columns of `chunks`."""
    return Chunk(row.ordinal, row.text, row.start_offset, row.end_offset, row.heading, row.page)


def embedding_hash(text: str) -> bytes:
    """16 bytes that stand for a text that is embedded: equal texts have equal vectors."""
    return sha256(text.encode(errors="replace")).digest()[:16]
