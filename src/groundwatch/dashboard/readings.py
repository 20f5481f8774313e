"""Numbers for pages: read once for everybody who looks at the same thing at the same time."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from groundwatch.analytics.kept import Kept

_T = TypeVar("_T")
_MOST = 256


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    at: float = float("-inf")
    value: object = None


class Readings:
    """Keeps what was read for a moment, so that a hundred open pages read once.

    Attributes:
        cells: those of hours and days that are over, for as long as they do not change.
    """

    def __init__(self) -> None:
        self.cells = Kept()
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, seconds: float, read: Callable[[], _T]) -> _T:
        """What was read under a key in the last seconds, else what `read` returns.

        Whoever asks for the same at the same time waits for the one who reads.
        """
        kept = self._place(key)
        with kept.lock:
            if time.monotonic() - kept.at >= seconds:
                kept.value = read()
                kept.at = time.monotonic()
            return cast(_T, kept.value)

    def _place(self, key: Hashable) -> _Kept:
        with self._lock:
            if key not in self._kept and len(self._kept) >= _MOST:
                oldest = min(self._kept, key=lambda each: self._kept[each].at)
                del self._kept[oldest]
            return self._kept.setdefault(key, _Kept())
