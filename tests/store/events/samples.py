"""Interactions, scores and spans for tests, and a store to put them in."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction, RetrievedPassage, Stage
from groundwatch.domain.scores import Dimension, Quality, Score
from groundwatch.domain.spans import Span, SpanEvent, SpanKind
from groundwatch.domain.status import Severity, Status

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
DAY = NOW.date()

ONE = Interaction(
    id="i1",
    application="groundwatch",
    started_at=NOW - timedelta(minutes=5),
    duration=0.25,
    outcome=Outcome.ANSWERED,
    severity=Severity.INFO,
    query="Wie viel Urlaub?",
    response="30 Tage.",
    user="anna",
    session="s1",
    group="hr",
    endpoint="/v1/answers",
    passages=(
        RetrievedPassage(1, "text", "d1", 3, "17", source="docs", score=0.5, cited=True),
        RetrievedPassage(2, "more", "d2", 1, "18", source="wiki"),
    ),
    stages=(Stage("embed", 0.0, 0.003), Stage("search", 0.003, 0.01, "late")),
    first_token=0.1,
    input_tokens=900,
    output_tokens=120,
    cost=0.002,
    model="m-large",
    flags=("one", "two"),
    attributes={"country": "PT"},
)

QUALITY = Quality(
    scores=(
        Score(Dimension.ACCURACY, 0.9, 0.8, scorer="nli-1", facts={"used": 0.5}, flags=("new",)),
        Score(Dimension.SAFETY, None, reason="no text"),
    ),
    overall=0.85,
    composite=0.8,
    coverage=0.6,
    status=Status.HEALTHY,
    scored_at=NOW,
    topic="holiday",
)


def interaction(number: int, at: datetime = ONE.started_at, **changes: object) -> Interaction:
    """One of many; the numbers differ."""
    made = replace(ONE, id=f"i{number}", started_at=at, duration=0.1 + number % 50 / 20)
    return replace(made, **changes)  # type: ignore[arg-type]


def span(
    trace: str, number: int, at: datetime = ONE.started_at, *, root: bool = False, text: str = "x"
) -> Span:
    """A span of a trace; its root has number 0 or is asked for."""
    began = int(at.timestamp() * 1_000_000) * 1000 + number
    return Span(
        trace_id=trace,
        span_id=f"{number:016x}",
        parent_id="" if root or number == 0 else f"{0:016x}",
        application="shop",
        name=f"step {number}",
        kind=SpanKind.LLM,
        start=began,
        end=began + 5_000_000,
        attributes={"input.value": text, "n": number, "deep": {"list": [1, 2.5, None, True]}},
        resource={"service.name": "shop"},
        events=(SpanEvent("first", began + 1, {"a": "b"}),),
    )


def spans(trace: str, count: int, at: datetime = ONE.started_at) -> Sequence[Span]:
    """A whole trace."""
    return [span(trace, number, at) for number in range(count)]
