"""Each in turn."""

from collections.abc import Sequence

from groundwatch.fleet.replicas import Replica


def round_robin(replicas: Sequence[Replica], turn: int, now: float) -> list[int]:
    """Try the ready ones in turn, then those at rest, the next to be ready first."""
    ready = [at for at, replica in enumerate(replicas) if replica.resting_until <= now]
    resting = [at for at, replica in enumerate(replicas) if replica.resting_until > now]
    first = turn % len(ready) if ready else 0
    resting.sort(key=lambda at: replicas[at].resting_until)
    return ready[first:] + ready[:first] + resting
