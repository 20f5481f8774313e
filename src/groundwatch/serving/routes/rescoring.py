"""`/v1/rescore`: scores of a period, made again."""

from fastapi import APIRouter, status
from pydantic import AwareDatetime, Field

from groundwatch.errors import InvalidInput, Unavailable
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.routes.dependencies import MayRescore, TheServices

router = APIRouter(tags=["watch"])


class RescoreBody(Body):
    """What is to be scored again."""

    since: AwareDatetime = Field(description="Inclusive, by the beginning of the interaction.")
    until: AwareDatetime | None = Field(default=None, description="Exclusive; now without.")
    application: str | None = Field(default=None, min_length=1, max_length=100)


class RescoredBody(Body):
    """What came of it."""

    pending: int = Field(description="Interactions that wait for scores again.")


@router.post("/v1/rescore", status_code=status.HTTP_202_ACCEPTED)
def rescore(body: RescoreBody, _may: MayRescore, services: TheServices) -> RescoredBody:
    """Let the interactions of a period be scored again; they keep their scores until then."""
    if services.watch is None:
        raise Unavailable("Nothing is watched by this server.")
    until = body.until or services.clock()
    if until <= body.since:
        raise InvalidInput("`since` must lie before `until`.")
    pending = services.watch.events.rescore(body.since, until, body.application)
    return RescoredBody(pending=pending)
