"""The machine in a window, as HTTP shows it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from groundwatch.analytics.resources import Bottleneck, Peak, SystemAnalysis, Utilisation
from groundwatch.analytics.trend import Trend
from groundwatch.serving.bodies.body import Body


class UtilisationBody(Body):
    """How far a resource was used, or how long a queue was."""

    name: str
    unit: str = Field(description="`ratio` for shares in use, `1` for entries waiting.")
    mean: float | None
    p95: float | None
    peak: float | None = Field(description="The highest mean of a step.")
    peak_at: datetime | None
    limit: float | None
    over_limit: float | None = Field(description="Share of the looks above the limit.")
    trend: Literal["rising", "falling", "steady", "unknown"]
    per_day: float | None = Field(description="Slope in the unit a day.")

    @classmethod
    def of(cls, found: Utilisation) -> "UtilisationBody":
        trend: Trend = found.trend
        return cls(
            name=found.name,
            unit=found.unit,
            mean=found.mean,
            p95=found.p95,
            peak=found.peak,
            peak_at=found.peak_at,
            limit=found.limit,
            over_limit=found.over,
            trend=trend.direction,
            per_day=trend.per_day,
        )


class PeakBody(Body):
    """One of the three busiest steps, and how answers and machine did in it."""

    at: datetime
    requests: int
    p95: float | None
    cpu: float | None
    memory: float | None

    @classmethod
    def of(cls, found: Peak) -> "PeakBody":
        return cls(
            at=found.at,
            requests=found.requests,
            p95=found.p95,
            cpu=found.cpu,
            memory=found.memory,
        )


class BottleneckBody(Body):
    """What holds answers up, with its evidence."""

    kind: Literal["resource", "queue", "stage"]
    name: str
    reason: str
    evidence: list[str]

    @classmethod
    def of(cls, found: Bottleneck) -> "BottleneckBody":
        return cls(
            kind=found.kind, name=found.name, reason=found.reason, evidence=list(found.evidence)
        )


class SystemAnalysisBody(Body):
    """Utilisation, peak times and bottlenecks."""

    resources: list[UtilisationBody]
    peaks: list[PeakBody]
    bottlenecks: list[BottleneckBody]
    reason: str = Field(description="Why nothing can be said of the machine.")

    @classmethod
    def of(cls, found: SystemAnalysis) -> "SystemAnalysisBody":
        return cls(
            resources=[UtilisationBody.of(each) for each in found.resources],
            peaks=[PeakBody.of(each) for each in found.peaks],
            bottlenecks=[BottleneckBody.of(each) for each in found.bottlenecks],
            reason=found.reason,
        )
