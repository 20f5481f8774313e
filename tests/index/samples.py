"""Points to put into an index."""

from datetime import UTC, datetime

import numpy as np

from groundwatch.domain.access import EVERYONE, AccessList
from groundwatch.domain.queries import SearchFilters
from groundwatch.index.points import (
    IndexModel,
    Label,
    LabelledPoints,
    Point,
    SearchRequest,
    Vector,
)

MODEL = IndexModel("test-model", 8)
ALL = AccessList(frozenset({EVERYONE}))
ANYBODY = frozenset({"user:anna", EVERYONE})
THEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def vector(seed: int, dimensions: int = MODEL.dimensions) -> Vector:
    """A unit vector, the same for the same seed."""
    drawn = np.random.default_rng(seed).normal(size=dimensions).astype(np.float32)
    return drawn / np.float32(np.linalg.norm(drawn))


def label(
    document_id: str = "d1",
    *,
    version: int = 1,
    path: str = "hr/leave.md",
    source: str = "files",
    media_type: str = "text/markdown",
    tags: tuple[str, ...] = (),
    modified_at: datetime = THEN,
    access: AccessList = ALL,
) -> Label:
    return Label(document_id, version, source, path, media_type, tags, modified_at, access)


def document(label: Label, texts: dict[int, str], vectors: bool = True) -> LabelledPoints:
    """A document with a chunk for each id; its vector is drawn from the id."""
    return LabelledPoints(
        label,
        tuple(Point(id_, text, vector(id_) if vectors else None) for id_, text in texts.items()),
    )


def words(text: str, principals: frozenset[str] = ANYBODY, limit: int = 100) -> SearchRequest:
    """A lexical question."""
    return SearchRequest(principals, None, text, SearchFilters(), limit)


def near(seed: int, principals: frozenset[str] = ANYBODY, limit: int = 100) -> SearchRequest:
    """A dense question whose nearest chunk has the id `seed`."""
    return SearchRequest(principals, vector(seed), "", SearchFilters(), limit)
