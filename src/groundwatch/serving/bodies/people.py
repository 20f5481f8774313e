"""What one person does, as HTTP shows it."""

from datetime import datetime

from pydantic import Field

from groundwatch.analytics.behaviour import Behaviour
from groundwatch.analytics.sessions import Lengths
from groundwatch.serving.bodies.body import Body


class SessionsBody(Body):
    """Sessions; seconds from the first question to the end of the last answer."""

    count: int
    median_seconds: float | None
    mean_seconds: float | None
    p90_seconds: float | None
    asked_again: int = Field(description="Sessions of more than one question.")

    @classmethod
    def of(cls, found: Lengths) -> "SessionsBody":
        return cls(
            count=found.count,
            median_seconds=found.median,
            mean_seconds=found.mean,
            p90_seconds=found.p90,
            asked_again=found.again,
        )


class BehaviourBody(Body):
    """One person in a window."""

    user: str
    questions: int
    read: int = Field(description="What is told but questions and sessions rests on so many.")
    first: datetime | None
    last: datetime | None
    active_days: int
    sessions: SessionsBody
    failed: int
    outcomes: dict[str, int]
    topics: dict[str, int]
    categories: dict[str, int]
    endpoints: dict[str, int]
    applications: dict[str, int]
    hours: list[int] = Field(description="Questions by hour of the day, UTC.")
    quality: float | None
    satisfaction: float | None
    ratings: int
    cost: float | None
    reason: str = Field(description="Why there is nothing to tell.")

    @classmethod
    def of(cls, found: Behaviour) -> "BehaviourBody":
        return cls(
            user=found.user,
            questions=found.questions,
            read=found.read,
            first=found.first,
            last=found.last,
            active_days=found.active_days,
            sessions=SessionsBody.of(found.sessions),
            failed=found.failed,
            outcomes=dict(found.outcomes),
            topics=dict(found.topics),
            categories=dict(found.categories),
            endpoints=dict(found.endpoints),
            applications=dict(found.applications),
            hours=list(found.hours),
            quality=found.quality,
            satisfaction=found.satisfaction,
            ratings=found.ratings,
            cost=found.cost,
            reason=found.reason,
        )
