"""Fakes of the model Protocols."""

import re
import zlib
from collections.abc import Generator, Sequence

import numpy as np

from groundwatch.errors import TextRejected
from groundwatch.models.embedder import Urgency, Vectors
from groundwatch.models.llm import ChatMessage, Delta


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


class FakeLLM:
    """Plays scripts: each call yields the deltas of the next one and raises its errors.

    Attributes:
        calls: the messages of every call, in order.
        closed: calls that ended, by themselves or because the caller stopped.
    """

    model = "fake-llm"

    def __init__(self, *scripts: Sequence[str | Delta | Exception]) -> None:
        self._scripts = list(scripts)
        self.calls: list[list[ChatMessage]] = []
        self.closed = 0

    def stream(
        self, messages: Sequence[ChatMessage], max_tokens: int, deadline_seconds: float
    ) -> Generator[Delta, None, None]:
        self.calls.append(list(messages))
        script = self._scripts.pop(0)
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                yield Delta(step) if isinstance(step, str) else step
        finally:
            self.closed += 1
