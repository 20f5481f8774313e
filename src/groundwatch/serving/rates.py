"""How often one user may ask."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from groundwatch.errors import Overloaded

_MOST_USERS = 10_000


class RateLimiter:
    """A token bucket a user: a minute's worth at once, then at the steady rate.

    Args:
        per_minute: requests a user may make in a minute.
        now: monotonic seconds.
    """

    def __init__(self, per_minute: int, now: Callable[[], float]) -> None:
        self._most = float(per_minute)
        self._rate = per_minute / 60.0
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, user: str) -> None:
        """Count a request, or raise Overloaded with the seconds until the next may come."""
        with self._lock:
            now = self._now()
            tokens, since = self._buckets.pop(user, (self._most, now))
            tokens = min(self._most, tokens + (now - since) * self._rate)
            is_allowed = tokens >= 1.0
            self._buckets[user] = (tokens - 1.0 if is_allowed else tokens, now)
            if len(self._buckets) > _MOST_USERS:
                self._buckets.popitem(last=False)
        if not is_allowed:
            raise Overloaded(
                f"More than {self._most:.0f} requests a minute; wait a moment.",
                retry_after=(1.0 - tokens) / self._rate,
            )
