"""Questions before bulk."""

import os
import threading

import numpy as np

from groundwatch.errors import Overloaded
from groundwatch.models.embedder import Embedder, Urgency, Vectors
from groundwatch.models.lanes import Job, Lane

_BULK_PIECE = 1_000
_QUESTION_PIECE = 1


class QuestionsFirst:
    """Wraps an embedder that computes on the calling thread.

    A question runs at once, on its caller's thread; one of several texts is shared with helpers.
    Bulk texts wait in a bounded queue for a few threads of low priority that take a small piece
    at a time, so that a question meets bulk only as the neighbour on another core.

    Args:
        embedder: safe to call from several threads.
        threads: how many run bulk, and how many questions run at once.
        max_bulk: bulk texts that may wait.
        max_questions: questions that may run or wait.
    """

    def __init__(
        self,
        embedder: Embedder,
        threads: int,
        *,
        max_bulk: int = 10_000,
        max_questions: int = 64,
    ) -> None:
        self._embedder = embedder
        self._max_questions = max_questions
        self._lock = threading.Lock()
        self._questions = 0
        self._slots = threading.BoundedSemaphore(threads)
        self._helpers = Lane(
            embedder, "embed-question", threads - 1, max_texts=max_bulk, low_priority=False
        )
        self._bulk = Lane(embedder, "embed-bulk", threads, max_texts=max_bulk, low_priority=True)

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        return self._embedder.dimensions

    def embed(self, texts: list[str], urgency: Urgency) -> Vectors:
        """Embed as the wrapped embedder does.

        Raises:
            Overloaded: too many questions or bulk texts wait already.
            Unavailable: it was closed meanwhile.
        """
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        if urgency is Urgency.QUESTION:
            return self._embed_now(texts)
        job = Job(texts, self.dimensions, urgency, _BULK_PIECE)
        self._bulk.add(job)
        return job.result()

    def close(self) -> None:
        """Stop after the texts in hand; whoever waits gets Unavailable."""
        self._bulk.close()
        self._helpers.close()

    def _embed_now(self, texts: list[str]) -> Vectors:
        with self._lock:
            if self._questions >= self._max_questions:
                raise Overloaded(f"{self._questions} questions wait to be embedded; ask later")
            self._questions += 1
        try:
            with self._slots:
                if len(texts) == 1:
                    return self._embedder.embed(texts, Urgency.QUESTION)
                return self._share(texts)
        finally:
            with self._lock:
                self._questions -= 1

    def _share(self, texts: list[str]) -> Vectors:
        job = Job(texts, self.dimensions, Urgency.QUESTION, _QUESTION_PIECE)
        self._helpers.add(job)
        self._helpers.help_out()
        return job.result()


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
