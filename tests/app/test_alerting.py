"""The alarm of a running server, seen by everybody who is told: begun, escalated, taken, ended.

A client sends failing questions over HTTP; the watch process counts them, sees that an error
budget burns, and tells five channels. No rule is written by hand.
"""

import base64
import hmac
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from groundwatch.domain.clock import system_clock
from tests.alerting.receivers import (
    Answer,
    HttpReceiver,
    Request,
    SmtpReceiver,
    http_receiver,
    smtp_receiver,
)
from tests.app.deployment import PATIENCE, Deployment
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

KEY = b"k" * 32
SECRETS = {
    "hook": "whsec_" + base64.b64encode(KEY).decode(),
    "slack": "xoxb-1",
    "pager": "R" * 32,
}
TAKEN = "channels are taken over"
TOLD = ("slack", "pager", "teams", "hook")
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


@dataclass
class World:
    """Everybody who is told."""

    http: dict[str, HttpReceiver] = field(default_factory=dict)
    mail: SmtpReceiver = field(default_factory=SmtpReceiver)

    def bodies(self, name: str) -> list[Any]:
        return [each.json for each in self.http[name].requests]

    def channels(self, secrets: Path) -> dict[str, dict[str, Any]]:
        def secret(name: str) -> dict[str, str]:
            file = secrets / name
            file.write_text(SECRETS[name])
            file.chmod(0o600)
            return {"file": str(file)}

        def url(name: str) -> str:
            return self.http[name].url()

        made: dict[str, dict[str, Any]] = {
            "slack": {"kind": "slack", "token": secret("slack"), "channel": "C1",
                      "api": url("slack")},
            "pager": {"kind": "pagerduty", "routing_key": secret("pager"),
                      "api": self.http["pager"].url("")},
            "teams": {"kind": "teams", "url": url("teams")},
            "mail": {"kind": "mail", "host": "127.0.0.1", "port": self.mail.port, "tls": "none",
                     "sender": "gw@gw.example", "to": ["ops@x.example"]},
            "hook": {"kind": "webhook", "url": url("hook"), "secret": secret("hook")},
            "next": {"kind": "webhook", "url": url("next")},
        }  # fmt: skip
        return {name: {**each, "allow_private": True} for name, each in made.items()}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with ExitStack() as stack:
        found = World(mail=stack.enter_context(smtp_receiver()))
        posted = Answer(body=b'{"ok": true, "channel": "C9", "ts": "1.2"}')
        for name in (*TOLD, "next"):
            answers = [posted] if name == "slack" else []
            found.http[name] = stack.enter_context(http_receiver(*answers))
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
    assert "slo_burn" in incident["title"]
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
    for check in (check_slack, check_pagerduty, check_teams, check_mail, check_webhook):
        check(world, incident["id"])


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


def transitions(bodies: list[Any]) -> list[str]:
    return [body["incident"]["transition"] for body in bodies]


def check_slack(world: World, _: str) -> None:
    """The bot posted once, and edited that message."""
    requests = world.http["slack"].requests
    first, *others = [(each.path.rpartition("/")[2], each.json) for each in requests]
    assert first[0] == "chat.postMessage"
    assert "FIRING" in first[1]["text"]
    edits = [body for method, body in others if method == "chat.update"]
    replies = [body for method, body in others if method == "chat.postMessage"]
    assert {(body["channel"], body["ts"]) for body in edits} == {("C9", "1.2")}
    assert sum("RESOLVED" in body["text"] for body in edits) == 1
    assert {body["thread_ts"] for body in replies} == {"1.2"}, "beside it, only in its thread"
    assert {each.headers["authorization"] for each in requests} == {"Bearer xoxb-1"}


def check_pagerduty(world: World, incident: str) -> None:
    events = world.bodies("pager")
    actions = [each["event_action"] for each in events]
    assert (actions[0], actions[-1]) == ("trigger", "resolve")
    assert (actions.count("resolve"), actions.count("acknowledge")) == (1, 1)
    assert {each["dedup_key"] for each in events} == {f"groundwatch/{incident}"}
    assert {each["routing_key"] for each in events} == {"R" * 32}


def check_teams(world: World, _: str) -> None:
    cards = [body["attachments"][0]["content"]["body"][0]["text"] for body in world.bodies("teams")]
    assert "FIRING" in cards[0]
    assert sum("RESOLVED" in text for text in cards) == 1
    assert "RESOLVED" in cards[-1]


def check_mail(world: World, _: str) -> None:
    first, *others = world.mail.messages
    assert "FIRING" in first["Subject"]
    assert {each["In-Reply-To"] for each in others} == {first["Message-ID"]}, "one thread"
    assert len({each["Message-ID"] for each in world.mail.messages}) == 1 + len(others)
    assert sum("RESOLVED" in each["Subject"] for each in others) == 1


def check_webhook(world: World, _: str) -> None:
    for request in world.http["hook"].requests:
        assert request.headers["webhook-signature"] == signed(request)
    ids = [each.headers["webhook-id"] for each in world.http["hook"].requests]
    assert len(set(ids)) == len(ids)


def signed(request: Request) -> str:
    """What Standard Webhooks demands."""
    stamp = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}."
    digest = hmac.digest(KEY, stamp.encode() + request.body, sha256)
    return "v1," + base64.b64encode(digest).decode()
