"""Any OpenAI-compatible embedding endpoint."""

from collections.abc import Callable, Iterator, Sequence

import httpx
import numpy as np
from pydantic import BaseModel, ValidationError

from groundwatch.errors import InvalidInput, ModelUnusable, TextRejected
from groundwatch.models.embedder import Urgency, Vectors
from groundwatch.models.endpoints import Endpoints
from groundwatch.models.replies import malformed, read_json
from groundwatch.models.retry import Timing
from groundwatch.models.settings import OpenAIEmbedderSettings

_TEXTS = 64
_CHARACTERS = 100_000
_BULK_PATIENCE = 4.0


class _Row(BaseModel):
    index: int
    embedding: list[float]


class _Reply(BaseModel):
    data: list[_Row]


class OpenAIEmbedder:
    """Embeds over HTTP, some dozens of texts a request.

    Args:
        settings: endpoints, model, its dimensions and key.
        timing: clock, sleep and chance of the retries.
    """

    def __init__(self, settings: OpenAIEmbedderSettings, timing: Timing) -> None:
        self._settings = settings
        self._endpoints = Endpoints(
            settings.endpoints, settings.model, settings.api_key, settings.timeout_seconds, timing
        )

    @property
    def name(self) -> str:
        return f"openai:{self._settings.model}"

    @property
    def dimensions(self) -> int:
        return self._settings.dimensions

    def close(self) -> None:
        self._endpoints.close()

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        """Return one unit vector a text, whatever length the endpoint's vectors have.

        Raises:
            TextRejected: a text is blank, refused, or gets no usable vector.
            Unavailable, Overloaded: the endpoints do not answer, after retries.
            ModelUnusable: address, key or model are refused, or the dimensions are others.
        """
        for position, text in enumerate(texts):
            if not text.strip():
                raise TextRejected(position, "is blank; give at least one word")
        patience = 1.0 if urgency is Urgency.QUESTION else _BULK_PATIENCE
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for first, last in _batches(texts):
            vectors[first:last] = self._batch(texts[first:last], first, patience)
        return vectors

    def _batch(self, texts: list[str], first: int, patience: float) -> Vectors:
        try:
            vectors = self._request(texts, patience)
        except InvalidInput:
            return self._one_by_one(texts, first, patience)
        return _checked(vectors, first)

    def _one_by_one(self, texts: list[str], first: int, patience: float) -> Vectors:
        """Find the text that spoils a request; one that none spoils is the endpoint's fault."""
        rows = []
        for position, text in enumerate(texts, start=first):
            try:
                rows.append(_checked(self._request([text], patience), position))
            except InvalidInput as error:
                self._prove_usable(patience)
                raise TextRejected(position, "is refused by the endpoint; shorten it") from error
        return np.concatenate(rows)

    def _prove_usable(self, patience: float) -> None:
        try:
            self._request(["test"], patience)
        except InvalidInput as error:
            raise ModelUnusable(f"{error}; it refuses every text") from error

    def _request(self, texts: list[str], patience: float) -> Vectors:
        body = {"model": self._settings.model, "input": texts, "encoding_format": "float"}
        seconds = self._settings.timeout_seconds * patience
        (vectors,) = self._endpoints.post("/embeddings", body, seconds, self._reader(len(texts)))
        return vectors

    def _reader(self, count: int) -> Callable[[httpx.Response], Iterator[Vectors]]:
        def read(response: httpx.Response) -> Iterator[Vectors]:
            content = read_json(response)
            try:
                reply = _Reply.model_validate(content)
            except ValidationError:
                raise malformed(response) from None
            rows = sorted(reply.data, key=lambda row: row.index)
            if [row.index for row in rows] != list(range(count)):
                raise malformed(response)
            yield self._matrix(rows)

        return read

    def _matrix(self, rows: Sequence[_Row]) -> Vectors:
        for row in rows:
            if len(row.embedding) != self.dimensions:
                raise ModelUnusable(
                    f"{self._settings.model} gives vectors of {len(row.embedding)} dimensions, "
                    f"the configuration says {self.dimensions}; set embedder.dimensions right"
                )
        return np.array([row.embedding for row in rows], dtype=np.float32)


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    first, characters = 0, 0
    for position, text in enumerate(texts):
        full = position - first == _TEXTS or characters + len(text) > _CHARACTERS
        if full and position > first:
            yield first, position
            first, characters = position, 0
        characters += len(text)
    if first < len(texts):
        yield first, len(texts)


def _checked(vectors: Vectors, first: int) -> Vectors:
    """Scale to unit length; a vector without direction is refused."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.isfinite(norms[:, 0]) & (norms[:, 0] > 1e-6)
    if not usable.all():
        position = first + int(np.argmin(usable))
        raise TextRejected(position, "gets no usable vector from the endpoint; leave it out")
    unit: Vectors = vectors / norms
    return unit
