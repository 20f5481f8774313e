"""What people say of answers."""

import time
from collections.abc import Callable

from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.errors import NotFound
from groundwatch.store.events import EventStore
from groundwatch.telemetry.sampled_out import SampledOut

PATIENCE_SECONDS = 1.0
_LOOK_SECONDS = 0.05


class FeedbackBook:
    """Keeps feedback on one's own interactions; the newest of a user on an interaction counts.

    Args:
        flush: writes the interactions that still wait; an answer is recorded a little after it.
        sampled_out: interactions that were not kept; one that is rated is, after all.
    """

    def __init__(
        self,
        events: EventStore,
        flush: Callable[[], object],
        sampled_out: SampledOut | None = None,
    ) -> None:
        self._events = events
        self._flush = flush
        self._sampled_out = sampled_out

    def give(self, identity: Identity, feedback: Feedback) -> None:
        """Keep feedback durably.

        Raises:
            NotFound: no such interaction, or not one's own.
        """
        known = self._find(feedback.interaction_id)
        if known is None or known.user != identity.user:
            raise NotFound("there is no such interaction")
        if self._sampled_out is not None:
            self._sampled_out.keep(known.id)
        self._events.give_feedback(feedback)

    def _find(self, interaction_id: str) -> Interaction | None:
        """Look at once; an interaction may be written by another process, so wait a moment."""
        self._flush()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = self._events.get(interaction_id)
            if found is None and self._sampled_out is not None:
                remembered = self._sampled_out.find(interaction_id)
                if remembered is not None:
                    return remembered
            if found is not None or time.monotonic() > deadline:
                return None if found is None else found.interaction
            time.sleep(_LOOK_SECONDS)
