"""Vectors of the configured embedder for chunks that lack them: after a switch of embedders."""

import threading
from collections.abc import Callable, Sequence

import structlog

from groundwatch.domain.clock import Clock
from groundwatch.errors import InvalidInput, Transient
from groundwatch.models.embedder import Embedder, Urgency
from groundwatch.store import values, vectors
from groundwatch.store.database import Database
from groundwatch.store.vectors import UnembeddedChunk

AT_ONCE = 128
LEASE = "re-embedding"
LEASE_SECONDS = 600.0
RETRY_SECONDS = 5.0


class Reembedding:
    """Embeds what has no vector yet, a batch at a time, as one of all workers.

    The index builds its new generation when nothing is missing any more; until then the former
    one answers. A text that the embedder refuses is left out and logged.

    Args:
        owner: unique among all processes on the store.
        pause: waits so many seconds; returns True when it is time to stop.
    """

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        clock: Clock,
        *,
        owner: str,
        pause: Callable[[float], bool],
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._clock = clock
        self._owner = owner
        self._pause = pause
        self._log = structlog.get_logger("re-embedding")

    def start(self) -> None:
        """Run in a thread until nothing is missing or it is time to stop."""
        threading.Thread(target=self.run, name="re-embedding", daemon=True).start()

    def run(self) -> int:
        """Embed until nothing is missing; returns how many chunks got a vector."""
        done = after = 0
        while not self._pause(0.0):
            try:
                chunks = self._take(after)
                if chunks is not None and not chunks:
                    return done
                done += self._embed(chunks or ())
                after = chunks[-1].id if chunks else after
            except Transient as error:
                self._log.warning("waiting to embed again", error=str(error))
                chunks = None
            if chunks is None and self._pause(RETRY_SECONDS):
                break
        return done

    def _take(self, after: int) -> list[UnembeddedChunk] | None:
        """The next chunks without a vector; None while another worker does this."""
        with self._database.read() as connection:
            missing = vectors.missing(connection, self._embedder.name, AT_ONCE, after)
        if not missing:
            return []
        with self._database.write() as connection:
            now = self._clock()
            mine = values.acquire(connection, LEASE, self._owner, now, seconds=LEASE_SECONDS)
        return missing if mine else None

    def _embed(self, chunks: Sequence[UnembeddedChunk]) -> int:
        rows = self._vectors(chunks)
        with self._database.write() as connection:
            vectors.put(connection, self._embedder.name, rows)
        return len(rows)

    def _vectors(self, chunks: Sequence[UnembeddedChunk]) -> dict[int, bytes]:
        if not chunks:
            return {}
        texts = [chunk.embedding_text for chunk in chunks]
        try:
            found = self._embedder.embed(texts, Urgency.BULK)
            return {
                chunk.id: row.astype("<f4").tobytes()
                for chunk, row in zip(chunks, found, strict=True)
            }
        except InvalidInput as error:
            if len(chunks) == 1:
                self._log.warning("chunk left without a vector", chunk=chunks[0].id, why=str(error))
                return {}
            middle = len(chunks) // 2
            return self._vectors(chunks[:middle]) | self._vectors(chunks[middle:])
