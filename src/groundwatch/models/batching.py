"""Questions before bulk."""

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Sequence

import numpy as np

from groundwatch.errors import Overloaded, TextRejected, Unavailable
from groundwatch.models.embedder import Embedder, Urgency, Vectors

_LOW_PRIORITY = 10
_PIECE_CHARACTERS = 1_000


class QuestionsFirst:
    """Wraps an embedder that computes on the calling thread.

    A question runs at once, on its caller's thread. Bulk texts wait in a bounded queue for a few
    threads of low priority that take the longest first and a small piece at a time, so that a
    question meets bulk only as the neighbour on another core.

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
        self._max_bulk = max_bulk
        self._max_questions = max_questions
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._pieces: deque[_Piece] = deque()
        self._waiting = 0
        self._questions = 0
        self._slots = threading.BoundedSemaphore(threads)
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"embed-bulk-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

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
        if urgency is Urgency.QUESTION:
            return self._embed_now(texts)
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        job = _Job(texts, self.dimensions)
        self._enqueue(job)
        return job.result()

    def close(self) -> None:
        """Stop after the pieces in hand; whoever waits gets Unavailable."""
        with self._lock:
            self._closed = True
            left = list(self._pieces)
            self._pieces.clear()
            self._arrived.notify_all()
        for piece in left:
            piece.fail(Unavailable("the embedder was closed; try again"))
        for thread in self._threads:
            thread.join()

    def _embed_now(self, texts: list[str]) -> Vectors:
        with self._lock:
            if self._questions >= self._max_questions:
                raise Overloaded(f"{self._questions} questions wait to be embedded; ask later")
            self._questions += 1
        try:
            with self._slots:
                return self._embedder.embed(texts, Urgency.QUESTION)
        finally:
            with self._lock:
                self._questions -= 1

    def _enqueue(self, job: "_Job") -> None:
        count = len(job.texts)
        with self._lock:
            if self._closed:
                raise Unavailable("the embedder was closed; try again")
            if self._waiting and self._waiting + count > self._max_bulk:
                raise Overloaded(f"{self._waiting} texts wait to be embedded; send these later")
            self._waiting += count
            self._pieces.extend(job.pieces())
            self._arrived.notify(len(self._threads))

    def _work(self) -> None:
        _lower_priority()
        while (piece := self._next()) is not None:
            piece.run(self._embedder)

    def _next(self) -> "_Piece | None":
        with self._lock:
            while not self._pieces and not self._closed:
                self._arrived.wait()
            if self._closed:
                return None
            piece = self._pieces.popleft()
            self._waiting -= len(piece.positions)
            return piece


class _Job:
    """The texts of one call and what has become of them."""

    def __init__(self, texts: Sequence[str], dimensions: int) -> None:
        self.texts = texts
        self.vectors = np.empty((len(texts), dimensions), dtype=np.float32)
        self._lock = threading.Lock()
        self._left = 0
        self._done = threading.Event()
        self._error: Exception | None = None

    @property
    def failed(self) -> bool:
        return self._error is not None

    def pieces(self) -> list["_Piece"]:
        """Longest text first, so that the threads finish together."""
        order = sorted(range(len(self.texts)), key=lambda at: -len(self.texts[at]))
        pieces: list[_Piece] = []
        room = 0
        for position in order:
            room -= len(self.texts[position])
            if room < 0 or not pieces:
                pieces.append(_Piece(self, []))
                room = _PIECE_CHARACTERS - len(self.texts[position])
            pieces[-1].positions.append(position)
        self._left = len(pieces)
        return pieces

    def end_piece(self, error: Exception | None) -> None:
        with self._lock:
            self._error = self._error or error
            self._left -= 1
            if self._left == 0 or self._error:
                self._done.set()

    def result(self) -> Vectors:
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self.vectors


class _Piece:
    """A few texts of a job, embedded in one go."""

    def __init__(self, job: _Job, positions: list[int]) -> None:
        self._job = job
        self.positions = positions

    def run(self, embedder: Embedder) -> None:
        if self._job.failed:
            return
        try:
            texts = [self._job.texts[position] for position in self.positions]
            self._job.vectors[self.positions] = embedder.embed(texts, Urgency.BULK)
        except TextRejected as error:
            self.fail(TextRejected(self.positions[error.position], error.problem))
        except Exception as error:  # noqa: BLE001  handed to the caller, whose call it ends
            self.fail(error)
        else:
            self._job.end_piece(None)

    def fail(self, error: Exception) -> None:
        self._job.end_piece(error)


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _lower_priority() -> None:
    # On Linux a thread has a priority of its own; elsewhere this would lower the whole process.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW_PRIORITY)
