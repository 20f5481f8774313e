"""The alarm of a running server, seen by everybody who is told: begun, escalated, taken, ended.

A client sends failing questions over HTTP; the watch process counts them, sees that an error
budget burns, and tells five channels. No rule is written by hand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundwatch.domain.clock import system_clock
from tests.alerting.everybody import TOLD, World, check_all, everybody, signed, transitions
from tests.alerting.receivers import http_receiver
from tests.app.deployment import PATIENCE, Deployment
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TAKEN = "channels are taken over"
POLICY = """
default_rules: false
receivers:
  - {name: nobody}
  - {name: everybody, channels: [slack, pager, teams, mail, hook]}
route:
  receiver: nobody
  group_wait: 0s
  routes:
    - {matchers: [alertname="slo_burn"], receiver: everybody, group_by: [alertname, objective],
       group_interval: 1s, escalation: page}
escalations:
  - {name: page, repeat: 5, steps: [{after: 2s, notify: [next]}]}
"""
OBJECTIVE = {
    "kind": "availability",
    "target": 0.9,
    "application": "shop",
    "period_days": 2,
    "rules": [{"budget_share": 0.1, "long_hours": 1.2}],  # the short one is of several minutes
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with everybody() as found:
        yield found


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """None are needed."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def settings(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("alerting")
    (folder / "policy.yaml").write_text(POLICY)
    return {
        "embedder": {"kind": "none"},
        "anomaly": {"enabled": False},
        "service_levels": {"objectives": {"shop": OBJECTIVE}},
        "alerting": {
            "policy": str(folder / "policy.yaml"),
            "evaluate_seconds": 1,
            "channels": world.channels(folder),
        },
    }


def ask_many(server: Deployment, name: str, count: int, outcome: str) -> None:
    """As many questions to another application, as its client sends them."""
    now = system_clock().isoformat()
    sent = [
        {"id": f"{name}-question-{number}", "started_at": now, "duration": 0.4, "query": "When?",
         "response": "At nine." if outcome == "answered" else "", "outcome": outcome}
        for number in range(count)
    ]  # fmt: skip
    reply = server.ask(
        "ada", "POST", "/v1/interactions", json={"application": "shop", "interactions": sent}
    )
    assert reply.status_code == 200, reply.text


def the_incident(server: Deployment) -> dict[str, Any]:
    found = server.ask("ada", "GET", "/v1/incidents?receiver=everybody").json()["incidents"]
    assert len(found) == 1, "one condition is one incident"
    incident: dict[str, Any] = found[0]
    return incident


def test_a_burning_budget_is_told_escalated_taken_and_ended_everywhere(
    server: Deployment, world: World
):
    ask_many(server, "failing", 60, "failed")
    until(lambda: all(world.http[each].requests for each in TOLD), PATIENCE)
    until(lambda: bool(world.mail.messages), PATIENCE)
    until(lambda: bool(world.http["next"].requests), PATIENCE)
    incident = the_incident(server)
    assert incident["name"] == "slo_burn"
    assert incident["title"].startswith("shop: ")
    assert incident["title"].endswith(" of questions fail, 10 % may")
    taken = server.ask("ada", "POST", f"/v1/incidents/{incident['id']}/acknowledge", json={})
    assert taken.json()["escalates_at"] is None
    ask_many(server, "fine", 400, "answered")
    until(lambda: the_incident(server)["resolved_at"] is not None, PATIENCE)
    until(lambda: not waiting(server), PATIENCE)

    assert transitions(world.bodies("hook"))[0] == "firing"
    assert transitions(world.bodies("hook"))[-1] == "resolved"
    assert transitions(world.bodies("hook")).count("firing") == 1
    assert transitions(world.bodies("hook")).count("resolved") == 1
    escalated = transitions(world.bodies("next"))
    assert escalated[0] == "escalated"
    assert escalated[-1] == "resolved", "who was told by an escalation is told of the end"
    assert escalated.count("resolved") == 1
    assert the_incident(server)["acknowledged_by"] == "ada"
    check_all(world, incident["id"])


def test_a_channel_that_is_changed_is_used_without_a_restart(server: Deployment, world: World):
    alerting = server.settings["alerting"]
    with http_receiver() as moved:
        hook = {**alerting["channels"]["hook"], "url": moved.url("/moved")}
        server.configure(alerting={**alerting, "channels": {**alerting["channels"], "hook": hook}})
        until(lambda: any(TAKEN in server.log(each) for each in ("watch", "server")), PATIENCE)
        before = len(world.http["hook"].requests)
        labels = {"alertname": "slo_burn", "objective": "posted", "severity": "critical"}
        reply = server.ask("ada", "POST", "/api/v2/alerts", json=[{"labels": labels}])
        assert reply.status_code == 200, reply.text
        until(lambda: moved.requests, PATIENCE)
        assert moved.requests[0].headers["webhook-signature"] == signed(moved.requests[0])
    assert len(world.http["hook"].requests) == before


def waiting(server: Deployment) -> list[Any]:
    """Notices that are still to be delivered."""
    found: list[Any] = server.ask("ada", "GET", "/v1/alerts/notices?state=waiting").json()[
        "notices"
    ]
    return found
