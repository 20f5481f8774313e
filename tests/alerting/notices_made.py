"""Notices for tests of channels."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from groundwatch.alerting.notices import Notice, Shown
from groundwatch.domain.status import Severity

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def shown(name: str = "a", status: str = "firing", **more: Any) -> Shown:
    labels = {"alertname": "SlowAnswers", "instance": name, "severity": "high"}
    annotations = {"summary": f"<b>slow</b> & \u202e\u0142ate on {name}"}
    alert = Shown(status, labels, annotations, NOW, NOW if status == "resolved" else None,
                  "f" * 32, "http://prometheus.example/g")  # fmt: skip
    return replace(alert, **more)


def notice(**changes: Any) -> Notice:
    made = Notice(
        incident_id="inc-1", sequence=1, transition="firing", reason="first notification",
        status="firing", title="SlowAnswers (application=shop)", severity=Severity.HIGH,
        receiver="team", group_key="k1", group_labels={"alertname": "SlowAnswers"}, at=NOW,
        opened_at=NOW, alerts=(shown(), shown("b")), note="held back",
        details={"runbook": "https://docs.example/runbook", "remediation": "restart it"},
        link="https://gw.example/incidents/inc-1",
    )  # fmt: skip
    return replace(made, **changes)


RESOLVED = notice(transition="resolved", status="resolved", sequence=3, reason="all resolved",
                  alerts=(shown(status="resolved"),))  # fmt: skip
