"""Recorded interactions as HTTP shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from pydantic import Field

from groundwatch.analytics.variants import VariantRow
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import (
    Feedback,
    Interaction,
    RetrievedPassage,
    Stage,
    variants_of,
)
from groundwatch.domain.status import Severity, Status
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.quality import ExternalScoreBody, QualityBody
from groundwatch.store.events.recorded import Recorded, State
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
        said = [value for each in found.feedback if (value := each.satisfaction) is not None]
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
    variants: Mapping[str, str] = Field(description="By experiment, which variant answered.")
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
            variants=variants_of(one.attributes),
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


class VariantBody(Body):
    """What came of the interactions of one variant of an experiment."""

    variant: str = Field(description="`EXPERIMENT=VARIANT`, as it narrows the list.")
    requests: int
    error_share: float
    declined_share: float
    p95: float | None = Field(description="Seconds.")
    quality: float | None = Field(description="Mean; null where no answer is scored.")
    scored: int
    cost: float | None = Field(description="US dollars a question that has a price.")
    satisfaction: float | None

    @classmethod
    def of(cls, row: VariantRow) -> "VariantBody":
        return cls(**asdict(row))


class InteractionPageBody(Body):
    """A page of interactions, newest first."""

    interactions: tuple[InteractionRowBody, ...]
    next: str | None = Field(description="Give it as `after` for the next page.")
    groups: tuple[VariantBody, ...] | None = Field(description="Where `group_by` was given.")

    @classmethod
    def of(
        cls, found: Sequence[Recorded], limit: int, groups: Sequence[VariantRow] | None
    ) -> "InteractionPageBody":
        rows = tuple(InteractionRowBody.of(each) for each in found)
        last = found[-1].interaction if len(found) == limit else None
        place = None if last is None else f"{last.started_at.isoformat()}~{last.id}"
        told = None if groups is None else tuple(VariantBody.of(each) for each in groups)
        return cls(interactions=rows, next=place, groups=told)


def latency_class(duration: float, classes: LatencyThresholdSettings) -> str:
    """The class of an answer's time."""
    for name in ("excellent", "good", "acceptable"):
        if duration < getattr(classes, name):
            return name
    return "poor"
