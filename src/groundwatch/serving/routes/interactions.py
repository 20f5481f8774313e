"""`/v1/interactions`: what was asked and answered, here and elsewhere."""

from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import APIRouter, Query

from groundwatch.analytics.variants import VariantRow, by_variant
from groundwatch.domain.access import Identity
from groundwatch.errors import NotFound, Unavailable
from groundwatch.serving.bodies.intake import (
    InteractionsBody,
    ObservedBody,
    ResultsBody,
    merged,
    read_items,
    submission,
)
from groundwatch.serving.bodies.interactions import (
    InteractionBody,
    InteractionPageBody,
)
from groundwatch.serving.bodies.interactions_wanted import InteractionsWanted
from groundwatch.serving.permissions import require
from groundwatch.serving.routes.dependencies import (
    MaySeeInteractions,
    MaySendTelemetry,
    TheServices,
    TheTelemetry,
)
from groundwatch.serving.services import Services
from groundwatch.store.events.recorded import State
from groundwatch.telemetry.reading import Shown

router = APIRouter(tags=["interactions"])
_LOOK_SECONDS = 0.05
_LONGEST_LOOK_SECONDS = 0.5
WATCH = "watch:read"
_SETTLED = (State.SCORED, State.FAILED)


@router.post("/v1/interactions")
def take(
    body: InteractionsBody, identity: MaySendTelemetry, telemetry: TheTelemetry
) -> ResultsBody:
    """Record interactions of an application; each is committed or rejected by itself.

    The same id again replaces what the same sender recorded, so a batch may be sent again.
    """
    read, refused = read_items(ObservedBody, body.interactions)
    given = submission(body, [each.item() for each in read], refused)
    return ResultsBody.of(merged(telemetry.intake.interactions(identity, given), refused))


@router.get("/v1/interactions")
def page(
    wanted: Annotated[InteractionsWanted, Query()],
    identity: MaySeeInteractions,
    telemetry: TheTelemetry,
    services: TheServices,
) -> InteractionPageBody:
    """List interactions, newest first: one's own, or everybody's with `interactions:read-all`."""
    groups = _groups(wanted, identity, services) if wanted.group_by else None
    found = telemetry.interactions.page(
        identity, wanted.filter(), after=wanted.place(), limit=wanted.limit
    )
    return InteractionPageBody.of(found, wanted.limit, groups)


def _groups(
    wanted: InteractionsWanted, identity: Identity, services: Services
) -> tuple[VariantRow, ...]:
    require(identity, WATCH)
    if services.watch is None:
        raise Unavailable("Nothing is watched by this server.")
    return by_variant(services.watch.events, wanted.window(services.clock()))


@router.get("/v1/interactions/{interaction_id}")
async def get(
    interaction_id: str,
    identity: MaySeeInteractions,
    telemetry: TheTelemetry,
    wait: Annotated[
        float, Query(ge=0, le=30, description="Seconds to wait until it is scored.")
    ] = 0.0,
) -> InteractionBody:
    """Show an interaction with its quality, performance and business values.

    With `wait` the answer comes as soon as it is `scored` or `failed`, or when time is up.
    """

    def look() -> Shown:
        return telemetry.interactions.get(identity, interaction_id)

    deadline = anyio.current_time() + wait
    pause = _LOOK_SECONDS
    while True:
        try:
            shown: Shown | None = await to_thread.run_sync(look)
        except NotFound:
            if anyio.current_time() >= deadline:
                raise
            shown = None
        is_late = anyio.current_time() >= deadline
        if shown is not None and (is_late or shown.recorded.state in _SETTLED):
            return InteractionBody.whole(shown, telemetry.latency)
        await anyio.sleep(min(pause, max(0.0, deadline - anyio.current_time())))
        pause = min(2 * pause, _LONGEST_LOOK_SECONDS)
