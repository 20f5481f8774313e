"""Compression with a dictionary that is trained on the day's own interactions and spans.

A frame names the dictionary it needs, and each day holds the dictionaries of its frames, so a day
is read by itself, by any process, for as long as it is kept.
"""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Generic, TypeVar

import zstandard

from groundwatch.store.events.session import Session

DICTIONARY_BYTES = 65_536
SAMPLES = 1000
"""Frames that a dictionary is trained on; with fewer in a day there is none."""
T = TypeVar("T")
_LEVEL = 3
_KEPT_IDLE = 4
"""Compressors, and expanders, that wait for use; one takes half a megabyte."""
_LARGEST = 1 << 30
_LOOK_AFTER = 200
"""Transactions until the next look for a dictionary that another process has trained."""
_PUT = "INSERT INTO dictionaries (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"


class Squeezer:
    """Compresses and expands for one event store; safe to share between threads."""

    def __init__(self) -> None:
        self._known: dict[int, zstandard.ZstdCompressionDict] = {}
        self._current = 0
        self._used: set[int] = set()
        self._kept: set[tuple[date, int]] = set()
        self._until_look = 0
        self._compressors = _Idle(self._make_compressor)
        self._expanders = _Idle(self._make_expander)

    def squeezed(self, plain: bytes) -> bytes:
        """Compress with the newest dictionary, or without one."""
        with self._compressors.one(self._current) as tool:
            return tool.compress(plain)

    def expanded(self, session: Session, data: bytes) -> bytes:
        """What was compressed; its dictionary lies with the day."""
        id_ = zstandard.get_frame_parameters(data).dict_id
        if id_ and id_ not in self._known:
            rows = session.rows("SELECT body FROM dictionaries WHERE id = ?", [id_])
            self._known[id_] = zstandard.ZstdCompressionDict(rows[0][0])
        with self._expanders.one(id_) as tool:
            return tool.decompress(data, _LARGEST)

    def look(self, session: Session) -> None:
        """Take up the newest dictionary of a day."""
        rows = session.rows("SELECT id, body FROM dictionaries ORDER BY id DESC LIMIT 1")
        if rows and rows[0][0] > self._current:
            self.learn(*rows[0])

    def learn(self, id_: int, body: bytes) -> None:
        """Compress with a dictionary from now on."""
        self._known.setdefault(id_, zstandard.ZstdCompressionDict(body))
        self._used.add(id_)
        self._current = id_

    def keep(self, session: Session, day: date) -> set[tuple[date, int]]:
        """Put the dictionaries that may be in use into a day.

        Returns what `kept` may be told once the transaction is committed.
        """
        if self._until_look <= 0:
            self.look(session)
            self._until_look = _LOOK_AFTER
        self._until_look -= 1
        missing = [id_ for id_ in sorted(self._used) if (day, id_) not in self._kept]
        for id_ in missing:
            session.run(_PUT, (id_, self._known[id_].as_bytes()))
        return {(day, id_) for id_ in missing}

    def kept(self, places: set[tuple[date, int]]) -> None:
        """Dictionaries are committed."""
        self._kept |= places

    def _make_compressor(self, id_: int) -> zstandard.ZstdCompressor:
        known = self._known.get(id_)
        if known is None:
            return zstandard.ZstdCompressor(level=_LEVEL)
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=known)

    def _make_expander(self, id_: int) -> zstandard.ZstdDecompressor:
        return zstandard.ZstdDecompressor(dict_data=self._known.get(id_))


class _Idle(Generic[T]):
    """Tools that nobody uses just now; a thread has one for itself while it works."""

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = make
        self._idle: deque[tuple[int, T]] = deque(maxlen=_KEPT_IDLE)

    @contextmanager
    def one(self, id_: int) -> Generator[T]:
        """A tool for frames of a dictionary."""
        tool = self._take(id_)
        yield tool
        self._idle.append((id_, tool))

    def _take(self, id_: int) -> T:
        for _ in range(len(self._idle)):
            try:
                kept = self._idle.popleft()
            except IndexError:  # other threads took the rest
                break
            if kept[0] == id_:
                return kept[1]
            self._idle.append(kept)
        return self._make(id_)


def squeezed_beside(known: bytes, plain: bytes) -> bytes:
    """Compress what largely repeats something that will be at hand when it is read."""
    tool = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_content(known), write_checksum=False)
    return tool.compress(plain)


def expanded_beside(known: bytes, data: bytes) -> bytes:
    """Undo `squeezed_beside` with the same at hand."""
    return zstandard.ZstdDecompressor(dict_data=_content(known)).decompress(data, _LARGEST)


def _content(known: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(known, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def trained(number: int, samples: Sequence[bytes], size: int = DICTIONARY_BYTES) -> bytes:
    """A dictionary with an id, made of frames' contents; empty when they are too much alike."""
    try:
        made = zstandard.train_dictionary(size, list(samples), dict_id=number)
    except zstandard.ZstdError:
        return b""
    return made.as_bytes()
