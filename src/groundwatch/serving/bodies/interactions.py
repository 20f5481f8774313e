"""Recorded interactions as HTTP shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import AwareDatetime, Field

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.metrics import satisfaction
from groundwatch.domain.status import Severity, Status
from groundwatch.errors import InvalidInput
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.quality import ExternalScoreBody, QualityBody
from groundwatch.store.events.recorded import Filter, Recorded, State
from groundwatch.telemetry.otlp.scores_in import external_scores
from groundwatch.telemetry.reading import Shown
from groundwatch.telemetry.settings import LatencyThresholdSettings


class StageBody(Body):
    """A timed part, in seconds from the interaction's beginning."""

    name: str
    start: float
    duration: float
    error: str

    @classmethod
    def of(cls, stage: Stage) -> "StageBody":
        return cls(name=stage.name, start=stage.start, duration=stage.duration, error=stage.error)


class PerformanceBody(Body):
    """How long it took, in seconds."""

    duration: float
    first_token: float | None
    latency_class: str = Field(description="`excellent`, `good`, `acceptable` or `poor`.")
    stages: tuple[StageBody, ...]

    @classmethod
    def of(cls, one: Interaction, classes: LatencyThresholdSettings) -> "PerformanceBody":
        return cls(
            duration=one.duration,
            first_token=one.first_token,
            latency_class=latency_class(one.duration, classes),
            stages=tuple(StageBody.of(stage) for stage in one.stages),
        )


class FeedbackGivenBody(Body):
    """What a person said."""

    user: str
    given_at: datetime
    thumb: int | None
    rating: int | None
    comment: str

    @classmethod
    def of(cls, given: Feedback) -> "FeedbackGivenBody":
        return cls(
            user=given.user,
            given_at=given.given_at,
            thumb=given.thumb,
            rating=given.rating,
            comment=given.comment,
        )


class BusinessBody(Body):
    """What it cost and what people thought of it."""

    cost: float | None = Field(description="US dollars; null when no price is known.")
    input_tokens: int
    output_tokens: int
    satisfaction: float | None = Field(description="Mean of what people said, 0 to 1.")
    feedback: tuple[FeedbackGivenBody, ...]

    @classmethod
    def of(cls, found: Recorded) -> "BusinessBody":
        one = found.interaction
        said = [value for each in found.feedback if (value := satisfaction(each)) is not None]
        return cls(
            cost=one.cost,
            input_tokens=one.input_tokens,
            output_tokens=one.output_tokens,
            satisfaction=sum(said) / len(said) if said else None,
            feedback=tuple(FeedbackGivenBody.of(each) for each in found.feedback),
        )


class RecordedPassageBody(Body):
    """A passage the answer could rest on."""

    rank: int
    readable: bool = Field(description="False: its document may not be read by you now.")
    text: str
    document_id: str
    document_version: int | None
    chunk_id: str
    title: str
    source: str
    score: float | None
    cited: bool
    start: int | None
    end: int | None

    @classmethod
    def of(cls, passage: RetrievedPassage, *, readable: bool) -> "RecordedPassageBody":
        return cls(
            rank=passage.rank,
            readable=readable,
            text=passage.text,
            document_id=passage.document_id,
            document_version=passage.document_version,
            chunk_id=passage.chunk_id,
            title=passage.title,
            source=passage.source,
            score=passage.score,
            cited=passage.cited,
            start=passage.start,
            end=passage.end,
        )


class InteractionRowBody(Body):
    """An interaction in a list."""

    id: str
    application: str
    state: State
    started_at: datetime
    duration: float
    outcome: Outcome
    severity: Severity
    query: str
    user: str
    group: str
    model: str
    error_type: str
    flags: tuple[str, ...]
    cost: float | None
    status: Status
    overall: float | None

    @classmethod
    def of(cls, found: Recorded) -> "InteractionRowBody":
        one, quality = found.interaction, found.quality
        return cls(
            id=one.id,
            application=one.application,
            state=found.state,
            started_at=one.started_at,
            duration=one.duration,
            outcome=one.outcome,
            severity=one.severity,
            query=one.query,
            user=one.user,
            group=one.group,
            model=one.model,
            error_type=one.error_type,
            flags=one.flags,
            cost=one.cost,
            status=Status.UNKNOWN if quality is None else quality.status,
            overall=None if quality is None else quality.overall,
        )


class InteractionBody(InteractionRowBody):
    """An interaction with all that is known of it."""

    response: str
    response_withheld: bool = Field(
        description="True: it rests on a document that you may not read now."
    )
    reason: str
    session: str
    endpoint: str
    correlation_id: str
    prompt_version: str
    index_version: str
    confidence: float | None
    error: str
    attributes: Mapping[str, str]
    weight: float = Field(description="How many interactions it stands for in quality.")
    trouble: str = Field(description="Why scoring it failed.")
    passages: tuple[RecordedPassageBody, ...]
    quality: QualityBody | None
    external_scores: tuple[ExternalScoreBody, ...] = Field(
        description="Scores that others gave it, over OTLP; ours are under `quality`."
    )
    performance: PerformanceBody
    business: BusinessBody

    @classmethod
    def whole(cls, shown: Shown, classes: LatencyThresholdSettings) -> "InteractionBody":
        found = shown.recorded
        one = found.interaction
        same = {name: getattr(one, name) for name in _SAME}
        return cls(
            **InteractionRowBody.of(found).model_dump(),
            **same,
            response_withheld=shown.is_response_withheld,
            attributes=dict(one.attributes),
            weight=found.weight,
            trouble=found.trouble,
            passages=tuple(
                RecordedPassageBody.of(each, readable=each.rank not in shown.withheld)
                for each in one.passages
            ),
            quality=None if found.quality is None else QualityBody.of(found.quality),
            external_scores=tuple(ExternalScoreBody.of(each) for each in external_scores(one)),
            performance=PerformanceBody.of(one, classes),
            business=BusinessBody.of(found),
        )


_SAME = (
    "response", "reason", "session", "endpoint", "correlation_id", "prompt_version",
    "index_version", "confidence", "error",
)  # fmt: skip


class InteractionPageBody(Body):
    """A page of interactions, newest first."""

    interactions: tuple[InteractionRowBody, ...]
    next: str | None = Field(description="Give it as `after` for the next page.")

    @classmethod
    def of(cls, found: Sequence[Recorded], limit: int) -> "InteractionPageBody":
        rows = tuple(InteractionRowBody.of(each) for each in found)
        last = found[-1].interaction if len(found) == limit else None
        place = None if last is None else f"{last.started_at.isoformat()}~{last.id}"
        return cls(interactions=rows, next=place)


class InteractionsWanted(Body):
    """Which interactions are wanted; what is left out does not narrow."""

    application: str | None = Field(default=None, max_length=100)
    user: str | None = Field(default=None, max_length=200)
    group: str | None = Field(default=None, max_length=200)
    model: str | None = Field(default=None, max_length=200)
    outcome: Outcome | None = None
    severity: Severity | None = None
    status: Status | None = None
    min_latency: float | None = Field(default=None, ge=0, description="Seconds.")
    max_quality: float | None = Field(default=None, ge=0, le=1)
    flag: str | None = Field(default=None, max_length=200)
    text: str = Field(default="", max_length=200, description="Needs `since`.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=50, ge=1, le=200)

    def filter(self) -> Filter:
        """What is wanted; a text is looked for in every interaction of a period.

        Raises:
            InvalidInput: a text is wanted without a beginning.
        """
        if self.text and self.since is None:
            raise InvalidInput("`text` needs `since`: every interaction of the time is read.")
        return Filter(**self.model_dump(exclude={"after", "limit"}))

    def place(self) -> tuple[datetime, str] | None:
        """Behind which interaction the page begins.

        Raises:
            InvalidInput: `after` was not given by a page.
        """
        if not self.after:
            return None
        moment, _, last = self.after.partition("~")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or not last:
            raise InvalidInput("`after` is no `next` of a page; begin anew.")
        return at, last


def latency_class(duration: float, classes: LatencyThresholdSettings) -> str:
    """The class of an answer's time."""
    for name in ("excellent", "good", "acceptable"):
        if duration < getattr(classes, name):
            return name
    return "poor"
