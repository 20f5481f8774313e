"""Service levels in the watch process: judged again and again, and said to alerting."""

from collections.abc import Iterable, Iterator

from groundwatch.alerting.intake import Posted
from groundwatch.alerting.raising import Raiser
from groundwatch.analytics.sla import SlaReport, sla_reports
from groundwatch.analytics.slo import BudgetState, ObjectiveState, objectives
from groundwatch.analytics.slo_alerts import BURN, LevelAlert, alerts_of
from groundwatch.analytics.slo_settings import ServiceLevelSettings
from groundwatch.analytics.tallies import Cells
from groundwatch.domain.clock import Clock
from groundwatch.store.database import Database

ORIGIN = "slo"
_UNKNOWN = frozenset({BudgetState.NO_DATA, BudgetState.TOO_FEW})
_VIOLATIONS = {
    "response_time_sla": "high",
    "availability_sla": "critical",
    "quality_sla": "medium",
}


class LevelWatch:
    """Judges service levels and says what is wrong.

    Args:
        cells: the numbers they are judged by.
        database: where alerts are posted.
        public_url: where people reach the pages; may be empty.
    """

    def __init__(
        self,
        cells: Cells,
        database: Database,
        settings: ServiceLevelSettings,
        clock: Clock,
        public_url: str = "",
    ) -> None:
        self._cells = cells
        self._settings = settings
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._raiser = Raiser(database, clock, ORIGIN)

    def judge(self) -> tuple[LevelAlert, ...]:
        """Judge everything now and say it; returns what is wrong."""
        now = self._clock()
        states = objectives(self._cells, self._settings.objectives, now)
        reports = sla_reports(self._cells, self._settings, now)
        found = alerts_of(states, reports)
        self._raiser.say([self._posted(each) for each in found], unknown(states, reports))
        return found

    def _posted(self, found: LevelAlert) -> Posted:
        link = found.annotations.get("link", "")
        url = f"{self._public_url}{link}" if self._public_url and link else ""
        return Posted(found.labels, found.annotations, found.since, generator_url=url)


def unknown(states: Iterable[ObjectiveState], reports: Iterable[SlaReport]) -> list[Posted]:
    """Alerts that nobody can say are over: what is not measured stays as it was."""
    return [*_of_states(states), *_of_reports(reports)]


def _of_states(states: Iterable[ObjectiveState]) -> Iterator[Posted]:
    for state in states:
        if state.state not in _UNKNOWN:
            continue
        for rule in state.rules:
            labels = {
                "alertname": BURN,
                "objective": state.name,
                "kind": state.objective.kind,
                "application": state.objective.application,
                "severity": rule.severity.value,
                "urgency": rule.urgency,
            }
            yield Posted({name: text for name, text in labels.items() if text})


def _of_reports(reports: Iterable[SlaReport]) -> Iterator[Posted]:
    for report in reports:
        scope = {"application": report.application} if report.application else {}
        for promise in report.promises:
            name = f"{promise.sla}_sla"
            if promise.holds is None:
                yield Posted({"alertname": name, "severity": _VIOLATIONS[name], **scope})
