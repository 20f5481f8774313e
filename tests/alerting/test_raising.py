"""What others find, as alerts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.alerting.timeline import made

from groundwatch.alerting.intake import Posted
from groundwatch.alerting.raising import Raiser, of_finding
from groundwatch.alerting.runbooks import names
from groundwatch.anomaly.advice import AnomalyClass
from groundwatch.anomaly.findings import Finding
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import posted
from groundwatch.store.database import Database

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Said:
    def __init__(self, database: Database, origin: str) -> None:
        self.database, self.now = made(database), NOW
        self.raiser = Raiser(database, lambda: self.now, origin)

    def names(self) -> list[str]:
        with self.database.read() as c:
            return sorted(alert.name for alert in posted.firing(c, self.now))


def test_what_is_not_said_again_ends_and_what_is_unknown_stays(database: Database):
    said = Said(database, "slo")
    a = Posted({"alertname": "a"}, generator_url="https://gw.example/levels")
    b = Posted({"alertname": "b"})
    said.raiser.say([a, b])
    assert said.names() == ["a", "b"]
    with database.read() as c:
        assert {x.generator_url for x in posted.firing(c, NOW)} == {"", a.generator_url}
    said.now += MINUTE
    said.raiser.say([], unknown=[a])
    assert said.names() == ["a"]
    said.now += MINUTE
    Raiser(database, lambda: said.now, "sla").say([])
    assert said.names() == ["a"], "each origin ends only its own"
    said.raiser.say([])
    assert said.names() == []


def finding(kind: AnomalyClass = AnomalyClass.PERFORMANCE, metric: str = "latency") -> Finding:
    return Finding(
        id="f1", metric=metric, labels={"application": "shop", "dimension": ""}, value=9.0,
        expected=(0.5, 1.0), probability=1e-6, layers=(), confidence=0.9, severity=Severity.HIGH,
        kind=kind, worse=True, description="Answers are slow.",
        start=NOW - 5 * MINUTE, peak=NOW, end=None, contributors=(), actions=("Look.", "Act."),
        interactions={}, changes=(),
    )  # fmt: skip


@pytest.mark.parametrize("kind", list(AnomalyClass))
def test_every_finding_has_a_plain_name_and_a_runbook(kind: AnomalyClass):
    for metric in ("latency", "errors"):
        told = of_finding(finding(kind, metric))
        assert re.fullmatch(r"[a-z_]+", told.labels["alertname"])
        assert told.annotations["runbook"] in names()


def test_a_finding_is_an_alert_from_its_start(new_database: Callable[[str], Database]):
    said = Said(new_database("sqlite"), "finding")
    said.raiser.say([of_finding(finding())])
    with said.database.read() as c:
        (alert,) = posted.firing(c, NOW)
    assert alert.labels == {
        "alertname": "anomaly_performance", "severity": "high", "metric": "latency",
        "application": "shop",
    }  # fmt: skip
    assert alert.starts_at == NOW - 5 * MINUTE
    assert alert.annotations["expected"] == "0.5 to 1"
    assert alert.annotations["remediation"] == "Look. Act."
