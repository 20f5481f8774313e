"""Everything together, as the watch runs it: numbers in, a signed webhook out, and its end."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.alerting.receivers import HttpReceiver, http_receiver
from tests.alerting.timeline import made
from tests.waiting import until

from groundwatch.alerting.intake import Posted, post
from groundwatch.alerting.running import Alerting, plan_of
from groundwatch.alerting.settings import AlertingSettings
from groundwatch.domain.clock import system_clock
from groundwatch.domain.events import Event
from groundwatch.domain.metrics import Point
from groundwatch.errors import ConfigInvalid
from groundwatch.store.alerts import outbox, posted
from groundwatch.store.alerts.outbox import Row
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
        assert system_clock() - began < timedelta(seconds=15)
        body = receiver.requests[0].json
        assert (body["status"], body["commonLabels"]["alertname"]) == ("firing", "slow")
        assert body["commonAnnotations"]["runbook"] == "high-latency"
        details = body["incident"]["details"]
        assert details["runbook"] == "https://gw.example/runbooks/high-latency"
        assert details["graph"] == "https://gw.example/alerts/rules?rule=slow"
        assert body["incident"]["url"].startswith("https://gw.example/alerts?incident=")
        assert body["incident"]["details"]["changes"].endswith("deploy  version 7")
        policy.write_text("route: [")  # refused: the one before stays
        events.add_points(system_clock(), "shop", [Point("latency", 0.1)] * 50)
        until(lambda: ("slow", "resolved") in told(receiver))
        until(lambda: ("PolicyRefused", "firing") in told(receiver))
        policy.write_text(POLICY.replace("group_wait: 0s", "group_wait: 1s"))
        alerting.close()
    events.close()
    assert not [each for each in threading.enumerate() if each.name in {"alerts", "rules"}]


@pytest.fixture
def running(
    new_database: Callable[[str], Database], tmp_path: Path
) -> Iterator[Callable[[AlertingSettings], Alerting]]:
    """Makes an alerting that is closed at the end, before its store is."""
    database = made(new_database("sqlite"))
    events = open_events(StoreSettings(), tmp_path, database, system_clock)
    with ExitStack() as stack:

        def run(settings: AlertingSettings) -> Alerting:
            numbers = (f"i{n}" for n in range(1000))
            one = Alerting(database, events, settings, system_clock, owner="one",
                           new_id=lambda: next(numbers))  # fmt: skip
            one.start()
            stack.callback(one.close)
            return one

        yield run
    events.close()


def settings_with(policy: Path, **ports: int) -> AlertingSettings:
    channels = {
        name: {"kind": "webhook", "url": f"http://127.0.0.1:{port}/", "allow_private": True}
        for name, port in ports.items()
    }
    return AlertingSettings.model_validate(
        {"policy": str(policy), "evaluate_seconds": 1, "channels": channels}
    )


def post_one(running: Alerting, **labels: str) -> None:
    said = Posted({"alertname": "Made", "severity": "critical", **labels},
                  ends_at=system_clock() + timedelta(hours=1))  # fmt: skip
    post(running._database, system_clock, [said])


def told(receiver: HttpReceiver) -> list[tuple[str, str]]:
    return [(r.json["commonLabels"]["alertname"], r.json["status"]) for r in receiver.requests]


ROUTE = "route: {receiver: team, group_by: ['...'], group_wait: 0s, group_interval: 1s}\n"
WITHOUT_RULES = ROUTE + "receivers: [{name: team, channels: [hook]}]\ndefault_rules: false\n"


@pytest.mark.integration
def test_a_changed_channel_is_used_at_once_and_a_wrong_change_changes_nothing(
    running: Callable[[AlertingSettings], Alerting], tmp_path: Path
):
    policy = tmp_path / "alerting.yaml"
    policy.write_text(WITHOUT_RULES)
    with http_receiver() as old, http_receiver() as new:
        one = running(settings_with(policy, hook=old.port))
        post_one(one, number="1")
        until(lambda: told(old) == [("Made", "firing")])
        one.follow(settings_with(policy, hook=new.port))
        post_one(one, number="2")
        until(lambda: told(new) == [("Made", "firing")])
        with pytest.raises(ConfigInvalid, match="there is no channel 'hook'"):
            one.follow(settings_with(policy, other=old.port))
        until(lambda: ("PolicyRefused", "firing") in told(new))
        post_one(one, number="3")
        until(lambda: told(new).count(("Made", "firing")) == 2)
        one.follow(settings_with(policy, hook=new.port, other=old.port))
        until(lambda: ("PolicyRefused", "resolved") in told(new))
    assert told(old) == [("Made", "firing")]


@pytest.mark.integration
def test_what_waits_for_a_channel_that_is_gone_is_laid_aside(
    running: Callable[[AlertingSettings], Alerting], tmp_path: Path
):
    policy = tmp_path / "alerting.yaml"
    policy.write_text(WITHOUT_RULES)
    with http_receiver() as receiver, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        one = running(settings_with(policy, hook=closed.getsockname()[1]))
        post_one(one)
        until(lambda: ["not reached" in row.error for row in rows_of(one)] == [True])
        one.follow(settings_with(moved(policy), other=receiver.port))
        gone = ("dead", "channel is not in the configuration")
        until(lambda: gone in [(row.state, row.error) for row in rows_of(one)])
        until(lambda: ("ChannelFailing", "firing") in told(receiver))


@pytest.mark.integration
def test_what_is_being_sent_to_a_channel_that_is_gone_is_laid_aside_when_it_failed(
    running: Callable[[AlertingSettings], Alerting], tmp_path: Path
):
    policy = tmp_path / "alerting.yaml"
    policy.write_text(WITHOUT_RULES)
    with http_receiver() as receiver, socket.create_server(("127.0.0.1", 0)) as silent:
        one = running(settings_with(policy, hook=silent.getsockname()[1]))
        post_one(one)
        connection, _ = silent.accept()
        one.follow(settings_with(moved(policy), other=receiver.port))
        (row,) = (each for each in rows_of(one) if each.channel == "hook")
        assert (row.state, row.attempts) == ("waiting", 1)
        connection.close()
        until(
            lambda: (
                [(row.state, row.attempts) for row in rows_of(one) if row.channel == "hook"]
                == [("dead", 2)]
            )
        )


@pytest.mark.integration
def test_a_policy_refused_at_the_start_leaves_the_default_one_until_it_fits(
    running: Callable[[AlertingSettings], Alerting], tmp_path: Path
):
    policy = tmp_path / "alerting.yaml"
    policy.write_text("route: {receiver: nobody}\nreceivers: [{name: a, channels: [ghost]}]\n")
    with http_receiver() as receiver:
        settings = settings_with(policy, hook=receiver.port)
        with pytest.raises(ConfigInvalid) as refused:
            plan_of(settings)
        assert "there is no channel 'ghost'" in str(refused.value)
        assert "there is no receiver 'nobody'" in str(refused.value)
        one = running(settings)
        with one._database.read() as c:
            (said,) = posted.firing(c, system_clock(), "self")
        assert said.name == "PolicyRefused"
        assert "there is no channel 'ghost'" in said.annotations["summary"]
        policy.write_text(WITHOUT_RULES)
        until(lambda: said.name not in names_firing(one))


def moved(policy: Path) -> Path:
    """The policy with the other channel, in a file of its own: nobody reads it too early."""
    other = policy.with_name("other.yaml")
    other.write_text(WITHOUT_RULES.replace("hook", "other"))
    return other


def rows_of(one: Alerting) -> list[Row]:
    with one._database.read() as c:
        return outbox.page(c)


def names_firing(one: Alerting) -> set[str]:
    with one._database.read() as c:
        return {alert.name for alert in posted.firing(c, system_clock())}
