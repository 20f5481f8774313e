"""Who watches, and questions made by hand."""

from dataclasses import replace
from datetime import timedelta

from tests.serving.company import NOW, READER, document_id, identity

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.spans import Span, SpanKind
from groundwatch.domain.status import Severity, Status
from groundwatch.store.events import Entry, EventStore

WATCHERS = (
    identity("greta", READER | {"watch:read", "interactions:read-all"}, "staff"),
    identity("otto", READER | {"watch:read"}, "staff"),
)
"""Greta reads what others asked, Otto sees numbers only; neither is of HR."""

RESPONSE = "Every parent gets 26 weeks of paid leave. It can be shared with the neighbours."
LEAVE = Interaction(
    id="hand-leave",
    application="groundwatch",
    started_at=NOW - timedelta(minutes=30),
    duration=0.2,
    outcome=Outcome.ANSWERED,
    severity=Severity.INFO,
    query="How long is <img src=x onerror='window.hacked=7'> parental leave?",
    response=RESPONSE,
    user="anna",
    passages=(
        RetrievedPassage(
            1, "Every parent gets 26 weeks of paid leave.",
            document_id("handbook", "people/leave.md"), 1, "1", "Parental leave", "handbook",
            0.9, cited=True,
        ),
        RetrievedPassage(
            2, "The top band of the harbour masters is 98,000 crowns a year.",
            document_id("handbook", "hr/salaries.md"), 1, "2", "Salary bands", "handbook", 0.4,
        ),
    ),
    stages=(Stage("search", 0.0, 0.02), Stage("generate", 0.02, 0.18)),
    model="extractive",
    attributes={"experiment.fewer-passages": "usual"},
)  # fmt: skip
SALARY = replace(
    LEAVE,
    id="hand-salary",
    started_at=NOW - timedelta(minutes=31),
    query="What do harbour masters earn?",
    response="The top band is 98,000 crowns a year.",
    user="hana",
    passages=(replace(LEAVE.passages[1], rank=1, cited=True),),
    attributes={"experiment.fewer-passages": "new"},
)
TRACED = replace(
    LEAVE, id="ab" * 16, application="support-bot", started_at=NOW - timedelta(minutes=32),
    query="Why is it dark?", response="It is night.", user="guest-x", passages=(),
    attributes={
        "plan": "gold",
        "score:helpfulness": '{"score": 0.25, "label": "meh", "explanation": "<b>short</b>", '
        '"kind": "HUMAN", "by": "judy"}',
        "score:toxicity": "0.125",
    },
)  # fmt: skip


def by_hand(events: EventStore) -> None:
    """Record them, with scores, spans and feedback."""
    events.record([Entry(LEAVE), Entry(SALARY), Entry(TRACED)])
    start = RESPONSE.index("It can")
    loose = Evidence("response", "unsupported", start, len(RESPONSE), "in no passage")
    scores = (
        Score(Dimension.ACCURACY, 0.4, 0.9, evidence=(loose,), flags=("by-hand",), scorer="hand-1"),
        Score(Dimension.RELEVANCE, None, reason="the model is away", scorer="hand-1"),
        Score(Dimension.ACCURACY, 0.5, facts={"agrees": 1.0}, scorer="judge:m-large/judge-1"),
    )
    quality = Quality(scores, 0.4, 0.4, 0.55, Status.DEGRADED, NOW, "leave, weeks")
    events.put_scores([(LEAVE.id, replace(quality, category="yes_no", complexity=0.2))])
    events.give_feedback(Feedback(LEAVE.id, "anna", NOW, -1, None, "No <b>neighbours</b>!"))
    begin = int(TRACED.started_at.timestamp() * 1e9)
    events.add_spans(
        [
            span("root", "", begin, 1_000),
            span("find", "root", begin, 300, SpanKind.RETRIEVAL),
            span("say", "root", begin + 300_000_000, 700, SpanKind.LLM),
        ]
    )
    events.settled([TRACED.id])


def span(
    name: str, parent: str, start: int, milliseconds: int, kind: SpanKind = SpanKind.REQUEST
) -> Span:
    end = start + milliseconds * 1_000_000
    id_, parent_id = name.encode().hex().zfill(16), parent.encode().hex().zfill(16)
    return Span(TRACED.id, id_, parent_id if parent else "", "support-bot", name, kind, start, end)
