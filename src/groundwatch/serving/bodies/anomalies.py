"""Findings as HTTP shows them."""

from datetime import datetime

from pydantic import Field

from groundwatch.anomaly.findings import Finding
from groundwatch.anomaly.watcher import Seen
from groundwatch.serving.bodies.body import Body


class ContributorBody(Body):
    """A label that moved more than its size explains."""

    dimension: str
    label: str
    share: float = Field(description="Of the whole change.")
    weight_share: float = Field(description="Of the observations before.")
    before: float | None
    during: float | None


class BesideBody(Body):
    """A deploy or another change beside the beginning."""

    id: str
    at: datetime
    type: str
    component: str
    message: str


class FindingBody(Body):
    """An anomaly; `end` is null while it lasts."""

    id: str
    metric: str
    labels: dict[str, str]
    value: float
    expected: tuple[float, float] | None
    probability: float
    layers: list[str]
    confidence: float
    severity: str
    kind: str
    worse: bool | None = Field(description="Null for a metric that is neither good nor bad.")
    description: str
    start: datetime
    peak: datetime
    end: datetime | None
    contributors: list[ContributorBody]
    actions: list[str]
    interactions: dict[str, str] = Field(description="How to list those of the stretch.")
    changes: list[BesideBody]

    @classmethod
    def of(cls, one: Finding) -> "FindingBody":
        return cls(
            id=one.id,
            metric=one.metric,
            labels=dict(one.labels),
            value=one.value,
            expected=one.expected,
            probability=one.probability,
            layers=[str(each) for each in one.layers],
            confidence=one.confidence,
            severity=str(one.severity),
            kind=str(one.kind),
            worse=one.worse,
            description=one.description,
            start=one.start,
            peak=one.peak,
            end=one.end,
            contributors=[
                ContributorBody(
                    dimension=each.dimension,
                    label=each.label,
                    share=each.share,
                    weight_share=each.weight_share,
                    before=each.before,
                    during=each.during,
                )
                for each in one.contributors
            ],
            actions=list(one.actions),
            interactions=dict(one.interactions),
            changes=[
                BesideBody(
                    id=each.id,
                    at=each.at,
                    type=each.type,
                    component=each.component,
                    message=each.message,
                )
                for each in one.changes
            ],
        )


class FindingPageBody(Body):
    """Findings, the newest beginning first; `next` continues, null at the end."""

    anomalies: list[FindingBody]
    next: str | None


class JudgedBody(Body):
    """One judged minute; the expected range is null while a series is learning."""

    at: datetime
    value: float
    low: float | None
    high: float | None


class SeenBody(Body):
    """A finding with the minutes around it."""

    anomaly: FindingBody
    seen_at: datetime
    series: list[JudgedBody]

    @classmethod
    def of(cls, seen: Seen) -> "SeenBody":
        return cls(
            anomaly=FindingBody.of(seen.finding),
            seen_at=seen.seen_at,
            series=[
                JudgedBody(at=each.at, value=each.value, low=each.low, high=each.high)
                for each in seen.band
            ],
        )
