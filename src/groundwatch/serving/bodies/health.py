"""How the system is, as HTTP shows it."""

from datetime import datetime

from pydantic import Field

from groundwatch.domain.status import Status
from groundwatch.serving.bodies.body import Body
from groundwatch.telemetry.health import Health, Part


class PartBody(Body):
    """One part of the system."""

    name: str
    status: Status
    detail: str
    seconds: float = Field(description="That the probe took.")
    critical: bool

    @classmethod
    def of(cls, part: Part) -> "PartBody":
        return cls(
            name=part.name,
            status=part.status,
            detail=part.detail,
            seconds=part.seconds,
            critical=part.critical,
        )


class SystemBody(Body):
    """How the system is."""

    at: datetime
    status: Status = Field(description="The worst part; one that is not vital is degraded at most.")
    score: float = Field(description="0 to 100.")
    critical_issues: tuple[str, ...]
    parts: tuple[PartBody, ...]

    @classmethod
    def of(cls, health: Health) -> "SystemBody":
        return cls(
            at=health.at,
            status=health.status,
            score=health.score,
            critical_issues=health.critical,
            parts=tuple(PartBody.of(part) for part in health.parts),
        )
