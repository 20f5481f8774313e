"""Builders of what the store keeps."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from groundwatch.domain.documents import Chunk, DocumentMeta, document_id
from groundwatch.store import documents

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def meta(path: str = "hr/leave.md", version: int = 1, source: str = "files") -> DocumentMeta:
    return DocumentMeta(
        id=document_id(source, path),
        source=source,
        path=path,
        title="Leave",
        media_type="text/markdown",
        version=version,
        content_hash=f"hash of {path}",
        size=12,
        modified_at=NOW,
        indexed_at=NOW,
        tags=("policy",),
    )


def parts(text: str, size: int = 10) -> list[Chunk]:
    """The text cut into chunks of a size."""
    return [
        Chunk(ordinal, text[start : start + size], start, min(start + size, len(text)), "Top", 1)
        for ordinal, start in enumerate(range(0, len(text), size))
    ]


def put(c: Connection, one: DocumentMeta, text: str, size: int = 10) -> list[int]:
    """Put a document that is new; returns the ids of its chunks."""
    ids = documents.put(c, one, text, parts(text, size), pipeline="p")
    assert ids is not None
    return ids
