"""Limits and open incidents, as several bodies show them."""

from datetime import datetime

from groundwatch.analytics.capacity import Limit
from groundwatch.domain.alerts import Incident
from groundwatch.serving.bodies.body import Body


class LimitBody(Body):
    """How far a limit is away; the days are null where there is no number."""

    resource: str
    unit: str
    reach: str
    reason: str
    limit: float
    value: float | None
    days: float | None
    soonest: float | None
    latest: float | None
    history_days: int

    @classmethod
    def of(cls, found: Limit) -> "LimitBody":
        values = {name: getattr(found, name) for name in cls.model_fields if name != "reach"}
        return cls(**values, reach=str(found.reach))


class OpenIncidentBody(Body):
    """An incident that is not over, in short."""

    id: str
    title: str
    name: str
    severity: str
    opened_at: datetime
    owner: str
    acknowledged_by: str

    @classmethod
    def of(cls, one: Incident) -> "OpenIncidentBody":
        values = {n: getattr(one, n) for n in cls.model_fields if n != "severity"}
        return cls(**values, severity=str(one.severity))
