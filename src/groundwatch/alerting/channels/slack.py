"""Slack: an incoming webhook, or a bot that edits its own message.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.update
"""

import json
from typing import Any, Literal

from pydantic import Field, model_validator

from groundwatch.alerting.channels import wording
from groundwatch.alerting.channels.channel import ChannelSettings
from groundwatch.alerting.channels.posting import Target, post
from groundwatch.alerting.notices import Notice
from groundwatch.domain.status import Severity
from groundwatch.errors import Overloaded, Unavailable, Unusable
from groundwatch.settings import Secret, SecretUrl

_HEADER = 150
_SECTION = 3000
_TRANSIENT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
_COLOURS = {
    Severity.CRITICAL: "#b3261e",
    Severity.HIGH: "#d95f02",
    Severity.MEDIUM: "#e6ab02",
    Severity.LOW: "#4c78a8",
    Severity.INFO: "#7f7f7f",
}
_GREEN = "#2e7d32"


class SlackSettings(ChannelSettings):
    """A Slack channel.

    Attributes:
        url: an incoming webhook; empty with a bot.
        token: a bot's token (`chat:write`); it edits its message instead of adding one.
        channel: where the bot writes: a channel's id.
        api: where the bot calls Slack.
    """

    kind: Literal["slack"]
    url: SecretUrl = ""
    token: Secret = ""
    channel: str = ""
    api: str = "https://slack.com/api"
    per_minute: int = Field(default=50, ge=1, le=6000)

    @model_validator(mode="after")
    def _one_way(self) -> "SlackSettings":
        if bool(self.url) == bool(self.token):
            raise ValueError("needs `url` (a webhook) or `token` (a bot), and not both")
        if self.token and not self.channel:
            raise ValueError("a bot needs `channel`, the id of the channel it writes to")
        return self


class Slack:
    """Posts to a channel; a bot edits its message when something changes."""

    def __init__(self, name: str, settings: SlackSettings) -> None:
        self._name = name
        self._settings = settings

    def send(self, notice: Notice, receipt: str, /) -> str:
        message = message_of(notice)
        if self._settings.url:
            post(self._target(self._settings.url), _json(message), {})
            return ""
        if receipt:
            where = json.loads(receipt)
            self._call("chat.update", {**message, **where})
            if notice.transition in {"escalated", "update", "resolved"}:
                reply = {"text": message["text"], "thread_ts": where["ts"]}
                self._call("chat.postMessage", {**reply, "channel": where["channel"]})
            return receipt
        answer = self._call("chat.postMessage", {**message, "channel": self._settings.channel})
        return json.dumps({"channel": answer["channel"], "ts": answer["ts"]})

    def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._settings.token}",
            "Content-Type": "application/json; charset=utf-8",
        }
        url = f"{self._settings.api.rstrip('/')}/{method}"
        reply = post(self._target(url), _json(body), headers)
        try:
            answer = json.loads(reply.body)
        except ValueError as error:
            raise Unavailable(f"the channel {self._name}: Slack's answer is no JSON") from error
        if isinstance(answer, dict) and answer.get("ok") is True:
            return answer
        code = str(answer.get("error", "unknown") if isinstance(answer, dict) else "unknown")
        said = f"the channel {self._name}: Slack says {wording.cut(code, 60)}"
        if code in {"ratelimited", "rate_limited"}:
            raise Overloaded(said, 30.0)
        if code in _TRANSIENT:
            raise Unavailable(said)
        raise Unusable(said)

    def _target(self, url: str) -> Target:
        settings = self._settings
        return Target(self._name, url, settings.timeout_seconds, settings.allow_private)


def message_of(notice: Notice) -> dict[str, Any]:
    """Header, alerts and facts as blocks, and a text for notifications."""
    headline = wording.headline(notice)
    alerts = "\n".join(f"• {_escaped(line)}" for line in wording.lines(notice))
    facts = "\n".join(f"*{name}*: {_escaped(text)}" for name, text in wording.facts(notice))
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": wording.cut(headline, _HEADER)}}
    ]
    blocks += [_section(text) for text in (alerts, facts) if text]
    if notice.link:
        blocks.append(_section(f"<{notice.link}|Open the incident>"))
    colour = _GREEN if notice.status == "resolved" else _COLOURS[notice.severity]
    return {
        "text": wording.cut(_escaped(headline), _SECTION),
        "attachments": [{"color": colour, "blocks": blocks}],
    }


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": wording.cut(text, _SECTION)}}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
