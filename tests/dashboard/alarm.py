"""Findings and incidents for the pages of the alarm."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.serving.company import NOW

from groundwatch.alerting.desk import Desk
from groundwatch.alerting.engine import Engine
from groundwatch.alerting.intake import Posted, post
from groundwatch.alerting.running import plan_of
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.anomaly.advice import ACTIONS, AnomalyClass
from groundwatch.anomaly.bands import BandPoint
from groundwatch.anomaly.book import FindingBook
from groundwatch.anomaly.contributors import Contributor
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.findings import Finding
from groundwatch.anomaly.watcher import Seen
from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.store.alerts import rule_states
from groundwatch.store.alerts.posted import packed
from groundwatch.store.alerts.rule_states import Stored
from groundwatch.store.database import Database

MINUTE = timedelta(minutes=1)
SLOW = Finding(
    id="slow", metric="latency", labels={"application": "support-bot"}, value=5.7,
    expected=(0.9, 3.2), probability=1e-6, layers=(Layer.SEASONAL, Layer.BAND), confidence=0.75,
    severity=Severity.HIGH, kind=AnomalyClass.PERFORMANCE, worse=True,
    description="latency of application support-bot reached 5.7 s where 0.9 to 3.2 s is usual; "
    "it began at 2026-03-02 09:10 UTC; model gpt-4.1 accounts for 92% of the change.",
    start=NOW - 20 * MINUTE, peak=NOW - 8 * MINUTE, end=None,
    contributors=(Contributor("model", "gpt-4.1", 0.92, 0.3, 1.5, 9.1),),
    actions=ACTIONS[AnomalyClass.PERFORMANCE],
    interactions={"application": "support-bot", "model": "gpt-4.1"},
    changes=(Event("d", NOW - 25 * MINUTE, "deploy", component="gpt-4.1", message="<b>out</b>"),),
)  # fmt: skip
OVER = replace(
    SLOW, id="over", metric="flagged", labels={"application": "groundwatch", "flag": "secret"},
    value=3.0, expected=(0.0, 0.2), severity=Severity.CRITICAL, kind=AnomalyClass.SECURITY,
    description="flagged of application groundwatch reached 3.", start=NOW - 300 * MINUTE,
    peak=NOW - 290 * MINUTE, end=NOW - 280 * MINUTE, contributors=(), changes=(),
)  # fmt: skip


def book(database: Database) -> FindingBook:
    """Two findings: one lasts, one is over."""
    made = FindingBook(database)
    made.put([Seen(SLOW, NOW, _band(SLOW)), Seen(OVER, NOW, ())])
    return made


def _band(one: Finding) -> tuple[BandPoint, ...]:
    points = []
    for number in range(80):
        at = NOW - (80 - number) * MINUTE
        usual = 1.6 + 0.3 * (number % 7) / 7
        is_learning = number < 3
        value = usual * (3.3 if at >= one.start else 1.0)
        low, high = (None, None) if is_learning else (0.9, 3.2)
        points.append(BandPoint(at, value, low, high))
    return tuple(points)


class Moved:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def desk(database: Database, folder: Path) -> Desk:
    """Two incidents, one of them critical, as the engine made them."""
    policy = folder / "policy.yaml"
    policy.write_text(
        "# who is told of what\n"
        "default_rules: true\n"
        "receivers:\n"
        "  - {name: everyone, channels: [team]}\n"
        "  - {name: on-call, channels: [team, pager]}\n"
        "escalations: [{name: page, steps: [{after: 5m, notify: [pager]}]}]\n"
        "time_intervals:\n"
        "  - {name: mondays, time_intervals: [{weekdays: [monday]}]}\n"
        "route:\n"
        "  receiver: everyone\n"
        "  group_by: [alertname, application]\n"
        "  group_wait: 0s\n"
        "  routes:\n"
        "    - {receiver: on-call, matchers: ['severity=\"critical\"'], continue: true,\n"
        '       escalation: page, routes: [{receiver: everyone, matchers: [team=~"data|web"]}]}\n'
        "    - {receiver: everyone, matchers: [team=data], mute_time_intervals: [mondays]}\n"
    )
    hook = {"kind": "webhook", "url": "https://hooks.example/a"}
    settings = AlertingSettings.model_validate(
        {"policy": policy, "channels": {"team": hook, "pager": hook}}
    )
    clock, numbers = Moved(NOW - 10 * MINUTE), iter(range(1000))
    made = Desk(database, lambda: settings, lambda: NOW, lambda: f"made-{next(numbers)}")
    engine = Engine(database, plan_of(settings), clock, "test", new_id=lambda: f"i-{next(numbers)}")
    alerts = [
        Posted(
            {"alertname": "high_latency", "application": "support-bot", "severity": "medium"},
            {
                "summary": "Answers take <b>6 s</b> on average",
                "runbook": "high-latency",
                "metric": "latency",
                "remediation": "Look at the slowest stage first.",
            },
            ends_at=NOW + timedelta(days=1),
        ),
        Posted(
            {"alertname": "availability_sla", "application": "demo", "severity": "critical"},
            {"summary": "availability_sla: 0.93, promised 0.99", "impact": "30 of 400 questions"},
            ends_at=NOW + timedelta(days=1),
        ),
    ]
    post(database, clock, alerts)
    for _ in range(5):
        engine.tick()
        clock.at += MINUTE
    engine.release()
    _evaluated(database)
    return made


def _evaluated(database: Database) -> None:
    """Rules as they were last seen."""
    seen: tuple[tuple[str, dict[str, str], str, float | None], ...] = (
        ("high_latency", {"application": "support-bot"}, "firing", 6.2),
        ("high_latency", {"application": "demo"}, "inactive", 1.1),
        ("high_cpu", {}, "inactive", 0.42),
        ("scoring_backlog", {}, "pending", 1840.0),
        ("low_quality", {}, "no-data", None),
        ("high_error_rate", {}, "inactive", 0.012),
    )
    states = [
        Stored(name, packed(labels), state, NOW - 7 * MINUTE, None, value, NOW)
        for name, labels, state, value in seen
    ]
    with database.write() as c:
        rule_states.replace_all(c, states)
