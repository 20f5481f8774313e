"""The embedding cache."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundwatch.errors import TextRejected
from groundwatch.models.embedder import Embedder, Urgency, Vectors
from groundwatch.models.settings import CacheSettings

ENTRY_BYTES = 350
"""What an entry costs beside its numbers: key, objects, table."""


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """What the cache did since it was made, and what it holds.

    Attributes:
        evictions: entries dropped for want of room.
        expirations: entries dropped for their age.
    """

    hits: int
    misses: int
    evictions: int
    expirations: int
    entries: int
    bytes: int


class VectorCache:
    """Vectors by key: the least recently used goes first, none is returned past its time.

    Safe for any number of threads.

    Args:
        settings: limits; with `max_bytes` 0 nothing is kept.
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(self, settings: CacheSettings, monotonic: Callable[[], float]) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[float, NDArray[np.float32]]] = OrderedDict()
        self._bytes = 0
        self._hits = 0
        self._misses = 0
        self._evictions = 0
        self._expirations = 0

    def get(self, key: bytes) -> NDArray[np.float32] | None:
        """Return the vector and count a hit, or count a miss."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry[0] <= self._monotonic():
                self._drop(key)
                self._expirations += 1
                entry = None
            if entry is None:
                self._misses += 1
                return None
            self._entries.move_to_end(key)
            self._hits += 1
            return entry[1]

    def put(self, key: bytes, vector: NDArray[np.float32], *, evict: bool = True) -> None:
        """Keep a copy; without `evict` only while there is room."""
        size = vector.nbytes + ENTRY_BYTES
        with self._lock:
            if key in self._entries:
                self._drop(key)
            if size > self._settings.max_bytes - (0 if evict else self._bytes):
                return
            self._entries[key] = (
                self._monotonic() + self._settings.ttl_seconds,
                vector.copy(),
            )
            self._bytes += size
            while self._bytes > self._settings.max_bytes:
                self._drop(next(iter(self._entries)))
                self._evictions += 1

    def counts(self) -> CacheCounts:
        with self._lock:
            return CacheCounts(
                hits=self._hits,
                misses=self._misses,
                evictions=self._evictions,
                expirations=self._expirations,
                entries=len(self._entries),
                bytes=self._bytes,
            )

    def _drop(self, key: bytes) -> None:
        _, vector = self._entries.pop(key)
        self._bytes -= vector.nbytes + ENTRY_BYTES


class CachedEmbedder:
    """Wraps an embedder: a text seen lately is not embedded again.

    Keys are sha256 of model name and text, so no text is held. Bulk texts are kept only while
    there is room: indexing never pushes the questions out.
    """

    def __init__(self, embedder: Embedder, cache: VectorCache) -> None:
        self._embedder = embedder
        self._cache = cache

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def counts(self) -> CacheCounts:
        return self._cache.counts()

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        """Embed as the wrapped embedder does; equal texts of a call are embedded once."""
        keys = [self._key(text) for text in texts]
        known: dict[bytes, NDArray[np.float32]] = {}
        missing: dict[bytes, int] = {}
        for position, key in enumerate(keys):
            if key in known or key in missing:
                continue
            vector = self._cache.get(key)
            if vector is None:
                missing[key] = position
            else:
                known[key] = vector
        known |= self._embed_missing(texts, missing, urgency)
        rows = [known[key] for key in keys]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)

    def _embed_missing(
        self, texts: list[str], missing: dict[bytes, int], urgency: Urgency
    ) -> dict[bytes, NDArray[np.float32]]:
        if not missing:
            return {}
        positions = list(missing.values())
        try:
            vectors = self._embedder.embed([texts[position] for position in positions], urgency)
        except TextRejected as error:
            raise TextRejected(positions[error.position], error.problem) from error
        found = dict(zip(missing, vectors, strict=True))
        for key, vector in found.items():
            self._cache.put(key, vector, evict=urgency is Urgency.QUESTION)
        return found

    def _key(self, text: str) -> bytes:
        content = f"{self._embedder.name}\0{text}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(content).digest()
