"""Alerts of what others find: anomalies, service levels."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from groundwatch.alerting import intake
from groundwatch.alerting.intake import Posted
from groundwatch.alerting.phrasing import headline_of
from groundwatch.anomaly.advice import AnomalyClass
from groundwatch.anomaly.findings import Finding
from groundwatch.domain.alerts import fingerprint
from groundwatch.domain.clock import Clock
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database

_LASTS = timedelta(days=1)
_RUNBOOKS = {
    AnomalyClass.QUALITY: "low-quality",
    AnomalyClass.PERFORMANCE: "high-latency",
    AnomalyClass.FRESHNESS: "stale-source",
    AnomalyClass.COST: "budget",
}


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
        "alertname": "anomaly_" + one.kind.replace(" ", "_"),
        "severity": str(one.severity),
        "metric": one.metric,
        **{name: value for name, value in one.labels.items() if value},
    }
    texts = {
        "summary": headline_of(one),
        "description": one.description,
        "remediation": " ".join(one.actions),
        "layers": ", ".join(str(layer) for layer in one.layers),
        "probability": f"{one.probability:.2g}",
        "finding": one.id,
        "runbook": _runbook(one),
    }
    if one.expected is not None:
        texts["expected"] = f"{one.expected[0]:.4g} to {one.expected[1]:.4g}"
    return Posted(labels, {k: v for k, v in texts.items() if v}, one.start, one.end)


def _runbook(one: Finding) -> str:
    if one.metric.startswith("errors"):
        return "high-error-rate"
    return _RUNBOOKS.get(one.kind, "anomaly")
