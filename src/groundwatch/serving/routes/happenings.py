"""`/v1/events`: what happened around answers."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.happenings import HappeningsBody
from groundwatch.serving.bodies.intake import (
    EventBody,
    EventsBody,
    ResultsBody,
    merged,
    read_items,
    submission,
)
from groundwatch.serving.routes.dependencies import (
    MaySendTelemetry,
    MayWatch,
    TheServices,
    TheTelemetry,
)

router = APIRouter(tags=["events"])
_DEFAULT_SPAN = timedelta(days=1)


class EventsWanted(Body):
    """Which events are wanted."""

    application: str | None = Field(default=None, max_length=100)
    since: AwareDatetime | None = Field(default=None, description="A day before `until` without.")
    until: AwareDatetime | None = None
    type: tuple[str, ...] = Field(default=(), max_length=20)
    limit: int = Field(default=100, ge=1, le=1000)


@router.post("/v1/events")
def take(body: EventsBody, identity: MaySendTelemetry, telemetry: TheTelemetry) -> ResultsBody:
    """Tell of deploys, changes and numbers of one's own; each is committed or rejected by itself.

    The same id again, by the same sender, replaces the event.
    """
    read, refused = read_items(EventBody, body.events)
    given = submission(body, [each.item() for each in read], refused)
    return ResultsBody.of(merged(telemetry.intake.events(identity, given), refused))


@router.get("/v1/events")
def page(
    wanted: Annotated[EventsWanted, Query()],
    _identity: MayWatch,
    telemetry: TheTelemetry,
    services: TheServices,
) -> HappeningsBody:
    """List events, newest first."""
    until = wanted.until or services.clock()
    found = telemetry.events.events(
        wanted.application,
        wanted.since or until - _DEFAULT_SPAN,
        until,
        wanted.type,
        wanted.limit,
    )
    return HappeningsBody.of(found)
