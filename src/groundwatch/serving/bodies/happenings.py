"""Events as HTTP shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.serving.bodies.body import Body


class HappeningBody(Body):
    """Something that happened around answers; `sender` told of it."""

    id: str
    sender: str
    at: datetime
    type: str
    severity: Severity
    application: str
    component: str
    message: str
    correlation_id: str
    metrics: Mapping[str, float]
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, event: Event) -> "HappeningBody":
        sender, _, own = event.id.rpartition("/")
        return cls(
            id=own,
            sender=sender,
            at=event.at,
            type=event.type,
            severity=event.severity,
            application=event.application,
            component=event.component,
            message=event.message,
            correlation_id=event.correlation_id,
            metrics=dict(event.metrics),
            metadata=dict(event.metadata),
        )


class HappeningsBody(Body):
    """Events, newest first."""

    events: tuple[HappeningBody, ...]

    @classmethod
    def of(cls, events: Sequence[Event]) -> "HappeningsBody":
        return cls(events=tuple(HappeningBody.of(event) for event in events))
