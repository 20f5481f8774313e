"""What was looked up a moment ago."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

Record = TypeVar("Record")


class Recent(Generic[Record]):
    """Keeps records for a short while, and at most so many.

    Args:
        lifetime: counted from before the record was read, so nothing is believed for longer.
        most: the oldest go first.
    """

    def __init__(self, lifetime: timedelta, most: int) -> None:
        self._lifetime = lifetime
        self._most = most
        self._records: OrderedDict[str, tuple[datetime, Record]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, now: datetime) -> Record | None:
        """Return a record that is still young; also not one from a future that a clock left."""
        with self._lock:
            known = self._records.get(key)
            if known is not None and timedelta(0) <= now - known[0] < self._lifetime:
                return known[1]
            self._records.pop(key, None)
            return None

    def put(self, key: str, record: Record, read_at: datetime) -> None:
        with self._lock:
            self._records.pop(key, None)
            self._records[key] = (read_at, record)
            if len(self._records) > self._most:
                self._records.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._records.clear()
