"""Interactions that were sampled out a moment ago: what a person rates is kept after all."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from groundwatch.domain.interactions import Interaction
from groundwatch.store.events import Entry, EventStore
from groundwatch.telemetry.sampling import Sampling

REMEMBERED = 2_000


class SampledOut:
    """The latest interactions of which only numbers were kept, in memory.

    Args:
        events: where one goes that is wanted back.
        most: interactions remembered.
    """

    def __init__(self, events: EventStore, most: int = REMEMBERED) -> None:
        self._events = events
        self._most = most
        self._known: OrderedDict[str, Interaction] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, one: Interaction) -> None:
        """Remember one; the oldest is forgotten."""
        with self._lock:
            self._known[one.id] = one
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def find(self, id_: str) -> Interaction | None:
        """One that is remembered."""
        with self._lock:
            return self._known.get(id_)

    def keep(self, id_: str) -> None:
        """Record one whole after all, if it is remembered; its numbers count once."""
        one = self.find(id_)
        if one is not None:
            self._events.record([Entry(one, fresh=True)])
            with self._lock:
                self._known.pop(id_, None)


def sampled_writer(
    events: EventStore, sampling: Sampling, out: SampledOut
) -> Callable[[Sequence[Interaction]], object]:
    """Writes interactions, those that are sampled out as numbers alone."""

    def write(group: Sequence[Interaction]) -> object:
        entries = []
        for one in group:
            decided = sampling.decide(one)
            entries.append(Entry(one, weight=decided.weight, kept=decided.keep, fresh=True))
        done = events.record(entries)
        for entry in entries:
            if not entry.kept:
                out.note(entry.interaction)
        return done

    return write
