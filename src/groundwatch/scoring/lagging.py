"""What is scored while more answers come than can be scored: a sample that stands for all."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from groundwatch.domain.interactions import Interaction
from groundwatch.store.events import Recorded
from groundwatch.telemetry.sampling import Reason, Sampling

LEAST_SHARE = 1 / 32
"""However much waits; fewer answers would say too little of a minute."""


class Deferring(Protocol):
    """The part of the event store that knows what waits."""

    def backlog_of_new(self) -> int: ...

    def defer(self, ids: Iterable[str], /) -> int: ...


class Lag:
    """Takes a sample by id while too much waits, and leaves the rest until there is time.

    The share is halved until the sample of what waits is no more than may wait, and is whole again
    once half of that waits. Answers that failed, were slow, flagged or badly rated are always
    taken and stand for themselves.

    Args:
        events: what waits.
        most: answers that may wait before only a sample is scored.
        slow: seconds from which on an answer is always scored.
    """

    def __init__(self, events: Deferring, most: int, slow: float) -> None:
        self._events = events
        self._most = most
        self._slow = slow
        self._is_busy = True
        self.share = 1.0

    def look(self, batch: int) -> int:
        """See how much waits; returns how many to take, so that about a batch is scored.

        That is not counted while the last batch held nothing new.
        """
        waiting = self._events.backlog_of_new() if self._is_busy else 0
        if waiting <= self._most / 2:
            self.share = 1.0
        while waiting * self.share > self._most and self.share > LEAST_SHARE:
            self.share /= 2
        return round(batch / self.share)

    def choose(self, found: Sequence[Recorded]) -> list[tuple[Interaction, float]]:
        """Those to score now, each with what it stands for; the others are left for later."""
        self._is_busy = any(not each.deferred for each in found)
        chosen: list[tuple[Interaction, float]] = []
        left: list[str] = []
        for each in found:
            weight = self._weight(each)
            if weight is None:
                left.append(each.interaction.id)
            else:
                chosen.append((each.interaction, weight))
        if left:
            self._events.defer(left)
        return chosen

    def _weight(self, recorded: Recorded) -> float | None:
        """What was sampled before it was kept is sampled on: by the same share of its id."""
        if recorded.deferred or self.share == 1:
            return 1.0
        sampling = Sampling(self.share / recorded.weight, slow=self._slow)
        badly_rated = any(given.is_bad for given in recorded.feedback)
        decision = sampling.decide(recorded.interaction, badly_rated=badly_rated)
        if decision.reason is Reason.SAMPLED:
            return 1 / self.share
        return 1.0 if decision.keep else None
