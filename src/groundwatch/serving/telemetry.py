"""What the HTTP server needs to take telemetry in and to give it out, as Protocols.

As in `serving.services`, methods block and are called in threads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groundwatch.domain.access import Identity
from groundwatch.domain.events import Event
from groundwatch.domain.intake import Submission, Verdict
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.serving.live import LiveNumbers
from groundwatch.store.events.recorded import Filter, Recorded
from groundwatch.telemetry.health import Health
from groundwatch.telemetry.reading import Shown
from groundwatch.telemetry.settings import LatencyThresholdSettings

Place = tuple[datetime, str]
"""Beginning and id of the last interaction of the page before."""


class Intake(Protocol):
    """Takes what other applications hand in; what was accepted is durable on return.

    Raises:
        Overloaded: too much waits to be written; nothing was taken.
        Unavailable: the store does not answer; what was taken may be sent again.
    """

    def interactions(
        self, identity: Identity, submission: Submission[Interaction]
    ) -> list[Verdict]: ...

    def events(self, identity: Identity, submission: Submission[Event]) -> list[Verdict]: ...

    def feedback(self, identity: Identity, submission: Submission[Feedback]) -> list[Verdict]: ...


class Interactions(Protocol):
    """Shows recorded interactions; what one may not see does not exist."""

    def get(self, identity: Identity, interaction_id: str) -> Shown:
        """Return one interaction, or raise NotFound."""
        ...

    def page(
        self, identity: Identity, wanted: Filter, *, after: Place | None, limit: int
    ) -> list[Recorded]:
        """Return interactions without answers and passages, newest first."""
        ...


class Events(Protocol):
    """Shows what happened around answers."""

    def events(
        self,
        application: str | None,
        since: datetime,
        until: datetime,
        types: Sequence[str],
        limit: int,
    ) -> list[Event]:
        """Return events, newest first; those of no application concern all of them."""
        ...


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Interactions and events, in and out.

    Attributes:
        latency: the classes of answers' times.
        health: how every part is; takes some seconds at most.
        live: the numbers of `/v1/live`.
        exposition: the text that Prometheus reads and its content type, for what it accepts.
    """

    intake: Intake
    interactions: Interactions
    events: Events
    latency: LatencyThresholdSettings
    exposition: Callable[[str], tuple[bytes, str]]
    health: Callable[[], Health]
    live: LiveNumbers
