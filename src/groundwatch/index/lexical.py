"""BM25 weights of hashed words: the same vectors for every engine.

k1 1.2 and b .75, English stemming and stop words, accents folded. Robertson and Zaragoza 2009,
"The Probabilistic Relevance Framework: BM25 and Beyond"; the inverse document frequency is the
engine's, at query time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdrant_edge import Bm25

DEFAULT_AVERAGE = 80.0
"""Words a chunk holds on average, stop words left out, until a builder has measured it."""

_K1, _B = 1.2, 0.75
_COUNTING = 1e7


@dataclass(frozen=True, slots=True)
class SparseWeights:
    """Hashed words and their weights."""

    indices: list[int]
    values: list[float]


class Lexical:
    """Turns texts into BM25 weights.

    Args:
        average: words of an average chunk. A constant of the index: changing it changes the
            weights of every document, so it is measured when a generation is built and kept.
    """

    def __init__(self, average: float) -> None:
        self.average = average
        self._bm25 = _model(_K1, _B, average)

    def document(self, text: str) -> SparseWeights:
        vector = self._bm25.embed_document(text)
        return SparseWeights(vector.indices, vector.values)

    def query(self, text: str) -> SparseWeights:
        """Each distinct word once; without indices when nothing but stop words is asked."""
        vector = self._bm25.embed_query(text)
        return SparseWeights(vector.indices, vector.values)


def measure_average(texts: Iterable[str]) -> float:
    """Words a text holds on average, as BM25 counts them; the default for no texts."""
    counting = _model(_COUNTING, 0.0, 1.0)
    lengths = [round(sum(counting.embed_document(text).values)) for text in texts]
    return sum(lengths) / len(lengths) if lengths else DEFAULT_AVERAGE


def settle_average(measured: float, former: float | None) -> float:
    """Keep the former constant unless it is off by a quarter: rankings should not wander."""
    if former is not None and 0.8 <= measured / former <= 1.25:
        return former
    return max(1.0, round(measured, 1))


def _model(k1: float, b: float, average: float) -> "Bm25":
    from qdrant_edge import Bm25, Bm25Config

    config = Bm25Config(k=k1, b=b, avg_len=average, language="english", ascii_folding=True)
    return Bm25(config)
