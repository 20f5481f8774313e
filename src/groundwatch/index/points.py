"""What goes into the index, what is asked of it, and what comes back."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from groundwatch.domain.access import AccessList, Principal
from groundwatch.domain.queries import SearchFilters

Vector = NDArray[np.float32]
"""Shape (dimensions,), length 1."""

Ranking = list[tuple[int, float]]
"""Chunk ids with scores, best first; equal scores are ordered by id."""


@dataclass(frozen=True, slots=True)
class IndexModel:
    """Whose vectors an index holds.

    Attributes:
        name: the embedder's name; empty when there is none and search is lexical only.
        dimensions: the length of every vector, 0 without an embedder.
    """

    name: str = ""
    dimensions: int = 0


NO_MODEL = IndexModel()
"""Of an index that is searched by words alone."""


@dataclass(frozen=True, slots=True)
class Label:
    """What every point of a document carries, so that a query can be narrowed by it."""

    document_id: str
    version: int
    source: str
    path: str
    media_type: str
    tags: tuple[str, ...]
    modified_at: datetime
    access: AccessList


@dataclass(frozen=True, slots=True)
class Point:
    """One chunk.

    Attributes:
        text: what is searched lexically; the index keeps weights of hashed words, never the text.
        vector: None while the chunk is not embedded; it is then found lexically only.
    """

    chunk_id: int
    text: str
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class LabelledPoints:
    """All points of one version of a document."""

    label: Label
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question to both rankings.

    Attributes:
        principals: who asks; only what one of them may read, and none is denied, is ranked.
        vector: the question's embedding; None asks for the lexical ranking alone.
        text: the question's words; empty asks for the dense ranking alone.
        limit: length of each ranking.
        model: whose vector it is; empty means the embedder of the configuration.
    """

    principals: frozenset[Principal]
    vector: Vector | None
    text: str
    filters: SearchFilters = field(default_factory=SearchFilters)
    limit: int = 100
    model: str = ""


@dataclass(frozen=True, slots=True)
class Rankings:
    """Both rankings: cosine for `dense`, BM25 for `lexical`.

    Attributes:
        generation: which generation of the index answered.
    """

    dense: Ranking
    lexical: Ranking
    generation: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What an index holds of a document.

    Attributes:
        marks: fingerprints of the labels of its points; one, unless something is wrong.
    """

    marks: frozenset[str]
    chunk_ids: frozenset[int]
