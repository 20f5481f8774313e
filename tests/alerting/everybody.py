"""Everybody who is told: a receiver of each kind on loopback, and what each must have been told."""

import base64
import hmac
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.alerting.receivers import (
    Answer,
    HttpReceiver,
    Request,
    SmtpReceiver,
    http_receiver,
    smtp_receiver,
)

KEY = b"k" * 32
SECRETS = {
    "hook": "whsec_" + base64.b64encode(KEY).decode(),
    "slack": "xoxb-1",
    "pager": "R" * 32,
}
TOLD = ("slack", "pager", "teams", "hook")


@dataclass
class World:
    """Everybody who is told."""

    http: dict[str, HttpReceiver] = field(default_factory=dict)
    mail: SmtpReceiver = field(default_factory=SmtpReceiver)

    def bodies(self, name: str) -> list[Any]:
        return [each.json for each in self.http[name].requests]

    def channels(self, secrets: Path | None = None) -> dict[str, dict[str, Any]]:
        """Their settings; secrets are files in a folder, or stand in the settings themselves."""

        def secret(name: str) -> str | dict[str, str]:
            if secrets is None:
                return SECRETS[name]
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


@contextmanager
def everybody() -> Iterator[World]:
    """Receivers that listen until the block ends; `next` is told by an escalation."""
    with ExitStack() as stack:
        found = World(mail=stack.enter_context(smtp_receiver()))
        posted = Answer(body=b'{"ok": true, "channel": "C9", "ts": "1.2"}')
        for name in (*TOLD, "next"):
            answers = [posted] if name == "slack" else []
            found.http[name] = stack.enter_context(http_receiver(*answers))
        yield found


def check_all(world: World, incident: str) -> None:
    """Each kind was told of one incident as its receivers expect it: begun once, ended once."""
    for check in (check_slack, check_pagerduty, check_teams, check_mail, check_webhook):
        check(world, incident)


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
