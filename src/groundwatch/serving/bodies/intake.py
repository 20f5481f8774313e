"""Interactions and events as other applications send them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    Field,
    FiniteFloat,
    NonNegativeInt,
    StringConstraints,
    ValidationError,
    model_validator,
)

from groundwatch.domain.answers import Outcome
from groundwatch.domain.events import Event
from groundwatch.domain.intake import Submission, Verdict
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.status import Severity
from groundwatch.serving.bodies.body import Body

MOST_ITEMS = 1_000


Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{8,64}$")]
Application = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f](.{0,98}[^\s\x00-\x1f])?$")]
Word = Annotated[str, StringConstraints(max_length=200)]
Message = Annotated[str, StringConstraints(max_length=2_000)]
Text = Annotated[str, StringConstraints(max_length=100_000)]
MetricName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,79}$")]
Seconds = Annotated[FiniteFloat, Field(ge=0, le=86_400 * 7)]


class ObservedPassageBody(Body):
    """A passage the answer could rest on; ids mean what they mean to the sender."""

    text: Text = ""
    rank: int | None = Field(default=None, ge=1, description="From 1; without it, as listed.")
    document_id: Word = ""
    document_version: int | None = None
    chunk_id: Word = ""
    title: Word = ""
    source: Word = ""
    score: FiniteFloat | None = None
    cited: bool = False

    def passage(self, position: int) -> RetrievedPassage:
        return RetrievedPassage(
            rank=self.rank or position,
            text=self.text,
            document_id=self.document_id,
            document_version=self.document_version,
            chunk_id=self.chunk_id,
            title=self.title,
            source=self.source,
            score=self.score,
            cited=self.cited,
        )


class ObservedStageBody(Body):
    """A timed part; seconds from the interaction's beginning."""

    name: Word
    start: Seconds = 0.0
    duration: Seconds
    error: Word = ""

    def stage(self) -> Stage:
        return Stage(self.name, self.start, self.duration, self.error)


class ObservedBody(Body):
    """One question to an application and what came of it."""

    id: Id
    application: Application | None = None
    started_at: AwareDatetime
    duration: Seconds
    query: Text
    response: Text = ""
    outcome: Outcome = Outcome.ANSWERED
    severity: Severity = Severity.INFO
    reason: Word = ""
    user: Word = ""
    session: Word = ""
    group: Word = ""
    endpoint: Word = ""
    correlation_id: Word = ""
    passages: tuple[ObservedPassageBody, ...] = Field(default=(), max_length=200)
    stages: tuple[ObservedStageBody, ...] = Field(default=(), max_length=200)
    first_token: Seconds | None = None
    input_tokens: NonNegativeInt = 0
    output_tokens: NonNegativeInt = 0
    cost: Annotated[FiniteFloat, Field(ge=0)] | None = None
    model: Word = ""
    prompt_version: Word = ""
    index_version: Word = ""
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    error_type: Word = ""
    error: Word = ""
    flags: tuple[Word, ...] = Field(default=(), max_length=50)
    attributes: dict[Word, Word] = Field(default_factory=dict, max_length=50)

    def item(self) -> Interaction:
        ranked = [each.passage(place) for place, each in enumerate(self.passages, 1)]
        return Interaction(
            **{name: getattr(self, name) for name in _SAME},
            application=self.application or "",
            passages=tuple(ranked),
            stages=tuple(each.stage() for each in self.stages),
        )


_SAME = tuple(set(ObservedBody.model_fields) - {"application", "passages", "stages"})


class EventBody(Body):
    """Something worth a mark on the charts, or a number of one's own."""

    id: Id
    at: AwareDatetime
    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    severity: Severity = Severity.INFO
    application: Application | None = None
    component: Word = ""
    message: Message = ""
    correlation_id: Word = ""
    metrics: dict[MetricName, FiniteFloat] = Field(
        default_factory=dict, max_length=50, description="Each becomes the metric `custom.NAME`."
    )
    metadata: dict[Word, Word] = Field(default_factory=dict, max_length=50)

    def item(self) -> Event:
        values = {name: getattr(self, name) for name in _EVENT_SAME}
        return Event(**values, application=self.application or "")


_EVENT_SAME = tuple(set(EventBody.model_fields) - {"application"})


class FeedbackItemBody(Body):
    """What a user of an application said of one of its answers; at least one of three."""

    interaction_id: Id
    user: Word = Field(default="", description="Of the application; that of the interaction.")
    given_at: AwareDatetime
    thumb: Literal[-1, 1] | None = None
    rating: int | None = Field(default=None, ge=1, le=5)
    comment: Annotated[str, StringConstraints(max_length=4_000)] = ""

    @model_validator(mode="after")
    def _something(self) -> "FeedbackItemBody":
        if self.thumb is None and self.rating is None and not self.comment.strip():
            raise ValueError("give a thumb, a rating or a comment")
        return self

    def item(self) -> Feedback:
        return Feedback(
            self.interaction_id,
            self.user,
            self.given_at,
            self.thumb,
            self.rating,
            self.comment.strip(),
        )


class BatchOfBody(Body):
    """What concerns a whole batch."""

    application: Application = Field(description="Of the items that name none.")
    batch: Annotated[str, StringConstraints(max_length=64)] = Field(
        default="", description="The sender's id of it; sent again, it counts once."
    )
    dropped: dict[Word, Annotated[int, Field(ge=0, le=10**9)]] = Field(
        default_factory=dict,
        max_length=20,
        description="What the sender lost since its batch before, by reason.",
    )


class InteractionsBody(BatchOfBody):
    """A batch of interactions; each is taken or rejected by itself."""

    interactions: tuple[dict[str, Any], ...] = Field(max_length=MOST_ITEMS)


class EventsBody(BatchOfBody):
    """A batch of events; each is taken or rejected by itself."""

    events: tuple[dict[str, Any], ...] = Field(max_length=MOST_ITEMS)


class FeedbacksBody(BatchOfBody):
    """A batch of feedback; each is taken or rejected by itself."""

    feedback: tuple[dict[str, Any], ...] = Field(max_length=MOST_ITEMS)


class ResultBody(Body):
    """What became of an item: `accepted` is committed; `rejected` would be rejected again."""

    id: str
    status: str
    reason: str

    @classmethod
    def of(cls, verdict: Verdict) -> "ResultBody":
        status = "accepted" if verdict.is_accepted else "rejected"
        return cls(id=verdict.id, status=status, reason=verdict.reason)


class ResultsBody(Body):
    """What became of a batch, item by item in its order."""

    accepted: int
    rejected: int
    results: tuple[ResultBody, ...]

    @classmethod
    def of(cls, verdicts: Sequence[Verdict]) -> "ResultsBody":
        accepted = sum(verdict.is_accepted for verdict in verdicts)
        return cls(
            accepted=accepted,
            rejected=len(verdicts) - accepted,
            results=tuple(ResultBody.of(verdict) for verdict in verdicts),
        )


Shape = TypeVar("Shape", bound=BaseModel)
Item = TypeVar("Item")


def read_items(
    shape: type[Shape], items: Sequence[dict[str, Any]]
) -> tuple[list[Shape], dict[int, Verdict]]:
    """Read items one by one; verdicts by position on those that cannot be read."""
    read: list[Shape] = []
    refused: dict[int, Verdict] = {}
    for position, item in enumerate(items):
        try:
            read.append(shape.model_validate(item))
        except ValidationError as error:
            refused[position] = Verdict(_id_of(item), _first_problem(error))
    return read, refused


def merged(verdicts: Sequence[Verdict], refused: dict[int, Verdict]) -> list[Verdict]:
    """Verdicts in the order in which the items came."""
    left = iter(verdicts)
    total = len(verdicts) + len(refused)
    return [refused[place] if place in refused else next(left) for place in range(total)]


def submission(
    body: BatchOfBody, items: Sequence[Item], refused: dict[int, Verdict]
) -> Submission[Item]:
    return Submission(body.application, tuple(items), body.batch, body.dropped, len(refused))


def _id_of(item: dict[str, Any]) -> str:
    found = item.get("id", item.get("interaction_id"))
    return found[:64] if isinstance(found, str) else ""


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{where}: {problem['msg']}"
