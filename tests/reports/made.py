"""A week of questions, and everything that makes reports of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.analytics.asked import asked, every, quality, record

from groundwatch.analytics.business import Assumptions
from groundwatch.domain.alerts import Incident
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.status import Severity
from groundwatch.reports.desk import ReportDesk
from groundwatch.reports.settings import ReportSettings
from groundwatch.reports.sources import Judged, Sources
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
"""A Wednesday."""


class Incidents:
    """Incidents in a list."""

    def __init__(self, *found: Incident) -> None:
        self.found = found

    def since(self, at: datetime) -> Sequence[Incident]:
        return [i for i in self.found if i.resolved_at is None or i.resolved_at >= at]


def incident(number: int, at: datetime, severity: Severity, minutes: int | None) -> Incident:
    return Incident(
        id=f"i{number}",
        key=f"k{number}",
        route="/",
        receiver="team",
        labels={},
        title=f"incident {number}",
        opened_at=at,
        due_at=None,
        severity=severity,
        acknowledged_by="mia" if minutes else "",
        acknowledged_at=at + timedelta(minutes=5) if minutes else None,
        resolved_at=at + timedelta(minutes=minutes) if minutes else None,
    )


def fill(events: EventStore, since: datetime, until: datetime, minutes: float = 30) -> None:
    """A question every so often: one in ten fails, one in ten is declined, all are scored."""
    moments = every(minutes, since, until)
    first = int(since.timestamp())
    outcomes = {0: Outcome.FAILED, 5: Outcome.DECLINED}
    ones = [
        asked(first + n, at, 1.0 + n % 4, outcomes.get(n % 10, Outcome.ANSWERED))
        for n, at in enumerate(moments)
    ]
    record(events, ones)
    events.put_scores([(one.id, quality(0.6 + n % 4 / 10)) for n, one in enumerate(ones)])
    for n, one in enumerate(ones[::5]):
        events.give_feedback(Feedback(one.id, one.user, one.started_at, -1 if n % 2 else 1))
    events.fold(until)


def desk(
    events: EventStore,
    database: Database,
    settings: ReportSettings | None = None,
    incidents: Incidents | None = None,
    now: datetime = NOW,
) -> ReportDesk:
    judged = Judged(monthly_budget=100.0, assumptions=Assumptions(6, 55))
    sources = Sources(events, incidents or Incidents(), judged)
    chosen = settings or ReportSettings()
    return ReportDesk(sources, database, lambda: chosen, lambda: now, "https://w.example")
