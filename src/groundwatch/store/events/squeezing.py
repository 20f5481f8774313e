"""Compression with a dictionary that is trained on the day's own interactions and spans.

A frame names the dictionary it needs, and each day holds the dictionaries of its frames, so a day
is read by itself, by any process, for as long as it is kept.
"""

import threading
from collections.abc import Sequence
from datetime import date

import zstandard

from groundwatch.store.events.session import Session

DICTIONARY_BYTES = 65_536
SAMPLES = 1000
"""Frames that a dictionary is trained on; with fewer in a day there is none."""
_LEVEL = 3
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
        self._tools = _Tools()

    def squeezed(self, plain: bytes) -> bytes:
        """Compress with the newest dictionary, or without one."""
        return self._compressor(self._current).compress(plain)

    def expanded(self, session: Session, data: bytes) -> bytes:
        """What was compressed; its dictionary lies with the day."""
        id_ = zstandard.get_frame_parameters(data).dict_id
        if id_ and id_ not in self._known:
            rows = session.rows("SELECT body FROM dictionaries WHERE id = ?", [id_])
            self._known[id_] = zstandard.ZstdCompressionDict(rows[0][0])
        return self._expander(id_).decompress(data, _LARGEST)

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

    def _compressor(self, id_: int) -> zstandard.ZstdCompressor:
        tools = self._tools.compressors
        if id_ not in tools:
            known = self._known.get(id_)
            tools[id_] = (
                zstandard.ZstdCompressor(level=_LEVEL)
                if known is None
                else zstandard.ZstdCompressor(level=_LEVEL, dict_data=known)
            )
        return tools[id_]

    def _expander(self, id_: int) -> zstandard.ZstdDecompressor:
        tools = self._tools.expanders
        if id_ not in tools:
            tools[id_] = zstandard.ZstdDecompressor(dict_data=self._known.get(id_))
        return tools[id_]


class _Tools(threading.local):
    """Compressors and expanders by dictionary, for each thread its own: they cannot be shared."""

    def __init__(self) -> None:
        super().__init__()
        self.compressors: dict[int, zstandard.ZstdCompressor] = {}
        self.expanders: dict[int, zstandard.ZstdDecompressor] = {}


def squeezed_beside(known: bytes, plain: bytes) -> bytes:
    """Compress what largely repeats something that will be at hand when it is read."""
    tool = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_content(known), write_checksum=False)
    return tool.compress(plain)


def expanded_beside(known: bytes, data: bytes) -> bytes:
    """Undo `squeezed_beside` with the same at hand."""
    return zstandard.ZstdDecompressor(dict_data=_content(known)).decompress(data, _LARGEST)


def _content(known: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(known, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def trained(number: int, samples: Sequence[bytes]) -> bytes:
    """A dictionary with an id, made of frames' contents; empty when they are too few or alike."""
    if len(samples) < SAMPLES:
        return b""
    try:
        made = zstandard.train_dictionary(DICTIONARY_BYTES, list(samples), dict_id=number)
    except zstandard.ZstdError:
        return b""
    return made.as_bytes()
