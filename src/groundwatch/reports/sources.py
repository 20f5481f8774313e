"""Where reports read, and by what they judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from groundwatch.analytics.business import NOTHING_ASSUMED, Assumptions
from groundwatch.analytics.capacity_settings import CapacitySettings
from groundwatch.analytics.slo_settings import ServiceLevelSettings, SlaSettings
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.thresholds import DEFAULT, Thresholds
from groundwatch.domain.alerts import Incident
from groundwatch.reports.spans import Span
from groundwatch.store.alerts import incidents
from groundwatch.store.database import Database


class Incidents(Protocol):
    """Where incidents are read."""

    def since(self, at: datetime) -> Sequence[Incident]:
        """Incidents that began since a moment, and those before it that were not over then."""
        ...


class StoredIncidents:
    """The incidents of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, at: datetime) -> Sequence[Incident]:
        with self._database.read() as connection:
            recent = incidents.overlapping(connection, at)
        return [each for each in recent if each.kind == "group"]


@dataclass(frozen=True, slots=True)
class Judged:
    """By what numbers are judged.

    Attributes:
        monthly_budget: US dollars a calendar month; None without a limit.
        assumptions: what an answer is worth, as declared.
    """

    thresholds: Thresholds = DEFAULT
    levels: ServiceLevelSettings = field(default_factory=ServiceLevelSettings)
    capacity: CapacitySettings = field(default_factory=CapacitySettings)
    monthly_budget: float | None = None
    assumptions: Assumptions = NOTHING_ASSUMED

    def promised(self, application: str) -> SlaSettings:
        """The SLA of an application, or of all together."""
        return self.levels.applications.get(application, self.levels.sla)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a report is made of."""

    cells: Cells
    incidents: Incidents
    judged: Judged = field(default_factory=Judged)


@dataclass(frozen=True, slots=True)
class Reading:
    """Sources, and the span that is read."""

    sources: Sources
    span: Span

    @property
    def cells(self) -> Cells:
        return self.sources.cells

    @property
    def judged(self) -> Judged:
        return self.sources.judged
