"""What people say of answers."""

import time
from collections.abc import Callable

from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.errors import NotFound
from groundwatch.store.events import EventStore

PATIENCE_SECONDS = 1.0
_LOOK_SECONDS = 0.05


class FeedbackBook:
    """Keeps feedback on one's own interactions; the newest of a user on an interaction counts.

    Args:
        flush: writes the interactions that still wait; an answer is recorded a little after it.
    """

    def __init__(self, events: EventStore, flush: Callable[[], object]) -> None:
        self._events = events
        self._flush = flush

    def give(self, identity: Identity, feedback: Feedback) -> None:
        """Keep feedback durably.

        Raises:
            NotFound: no such interaction, or not one's own.
        """
        known = self._find(feedback.interaction_id)
        if known is None or known.user != identity.user:
            raise NotFound("there is no such interaction")
        self._events.give_feedback(feedback)

    def _find(self, interaction_id: str) -> Interaction | None:
        """Look at once; an interaction may be written by another process, so wait a moment."""
        self._flush()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self._events.get(interaction_id)
            if found is not None or time.monotonic() > deadline:
                return None if found is None else found.interaction
            time.sleep(_LOOK_SECONDS)
