"""Work in small pieces on a few threads."""

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Sequence

import numpy as np

from groundwatch.errors import Overloaded, TextRejected, Unavailable
from groundwatch.models.embedder import Embedder, Urgency, Vectors

_LOWER, _LOWEST = 10, 19
"""Below the priority of the process, whatever that is."""


class Job:
    """The texts of one call and what has become of them.

    Args:
        texts: at least one.
        dimensions: of a vector.
        urgency: handed to the embedder.
        piece_characters: short texts are embedded together up to so many.
    """

    def __init__(
        self, texts: Sequence[str], dimensions: int, urgency: Urgency, piece_characters: int
    ) -> None:
        self._texts = texts
        self._urgency = urgency
        self._vectors = np.empty((len(texts), dimensions), dtype=np.float32)
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._error: Exception | None = None
        self.pieces = [Piece(self, positions) for positions in _split(texts, piece_characters)]
        self._left = len(self.pieces)

    def run(self, positions: list[int], embedder: Embedder) -> None:
        """Embed some of the texts, unless another part of the job has failed already."""
        if self._error is not None:
            return
        try:
            texts = [self._texts[position] for position in positions]
            self._vectors[positions] = embedder.embed(texts, self._urgency)
        except TextRejected as error:
            self.end_piece(TextRejected(positions[error.position], error.problem))
        except Exception as error:  # noqa: BLE001  handed to the caller, whose call it ends
            self.end_piece(error)
        else:
            self.end_piece(None)

    def end_piece(self, error: Exception | None) -> None:
        with self._lock:
            self._error = self._error or error
            self._left -= 1
            if self._left == 0 or self._error:
                self._done.set()

    def result(self) -> Vectors:
        """Wait for all pieces, or for the first that fails, and raise what it raised."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._vectors


class Piece:
    """A few texts of a job, embedded in one go."""

    def __init__(self, job: Job, positions: list[int]) -> None:
        self._job = job
        self._positions = positions

    @property
    def texts(self) -> int:
        return len(self._positions)

    def run(self, embedder: Embedder) -> None:
        self._job.run(self._positions, embedder)

    def fail(self, error: Exception) -> None:
        self._job.end_piece(error)


class Lane:
    """A bounded queue of pieces and the threads that work on it.

    Args:
        embedder: safe to call from several threads.
        name: of the threads.
        threads: how many; with none, somebody must call `help_out`.
        max_texts: how many may wait; a job that comes to an empty queue may be of any size.
        low_priority: whether other threads go first (Linux only).
    """

    def __init__(
        self, embedder: Embedder, name: str, threads: int, *, max_texts: int, low_priority: bool
    ) -> None:
        self._embedder = embedder
        self._max_texts = max_texts
        self._low_priority = low_priority
        self._arrived = threading.Condition()
        self._pieces: deque[Piece] = deque()
        self._waiting = 0
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def add(self, job: Job) -> None:
        """Queue a job.

        Raises:
            Overloaded: too many texts wait.
            Unavailable: the lane is closed.
        """
        texts = sum(piece.texts for piece in job.pieces)
        with self._arrived:
            if self._closed:
                raise Unavailable("the embedder was closed; try again")
            if self._waiting and self._waiting + texts > self._max_texts:
                raise Overloaded(f"{self._waiting} texts wait to be embedded; send these later")
            self._waiting += texts
            self._pieces.extend(job.pieces)
            self._arrived.notify(len(job.pieces))

    def help_out(self) -> None:
        """Work on the calling thread until nothing waits."""
        while True:
            with self._arrived:
                if not self._pieces:
                    return
                piece = self._take()
            piece.run(self._embedder)

    def close(self) -> None:
        """Stop after the pieces in hand; whoever waits gets Unavailable."""
        with self._arrived:
            self._closed = True
            left = list(self._pieces)
            self._pieces.clear()
            self._arrived.notify_all()
        for piece in left:
            piece.fail(Unavailable("the embedder was closed; try again"))
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        if self._low_priority:
            _lower_priority()
        while (piece := self._wait()) is not None:
            piece.run(self._embedder)

    def _wait(self) -> Piece | None:
        with self._arrived:
            while not self._pieces and not self._closed:
                self._arrived.wait()
            return None if self._closed else self._take()

    def _take(self) -> Piece:
        piece = self._pieces.popleft()
        self._waiting -= piece.texts
        return piece


def _split(texts: Sequence[str], piece_characters: int) -> list[list[int]]:
    """Positions in pieces, the longest text first, so that the threads finish together."""
    pieces: list[list[int]] = []
    room = 0
    for position in sorted(range(len(texts)), key=lambda at: -len(texts[at])):
        room -= len(texts[position])
        if room < 0:
            pieces.append([])
            room = piece_characters - len(texts[position])
        pieces[-1].append(position)
    return pieces


def _lower_priority() -> None:
    # On Linux a thread has a priority of its own; elsewhere this would lower the whole process.
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            thread = threading.get_native_id()
            lower = min(_LOWEST, os.getpriority(os.PRIO_PROCESS, thread) + _LOWER)
            os.setpriority(os.PRIO_PROCESS, thread, lower)
