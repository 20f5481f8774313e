"""Questions as rows of a made-up day, and the store that counts them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction, RetrievedPassage, Stage
from groundwatch.domain.scores import Dimension, Quality, Score
from groundwatch.domain.status import Severity, Status
from groundwatch.store.events import Entry, EventStore

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


def asked(
    number: int,
    at: datetime,
    seconds: float = 1.0,
    outcome: Outcome = Outcome.ANSWERED,
    **changed: object,
) -> Interaction:
    """One question; everything else may be changed by name."""
    failed = outcome in {Outcome.FAILED, Outcome.TIMED_OUT}
    one = Interaction(
        id=f"{number:032x}",
        application="support",
        started_at=at,
        duration=seconds,
        outcome=outcome,
        severity=Severity.INFO,
        query="why?",
        response="because.",
        user=f"user-{number % 3}",
        session=f"session-{number % 4}",
        group="guests" if number % 2 else "staff",
        model="small",
        passages=(RetrievedPassage(1, "because.", source="wiki"),),
        stages=(Stage("search", 0, seconds / 4), Stage("generate", seconds / 4, seconds * 3 / 4)),
        input_tokens=100,
        output_tokens=10,
        cost=0.01,
        error_type="rate_limited" if failed else "",
    )
    return replace(one, **changed)  # type: ignore[arg-type]


def quality(value: float, scorer: str = "test-1", topic: str = "reasons") -> Quality:
    """The same score in every dimension."""
    scores = tuple(Score(dimension, value, 0.9, scorer=scorer) for dimension in Dimension)
    return Quality(scores, value, value, 1.0, Status.HEALTHY, NOW, topic)


MANY = 100


def record(events: EventStore, ones: list[Interaction]) -> None:
    """Record questions; after many, hours that are over are folded, as the watch does."""
    events.record([Entry(one) for one in ones])
    if len(ones) > MANY:
        events.fold(NOW)


def every(minutes: float, since: datetime, until: datetime) -> list[datetime]:
    """Moments at equal distances."""
    count = int((until - since) / timedelta(minutes=minutes))
    return [since + timedelta(minutes=minutes) * place for place in range(count)]
