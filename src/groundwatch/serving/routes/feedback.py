"""`/v1/interactions/{id}/feedback`, `/v1/feedback`: what people say of answers."""

from fastapi import APIRouter, status

from groundwatch.domain.interactions import Feedback
from groundwatch.errors import InvalidInput
from groundwatch.serving.bodies.answers import FeedbackBody
from groundwatch.serving.bodies.intake import (
    FeedbackItemBody,
    FeedbacksBody,
    ResultsBody,
    merged,
    read_items,
    submission,
)
from groundwatch.serving.routes.dependencies import (
    MayGiveFeedback,
    MaySendTelemetry,
    TheServices,
    TheTelemetry,
)

router = APIRouter(tags=["answers"])


@router.post("/v1/interactions/{interaction_id}/feedback", status_code=status.HTTP_204_NO_CONTENT)
def give(
    interaction_id: str, body: FeedbackBody, identity: MayGiveFeedback, services: TheServices
) -> None:
    """Say whether one's own answer was good, and what was missing; the newest counts."""
    if body.thumb is None and body.rating is None and not body.comment.strip():
        raise InvalidInput("Give a thumb, a rating or a comment.")
    services.feedback.give(
        identity,
        Feedback(
            interaction_id=interaction_id,
            user=identity.user,
            given_at=services.clock(),
            thumb=body.thumb,
            rating=body.rating,
            comment=body.comment.strip(),
        ),
    )


@router.post("/v1/feedback", tags=["interactions"])
def take(body: FeedbacksBody, identity: MaySendTelemetry, telemetry: TheTelemetry) -> ResultsBody:
    """Hand in what an application's users say of its answers; each is taken or rejected by itself.

    The interactions are those that the same sender recorded, by whatever way; the newest word of
    a user on an interaction counts.
    """
    read, refused = read_items(FeedbackItemBody, body.feedback)
    given = submission(body, [each.item() for each in read], refused)
    return ResultsBody.of(merged(telemetry.intake.feedback(identity, given), refused))
