"""One embedder for all processes: one serves these calls, the others use `RemoteEmbedder`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from groundwatch.models.cache import CacheCounts, CachedEmbedder
from groundwatch.models.embedder import Embedder, Urgency, Vectors
from groundwatch.wire.client import Client
from groundwatch.wire.server import Handler

_DESCRIBE_SECONDS = 10.0
_QUESTION_SECONDS = 30.0
_BULK_SECONDS = 600.0


def embedder_handlers(embedder: Embedder) -> Mapping[str, Handler]:
    """The calls that serve `embedder`; vectors travel as little-endian float32."""

    def describe(_: dict[str, Any]) -> dict[str, Any]:
        return {"name": embedder.name, "dimensions": embedder.dimensions}

    def embed(payload: dict[str, Any]) -> dict[str, Any]:
        vectors = embedder.embed(payload["texts"], Urgency(payload["urgency"]))
        return {"vectors": np.ascontiguousarray(vectors, dtype="<f4").tobytes(), **describe({})}

    def cache(_: dict[str, Any]) -> dict[str, Any]:
        return asdict(embedder.counts()) if isinstance(embedder, CachedEmbedder) else {}

    return {"embedder.describe": describe, "embedder.embed": embed, "embedder.cache": cache}


class RemoteEmbedder:
    """The embedder of another process, which need not run yet.

    Name and dimensions are asked when first needed; each later reply brings them along.

    Args:
        client: the way to the other process.
        bulk_seconds: how long texts that are not urgent may take.
    """

    def __init__(self, client: Client, bulk_seconds: float = _BULK_SECONDS) -> None:
        self._client = client
        self._bulk_seconds = bulk_seconds
        self._described: tuple[str, int] | None = None

    @property
    def name(self) -> str:
        return self._describe()[0]

    @property
    def dimensions(self) -> int:
        return self._describe()[1]

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        """Embed in the other process.

        Raises:
            Unavailable: it does not answer.
            GroundwatchError: what its embedder raised, as the same class.
        """
        seconds = _QUESTION_SECONDS if urgency is Urgency.QUESTION else self._bulk_seconds
        payload = {"texts": texts, "urgency": int(urgency)}
        reply = self._client.call("embedder.embed", payload, seconds)
        self._described = (reply["name"], reply["dimensions"])
        vectors = np.frombuffer(reply["vectors"], dtype="<f4").astype(np.float32, copy=False)
        return vectors.reshape(len(texts), reply["dimensions"])

    def cache_counts(self) -> CacheCounts | None:
        """What the embedding cache did; None where there is none."""
        counts = self._client.call("embedder.cache", {}, _DESCRIBE_SECONDS)
        return CacheCounts(**counts) if counts else None

    def _describe(self) -> tuple[str, int]:
        if self._described is None:
            told = self._client.call("embedder.describe", {}, _DESCRIBE_SECONDS)
            self._described = (told["name"], told["dimensions"])
        return self._described
