"""The overview and the analysis of a window, as HTTP shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import Field

from groundwatch.analytics.analysis import Analysis, QualityTrend, Resource
from groundwatch.analytics.capacity import Limit
from groundwatch.analytics.changes import Change
from groundwatch.analytics.compared import Compared
from groundwatch.analytics.cost import Budget, Saving
from groundwatch.analytics.gap_evidence import Explained
from groundwatch.analytics.overview import Figure, Overview
from groundwatch.analytics.performance import Latency
from groundwatch.analytics.pulse import Pulse
from groundwatch.analytics.recommendations import Recommendation
from groundwatch.analytics.status import SystemHealth
from groundwatch.analytics.trend import Trend
from groundwatch.domain.alerts import Incident
from groundwatch.domain.status import Status
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.gaps import KnowledgeGapBody
from groundwatch.serving.bodies.limits import LimitBody, OpenIncidentBody
from groundwatch.serving.bodies.machine import SystemAnalysisBody
from groundwatch.serving.bodies.money import BudgetBody, SavingBody
from groundwatch.serving.bodies.present import (
    PresentBusinessBody,
    PresentPerformanceBody,
    PresentQualityBody,
    PresentTrendBody,
    PresentUsageBody,
)

_T = TypeVar("_T", bound=Body)


class ComparedBody(Body):
    """A number beside the same number of the span before."""

    value: float | None
    before: float | None
    change: float | None = Field(description="(value - before) / before.")
    reason: str = Field(description="Why there is no value, or no comparison.")

    @classmethod
    def of(cls, found: Compared) -> "ComparedBody":
        return cls(value=found.value, before=found.before, change=found.change, reason=found.reason)


class TrendBody(Body):
    """A direction that is more than chance, or `steady`."""

    direction: Literal["rising", "falling", "steady", "unknown"]
    p: float | None = Field(description="Probability of so clear a direction by chance.")
    per_day: float | None = Field(description="Slope (Theil-Sen), in the metric's unit a day.")
    method: str

    @classmethod
    def of(cls, found: Trend) -> "TrendBody":
        return cls(direction=found.direction, p=found.p, per_day=found.per_day, method=found.method)


class LatencyBody(Body):
    """Seconds until the last byte; quantiles within 2 %."""

    count: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    classes: dict[str, float] = Field(description="Share of answers by class.")

    @classmethod
    def of(cls, found: Latency) -> "LatencyBody":
        return cls(
            count=found.count,
            mean=found.mean,
            p50=found.p50,
            p95=found.p95,
            p99=found.p99,
            classes={each.name: each.share for each in found.classes},
        )


class RecommendationBody(Body):
    """One thing to do."""

    type: str
    priority: Literal["high", "medium", "low"]
    issue: str
    recommendation: str
    evidence: list[str]
    expected_impact: str | None = Field(description="From our own history; null without any.")
    impact_reason: str

    @classmethod
    def of(cls, found: Recommendation) -> "RecommendationBody":
        return cls(
            type=found.type,
            priority=found.priority,
            issue=found.issue,
            recommendation=found.recommendation,
            evidence=list(found.evidence),
            expected_impact=found.impact or None,
            impact_reason=found.impact_reason,
        )


class SystemHealthBody(Body):
    """The machine in the last five minutes."""

    score: float | None = Field(description="100 - (.3 CPU + .4 memory + .3 disk), in percent.")
    status: Status
    reason: str
    used: dict[str, float]

    @classmethod
    def of(cls, found: SystemHealth) -> "SystemHealthBody":
        return cls(
            score=found.score, status=found.status, reason=found.reason, used=dict(found.used)
        )


class FigureBody(Body):
    """One of the six figures, with its series."""

    name: str
    unit: str
    higher_is: str
    value: ComparedBody
    note: str
    series: list[tuple[datetime, float | None]]

    @classmethod
    def of(cls, found: Figure) -> "FigureBody":
        return cls(
            name=found.name,
            unit=found.unit,
            higher_is=found.higher_is,
            value=ComparedBody.of(found.value),
            note=found.note,
            series=list(zip(found.series.at, found.series.values, strict=True)),
        )


class ChangeBody(Body):
    """A number that moved by more than chance or habit explains."""

    metric: str
    unit: str
    before: float
    now: float
    verdict: Literal["better", "worse", "neutral"]
    where: str
    basis: str

    @classmethod
    def of(cls, found: Change) -> "ChangeBody":
        return cls(
            metric=found.metric,
            unit=found.unit,
            before=found.before,
            now=found.now,
            verdict=found.verdict,
            where=found.where,
            basis=found.basis,
        )


class OverviewBody(Body):
    """All of it in one look.

    Figures, changes and needs are of the window that was asked for; the five parts at the end are
    what is live, each over the window it states.
    """

    timestamp: datetime
    since: datetime
    until: datetime
    application: str | None
    status: Status
    status_reason: str
    verdict: str
    system_health: SystemHealthBody
    active_models: int
    scoring_backlog: int | None
    figures: list[FigureBody]
    changes: list[ChangeBody]
    needs: list[RecommendationBody]
    budget: BudgetBody | None = Field(description="Null where no monthly budget is set.")
    incidents: list[OpenIncidentBody] = Field(description="Open ones, the worst first.")
    capacity: list[LimitBody] = Field(description="Limits that are reached, or will be.")
    performance: PresentPerformanceBody
    quality: PresentQualityBody
    usage: PresentUsageBody
    trends: dict[str, PresentTrendBody]
    business: PresentBusinessBody

    @classmethod
    def of(
        cls,
        found: Overview,
        now: Pulse,
        budget: Budget | None,
        incidents: Sequence[Incident] = (),
        limits: Sequence[Limit] = (),
    ) -> "OverviewBody":
        return cls(
            timestamp=found.at,
            since=found.window.since,
            until=found.window.until,
            application=found.window.application,
            status=found.status.status,
            status_reason=found.status.reason,
            verdict=found.verdict,
            system_health=SystemHealthBody.of(found.health),
            active_models=found.active_models,
            scoring_backlog=found.backlog,
            figures=[FigureBody.of(each) for each in found.figures],
            changes=[ChangeBody.of(each) for each in found.changes],
            needs=[RecommendationBody.of(each) for each in found.needs],
            budget=None if budget is None else BudgetBody.of(budget),
            incidents=[OpenIncidentBody.of(each) for each in incidents],
            capacity=[LimitBody.of(each) for each in limits],
            performance=_read(PresentPerformanceBody, now.performance),
            quality=_read(PresentQualityBody, now.quality),
            usage=_read(PresentUsageBody, now.usage),
            trends={name: _read(PresentTrendBody, each) for name, each in now.trends.items()},
            business=_read(PresentBusinessBody, now.business),
        )


def _read(kind: type[_T], found: object) -> _T:
    """A body of the same fields."""
    return kind.model_validate(found, from_attributes=True)


class QualityTrendBody(Body):
    """One dimension of quality, or `overall`."""

    dimension: str
    mean: float | None
    scored: int
    trend: TrendBody

    @classmethod
    def of(cls, found: QualityTrend) -> "QualityTrendBody":
        return cls(
            dimension=found.dimension,
            mean=found.mean,
            scored=found.scored,
            trend=TrendBody.of(found.trend),
        )


class ResourceBody(Body):
    """How much of a resource was used, 0 to 1."""

    name: str
    mean: float | None
    p95: float | None

    @classmethod
    def of(cls, found: Resource) -> "ResourceBody":
        return cls(name=found.name, mean=found.mean, p95=found.p95)


class VolumeBody(Body):
    """Questions in a step of the window: nearest ranks over the steps that are over."""

    step: Literal["minute", "hour", "day"]
    p50: float | None
    p95: float | None
    p99: float | None


class AnalysisBody(Body):
    """A window as a whole; an empty one has counts of 0, null statistics, and a reason."""

    since: datetime
    until: datetime
    application: str | None
    total: int
    average_per_minute: ComparedBody
    peak_per_minute: float | None
    peak_at: datetime | None
    trend: TrendBody
    volume: VolumeBody
    response_times: LatencyBody
    errors: int
    error_rate: float | None
    error_types: dict[str, int]
    quality: list[QualityTrendBody]
    quality_coverage: float | None = Field(
        description="Answers with an overall score, of those whose scoring was tried."
    )
    resources: list[ResourceBody]
    satisfaction: ComparedBody
    health: SystemHealthBody
    recommendations: list[RecommendationBody]
    knowledge_gaps: list[KnowledgeGapBody] = Field(
        description="Topics of at least five questions, the most unanswered first; at most ten."
    )
    system: SystemAnalysisBody
    savings: list[SavingBody] = Field(
        description="Where the same quality would have cost less, the most first."
    )
    budget: BudgetBody | None = Field(description="Null where no monthly budget is set.")
    reason: str

    @classmethod
    def of(
        cls,
        found: Analysis,
        gaps: Sequence[Explained],
        savings: Sequence[Saving],
        budget: Budget | None,
    ) -> "AnalysisBody":
        volume, rate = found.volume, found.throughput
        return cls(
            since=found.since,
            until=found.until,
            application=found.application,
            total=found.total,
            average_per_minute=ComparedBody.of(rate.per_minute),
            peak_per_minute=rate.peak,
            peak_at=rate.peak_at,
            trend=TrendBody.of(rate.trend),
            volume=VolumeBody.model_validate(
                {"step": volume.step, "p50": volume.p50, "p95": volume.p95, "p99": volume.p99}
            ),
            response_times=LatencyBody.of(found.latency),
            errors=found.errors,
            error_rate=found.error_rate,
            error_types=found.error_types,
            quality=[QualityTrendBody.of(each) for each in found.quality],
            quality_coverage=found.coverage,
            resources=[ResourceBody.of(each) for each in found.resources],
            satisfaction=ComparedBody.of(found.satisfaction),
            health=SystemHealthBody.of(found.health),
            recommendations=[RecommendationBody.of(each) for each in found.recommendations],
            knowledge_gaps=[KnowledgeGapBody.of(each) for each in gaps],
            system=SystemAnalysisBody.of(found.system),
            savings=[SavingBody.of(each) for each in savings],
            budget=None if budget is None else BudgetBody.of(budget),
            reason=found.reason,
        )
