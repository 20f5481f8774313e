"""Paths that may have changed, collected from triggers: bounded, coalesced, never trusted."""

import threading
from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HintBatch:
    """What came in since the last batch.

    Attributes:
        paths: by source; a path that ends with a slash is a folder.
        overflowed: sources with more hints than fit: they need a scan instead.
    """

    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    overflowed: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.paths or self.overflowed)


class Hints:
    """A bounded set of hints between triggers (any thread) and the intake (one thread).

    Args:
        limit: hints kept for one source; beyond it the source is scanned as a whole.
        settle_seconds: how long a batch waits for more after its first hint.
    """

    def __init__(self, limit: int, settle_seconds: float = 0.015) -> None:
        self._limit = limit
        self._settle = settle_seconds
        self._paths: defaultdict[str, set[str]] = defaultdict(set)
        self._overflowed: set[str] = set()
        self._arrived = threading.Condition()
        self._closed = False

    def add(self, source: str, path: str) -> None:
        with self._arrived:
            if source not in self._overflowed:
                paths = self._paths[source]
                paths.add(path)
                if len(paths) > self._limit:
                    self._overflowed.add(source)
                    del self._paths[source]
            self._arrived.notify_all()

    def take(self, timeout: float) -> HintBatch:
        """Wait for hints; an empty batch when none came in time or the hints were closed."""
        with self._arrived:
            self._arrived.wait_for(self._pending, timeout)
            if not self._closed and self._pending():
                self._arrived.wait_for(lambda: self._closed, self._settle)
            paths = {source: frozenset(names) for source, names in self._paths.items()}
            batch = HintBatch(paths, frozenset(self._overflowed))
            self._paths.clear()
            self._overflowed.clear()
            return batch

    def _pending(self) -> bool:
        return self._closed or bool(self._paths or self._overflowed)

    def close(self) -> None:
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()
