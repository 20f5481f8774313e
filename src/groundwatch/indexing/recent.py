"""Documents removed a moment ago: a rename arrives as a removal and an addition, in any order."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundwatch.domain.documents import Chunk


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A parsed and chunked document; a chunk's vector is None until it is embedded."""

    title: str
    text: str
    chunks: Sequence[Chunk]
    vectors: Sequence[bytes | None]

    @property
    def bytes_held(self) -> int:
        return 2 * len(self.text) + sum(len(vector or b"") for vector in self.vectors)


class RecentlyRemoved:
    """Keeps removed documents for some seconds, within a bound of bytes.

    Args:
        monotonic: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        max_bytes: int = 64_000_000,
        keep_seconds: float = 30.0,
    ) -> None:
        self._monotonic = monotonic
        self._max_bytes = max_bytes
        self._keep = keep_seconds
        self._kept: OrderedDict[str, tuple[float, ParsedDocument]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, content_hash: str, document: ParsedDocument) -> None:
        with self._lock:
            self._drop(content_hash)
            self._kept[content_hash] = (self._monotonic() + self._keep, document)
            self._bytes += document.bytes_held
            self._evict()

    def get(self, content_hash: str) -> ParsedDocument | None:
        with self._lock:
            self._evict()
            held = self._kept.get(content_hash)
            return held[1] if held else None

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _evict(self) -> None:
        now = self._monotonic()
        while self._kept:
            content_hash, (expires, _) = next(iter(self._kept.items()))
            if expires > now and self._bytes <= self._max_bytes:
                return
            self._drop(content_hash)

    def _drop(self, content_hash: str) -> None:
        held = self._kept.pop(content_hash, None)
        if held:
            self._bytes -= held[1].bytes_held
