"""What service levels have to say to whoever is on call: label sets and annotations.

An alert's identity is its labels, so they hold nothing that changes while it lasts; numbers are
annotations. What is not in the answer is not the case (any more).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from groundwatch.analytics.burn import hours
from groundwatch.analytics.sla import SlaReport
from groundwatch.analytics.slo import BudgetState, BurnState, ObjectiveState, RuleState
from groundwatch.analytics.slo_words import broken, burning
from groundwatch.domain.status import Severity

BURN, SPENT, NO_DATA = "slo_burn", "slo_budget_spent", "slo_no_data"
LINK = "/service-levels"
_RUNBOOKS = {
    "availability": "high-error-rate",
    "availability_sla": "high-error-rate",
    "latency": "high-latency",
    "response_time_sla": "high-latency",
    "quality": "low-quality",
    "quality_sla": "low-quality",
    "freshness": "stale-source",
    "cost": "budget",
}


@dataclass(frozen=True, slots=True)
class LevelAlert:
    """One thing that is the case.

    Attributes:
        since: when it began, where that is known.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: datetime | None = None


def alerts_of(
    states: Iterable[ObjectiveState], reports: Iterable[SlaReport]
) -> tuple[LevelAlert, ...]:
    """Every violated promise, burning or spent budget, and objective that fell silent."""
    found = [alert for state in states for alert in _of_objective(state)]
    found += [alert for report in reports for alert in _of_report(report)]
    return tuple(found)


def _of_objective(state: ObjectiveState) -> list[LevelAlert]:
    burning = [rule for rule in state.rules if rule.state is BurnState.BURNING]
    by_urgency = {rule.urgency: rule for rule in reversed(burning)}
    found = [_burn(state, rule) for rule in by_urgency.values()]
    if state.budget.left is not None and state.state is BudgetState.SPENT:
        found.append(
            _alert(state, SPENT, Severity.MEDIUM, f"Objective {state.name}: {state.reason}")
        )
    if state.state is BudgetState.NO_DATA and state.budget.since is not None:
        reason = f"Objective {state.name}: {state.reason}"
        found.append(_alert(state, NO_DATA, Severity.LOW, reason, runbook="no-data"))
    return found


def _burn(state: ObjectiveState, rule: RuleState) -> LevelAlert:
    more = {"urgency": rule.urgency}
    reason = f"{burning(state.objective, rule)}; {state.name} {rule.reason}"
    return _alert(state, BURN, rule.severity, reason, more=more)


def _alert(
    state: ObjectiveState,
    name: str,
    severity: Severity,
    summary: str,
    *,
    runbook: str = "",
    more: Mapping[str, str] | None = None,
) -> LevelAlert:
    budget, objective = state.budget, state.objective
    annotations = {
        "summary": summary,
        "target": f"{100 * objective.target:.10g} %",
        "achieved": "" if budget.achieved is None else f"{budget.achieved:.4%}",
        "budget_left": "" if budget.left is None else f"{budget.left:.1%}",
        "empty_in": hours(budget.empty_in) if budget.empty_in else "",
        "runbook": runbook or _RUNBOOKS[objective.kind],
        "link": LINK,
    }
    labels = {
        "alertname": name,
        "objective": state.name,
        "kind": objective.kind,
        "application": objective.application,
        "severity": severity.value,
        **(more or {}),
    }
    return LevelAlert(_present(labels), _present(annotations))


def _of_report(report: SlaReport) -> list[LevelAlert]:
    found: list[LevelAlert] = []
    for each in report.violations:
        labels = {
            "alertname": each.type,
            "application": report.application,
            "severity": each.severity.value,
        }
        annotations = {
            "summary": f"{broken(each)}; {each.impact}",
            "value": f"{each.current:.4g}",
            "threshold": f"{each.threshold:g}",
            "impact": each.impact,
            "runbook": _RUNBOOKS[each.type],
            "link": LINK,
        }
        found.append(LevelAlert(_present(labels), annotations, each.since))
    return found


def _present(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}
