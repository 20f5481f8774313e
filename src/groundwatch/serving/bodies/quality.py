"""Scores as HTTP shows them."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.status import Status
from groundwatch.serving.bodies.body import Body
from groundwatch.telemetry.otlp.scores_in import ExternalScore


class EvidenceBody(Body):
    """What a score rests on; offsets into the text of `where`."""

    where: str = Field(description="`response`, `query`, or `passage:RANK`.")
    reason: str
    start: int | None
    end: int | None
    detail: str

    @classmethod
    def of(cls, one: Evidence) -> "EvidenceBody":
        return cls(
            where=one.where, reason=one.reason, start=one.start, end=one.end, detail=one.detail
        )


class ScoreBody(Body):
    """One dimension: a value from 0 (bad) to 1 (good), or null and the reason."""

    dimension: Dimension
    value: float | None
    confidence: float | None = Field(description="How often a score like this one is right.")
    reason: str
    evidence: tuple[EvidenceBody, ...]
    flags: tuple[str, ...]
    facts: Mapping[str, float]
    scorer: str
    cost: float = Field(description="CPU seconds.")

    @classmethod
    def of(cls, score: Score) -> "ScoreBody":
        return cls(
            dimension=score.dimension,
            value=score.value,
            confidence=score.confidence,
            reason=score.reason,
            evidence=tuple(EvidenceBody.of(each) for each in score.evidence),
            flags=score.flags,
            facts=dict(score.facts),
            scorer=score.scorer,
            cost=score.cost,
        )


class ExternalScoreBody(Body):
    """A judgement of somebody else, as it came with the interaction."""

    name: str
    score: float | None = Field(description="On whatever scale it was given.")
    label: str
    explanation: str
    kind: str = Field(description="`HUMAN`, `LLM` or `CODE`; empty when not said.")
    by: str

    @classmethod
    def of(cls, given: ExternalScore) -> "ExternalScoreBody":
        return cls(
            name=given.name,
            score=given.score,
            label=given.label,
            explanation=given.explanation,
            kind=given.kind,
            by=given.by,
        )


class QualityBody(Body):
    """What the scores come to."""

    status: Status
    overall: float | None = Field(description="Weighted mean; null below half the weight.")
    composite: float | None = Field(description="Plain mean, for display.")
    coverage: float = Field(description="Share of the weight that could be measured.")
    reasons: tuple[str, ...]
    topic: str
    category: str = Field(description="What kind of question it was; empty when unknown.")
    complexity: float | None = Field(description="How much the question asks for, 0 to 1.")
    scored_at: datetime
    scores: tuple[ScoreBody, ...]

    @classmethod
    def of(cls, quality: Quality) -> "QualityBody":
        return cls(
            status=quality.status,
            overall=quality.overall,
            composite=quality.composite,
            coverage=quality.coverage,
            reasons=quality.reasons,
            topic=quality.topic,
            category=quality.category,
            complexity=quality.complexity,
            scored_at=quality.scored_at,
            scores=tuple(ScoreBody.of(score) for score in quality.scores),
        )
