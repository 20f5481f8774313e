"""What the watch remembers of answers it scored before it was started again."""

import time
from collections.abc import Callable
from datetime import timedelta

from groundwatch.domain.clock import Clock
from groundwatch.scoring.waiting import Observe
from groundwatch.store.events import EventStore, Filter

REMEMBERED = timedelta(days=7)
ANSWERS = 400
"""Of one application."""

_SECONDS = 5.0


def remember(
    events: EventStore,
    clock: Clock,
    observe: Observe,
    monotonic: Callable[[], float] = time.monotonic,
) -> int:
    """Observe the last scored answers of every application, oldest first.

    Takes some seconds at most; what there was no time for is not remembered.

    Returns:
        How many answers were observed.
    """
    enough, since = monotonic() + _SECONDS, clock() - REMEMBERED
    seen = 0
    for application in events.applications(since):
        newest = events.page(Filter(application=application, since=since), limit=ANSWERS)
        for each in reversed(newest):
            if monotonic() > enough:
                return seen
            if each.quality is not None:
                observe(each.interaction, each.quality.scores)
                seen += 1
    return seen
