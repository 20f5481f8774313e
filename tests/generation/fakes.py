"""Passages and an embedder for the tests of generation."""

import hashlib
from datetime import UTC, datetime

import numpy as np

from groundwatch.domain.documents import DocumentMeta, Passage
from groundwatch.errors import TextRejected
from groundwatch.generation.words import terms
from groundwatch.models.embedder import Urgency, Vectors

MODIFIED = datetime(2025, 3, 1, tzinfo=UTC)


def document(name: str, title: str = "", modified_at: datetime = MODIFIED) -> DocumentMeta:
    return DocumentMeta(
        id=name,
        source="files",
        path=f"{name}.md",
        title=title,
        media_type="text/markdown",
        version=1,
        content_hash=hashlib.sha256(name.encode()).hexdigest(),
        size=1,
        modified_at=modified_at,
        indexed_at=modified_at,
    )


def passage(
    text: str,
    *,
    rank: int = 1,
    name: str = "",
    title: str = "",
    heading: str = "",
    start: int = 0,
    modified_at: datetime = MODIFIED,
) -> Passage:
    return Passage(
        chunk_id=rank,
        document=document(name or f"doc{rank}", title, modified_at),
        text=text,
        start=start,
        end=start + len(text),
        heading=heading,
        page=None,
        rank=rank,
        score=1.0 / rank,
        dense_score=None,
        lexical_score=None,
    )


class WordEmbedder:
    """Texts with the same terms point the same way; needs no model."""

    name = "words"
    dimensions = 64

    def __init__(self) -> None:
        self.texts = 0

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        self.texts += len(texts)
        for position, text in enumerate(texts):
            if not text.strip():
                raise TextRejected(position, "is blank")
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 0.01, dtype=np.float32)
        for term in terms(text):
            vector[int(hashlib.sha256(term.encode()).hexdigest(), 16) % self.dimensions] += 1.0
        return vector / np.float32(np.linalg.norm(vector))
