"""Fakes of the model Protocols."""

import re
import zlib

import numpy as np

from groundwatch.errors import TextRejected
from groundwatch.models.embedder import Urgency, Vectors


class FakeEmbedder:
    """Hashed bags of words as unit vectors: texts that share words are near each other.

    Attributes:
        calls: the texts and urgency of every call, in order.
        refused: texts that cannot be embedded.
        failure: raised by the next calls while set.
    """

    def __init__(self, dimensions: int = 64, name: str = "fake") -> None:
        self.name = name
        self.dimensions = dimensions
        self.calls: list[tuple[list[str], Urgency]] = []
        self.refused: set[str] = set()
        self.failure: Exception | None = None

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        self.calls.append((list(texts), urgency))
        if self.failure is not None:
            raise self.failure
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            words = re.findall(r"\w+", text.lower())
            if not words or text in self.refused:
                raise TextRejected(row, "cannot be embedded")
            for word in words:
                vectors[row, zlib.crc32(word.encode()) % self.dimensions] += 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
