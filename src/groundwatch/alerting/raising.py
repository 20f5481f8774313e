"""Alerts of what others find: anomalies, broken promises, burning budgets."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from groundwatch.alerting import intake
from groundwatch.alerting.intake import Posted
from groundwatch.analytics.sla import SlaReport
from groundwatch.analytics.slo import BudgetState, ObjectiveState
from groundwatch.anomaly.findings import Finding
from groundwatch.domain.alerts import fingerprint
from groundwatch.domain.clock import Clock
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database

_LASTS = timedelta(days=1)
_UNKNOWN = frozenset({BudgetState.NO_DATA, BudgetState.TOO_FEW})


class Raiser:
    """Keeps the alerts of one origin in line with what holds now.

    Args:
        origin: `finding`, `sla` or `slo`: what is not said again of it ends.
    """

    def __init__(self, database: Database, clock: Clock, origin: str) -> None:
        self._database = database
        self._clock = clock
        self._origin = origin

    def say(self, holding: Sequence[Posted], unknown: Iterable[Posted] = ()) -> None:
        """Raise what holds, end what does not; what is not known stays as it is.

        Raises:
            Unavailable: the store does not answer.
        """
        now = self._clock()
        kept = {fingerprint(each.labels) for each in (*holding, *unknown)}
        with self._database.read() as c:
            there = posted.firing(c, now, self._origin)
        over = [
            Posted(a.labels, a.annotations, a.starts_at, now, a.generator_url)
            for a in there
            if a.fingerprint not in kept
        ]
        again = [
            Posted(each.labels, each.annotations, each.starts_at, now + _LASTS, each.generator_url)
            for each in holding
        ]
        intake.post(self._database, self._clock, [*again, *over], origin=self._origin)


def of_finding(one: Finding) -> Posted:
    """An anomaly as an alert: one for each series and class."""
    labels = {
        "alertname": f"anomaly_{one.kind}",
        "severity": str(one.severity),
        "metric": one.metric,
        **{name: value for name, value in one.labels.items() if value},
    }
    texts = {
        "summary": one.description,
        "remediation": " ".join(one.actions),
        "layers": ", ".join(str(layer) for layer in one.layers),
        "probability": f"{one.probability:.2g}",
        "finding": one.id,
    }
    if one.expected is not None:
        texts["expected"] = f"{one.expected[0]:.4g} to {one.expected[1]:.4g}"
    return Posted(labels, {k: v for k, v in texts.items() if v}, one.start, one.end)


def of_reports(reports: Iterable[SlaReport]) -> tuple[list[Posted], list[Posted]]:
    """Violations as alerts, and those of promises of which nothing is known."""
    holding, unknown = [], []
    for report in reports:
        scope = {"application": report.application} if report.application else {}
        for each in report.violations:
            labels = {"alertname": each.type, "severity": str(each.severity), **scope}
            text = f"{each.type}: {each.current:.4g}, promised {each.threshold:.4g}; {each.impact}"
            holding.append(Posted(labels, {"summary": text}, each.since))
        if report.sla_compliant is None:
            unknown += [
                Posted({"alertname": name, "severity": severity, **scope})
                for name, severity in _VIOLATIONS
            ]
    return holding, unknown


_VIOLATIONS = (
    ("response_time_sla", "high"),
    ("availability_sla", "critical"),
    ("quality_sla", "medium"),
)


def of_objectives(states: Iterable[ObjectiveState]) -> tuple[list[Posted], list[Posted]]:
    """Burning or spent budgets as alerts, and those of objectives of which nothing is known.

    An objective is one alert, which its worst rule describes.
    """
    holding, unknown = [], []
    for state in states:
        severity = str(state.severity) if state.severity else "medium"
        labels = {"alertname": "slo_budget", "objective": state.name, "severity": severity}
        if state.state in _UNKNOWN:
            unknown += [
                Posted({**labels, "severity": each})
                for each in ("low", "medium", "high", "critical")
            ]
        elif state.severity is not None:
            left = f"; {state.budget.left:.1%} of the budget is left" if state.budget.left else ""
            holding.append(Posted(labels, {"summary": f"{state.name}: {state.reason}{left}"}))
    return holding, unknown
