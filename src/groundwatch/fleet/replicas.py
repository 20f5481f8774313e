"""Equal endpoints and which of them takes the next request."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Replica:
    """One of several equal endpoints.

    Attributes:
        name: its address.
        resting_until: after a failure it is left alone until then, in seconds of the clock.
    """

    name: str
    resting_until: float = 0.0


Strategy = Callable[[Sequence[Replica], int, float], list[int]]
"""Decides the order in which replicas are tried: `(replicas, turn, now)` to their positions.

`turn` counts requests from 0. Every position is in the result, those at rest last, so that a
request is tried even when all of them rest.
"""


class Replicas:
    """Remembers who failed and whose turn it is. Safe for any number of threads.

    Args:
        names: the addresses, at least one.
        strategy: who takes the next request.
        monotonic: seconds of a clock that never goes back.
        rest_seconds: how long a failing replica is left alone.
    """

    def __init__(
        self,
        names: Sequence[str],
        strategy: Strategy,
        monotonic: Callable[[], float],
        rest_seconds: float = 10.0,
    ) -> None:
        self._replicas = [Replica(name) for name in names]
        self._strategy = strategy
        self._monotonic = monotonic
        self._rest_seconds = rest_seconds
        self._lock = threading.Lock()
        self._turn = 0

    def order(self) -> list[str]:
        """Return the addresses for one request, the first to try first."""
        with self._lock:
            positions = self._strategy(self._replicas, self._turn, self._monotonic())
            self._turn += 1
            return [self._replicas[position].name for position in positions]

    def failed(self, name: str) -> None:
        self._rest(name, self._monotonic() + self._rest_seconds)

    def succeeded(self, name: str) -> None:
        self._rest(name, 0.0)

    def _rest(self, name: str, until: float) -> None:
        with self._lock:
            self._replicas = [
                replace(replica, resting_until=until) if replica.name == name else replica
                for replica in self._replicas
            ]
