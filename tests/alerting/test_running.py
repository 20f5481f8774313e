"""Everything together, as the watch runs it: numbers in, a signed webhook out, and its end."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.alerting.receivers import http_receiver
from tests.alerting.timeline import made

from groundwatch.alerting.running import Alerting
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.domain.clock import system_clock
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import Point
from groundwatch.errors import ConfigInvalid
from groundwatch.store.database import Database
from groundwatch.store.events import open_events
from groundwatch.store.settings import StoreSettings

POLICY = """
route: {receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s}
receivers: [{name: team, channels: [hook]}]
rules:
- {name: slow, metric: latency, operator: gt, threshold: 5, window: 1m, severity: high,
   message: "{value}", runbook: high-latency}
default_rules: false
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.integration
def test_from_a_slow_answer_to_a_webhook_and_back(
    new_database: Callable[[str], Database], tmp_path: Path
):
    database = made(new_database("sqlite"))
    events = open_events(StoreSettings(), tmp_path, database, system_clock)
    policy = tmp_path / "alerting.yaml"
    policy.write_text(POLICY)
    with http_receiver() as receiver:
        hook = {"kind": "webhook", "url": receiver.url(), "allow_private": True}
        settings = AlertingSettings.model_validate(
            {"policy": str(policy), "evaluate_seconds": 1, "channels": {"hook": hook}}
        )
        alerting = Alerting(
            database, events, settings, system_clock, owner="one", new_id=lambda: uuid4().hex,
            public_url="https://gw.example", changes=events.events,
        )  # fmt: skip
        began = system_clock()
        deploy = Event("d1", began - timedelta(minutes=5), "deploy", message="version 7")
        events.add_events([deploy])
        events.add_points(began, "shop", [Point("latency", 9.0)])
        alerting.start()
        until(lambda: len(receiver.requests) == 1)
        assert system_clock() - began < timedelta(seconds=5)
        body = receiver.requests[0].json
        assert (body["status"], body["commonLabels"]["alertname"]) == ("firing", "slow")
        assert body["commonAnnotations"]["runbook"] == "docs/runbooks/high-latency.md"
        assert body["incident"]["url"].startswith("https://gw.example/alerts?incident=")
        assert body["incident"]["details"]["changes"].endswith("deploy  version 7")
        policy.write_text("route: [")  # refused: the one before stays
        events.add_points(system_clock(), "shop", [Point("latency", 0.1)] * 50)
        until(lambda: len(receiver.requests) == 2)
        assert receiver.requests[1].json["status"] == "resolved"
        policy.write_text(POLICY.replace("group_wait: 0s", "group_wait: 1s"))
        alerting.close()
    events.close()
    assert not [each for each in threading.enumerate() if each.name in {"alerts", "rules"}]


def test_a_wrong_policy_is_refused_at_the_start(
    new_database: Callable[[str], Database], tmp_path: Path
):
    database = new_database("sqlite")
    policy = tmp_path / "alerting.yaml"
    policy.write_text("route: {receiver: nobody}\nreceivers: [{name: a, channels: [ghost]}]\n")
    settings = AlertingSettings(policy=policy)
    events = open_events(StoreSettings(), tmp_path, database, system_clock)
    with pytest.raises(ConfigInvalid) as refused:
        Alerting(database, events, settings, system_clock, owner="one", new_id=lambda: "x")
    events.close()
    said = str(refused.value)
    assert "there is no channel 'ghost'" in said
    assert "there is no receiver 'nobody'" in said
