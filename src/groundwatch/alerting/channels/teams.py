"""Microsoft Teams through a Workflows webhook, which takes Adaptive Cards only."""

import json
from typing import Any, Literal

from pydantic import Field

from groundwatch.alerting.channels import wording
from groundwatch.alerting.channels.channel import ChannelSettings
from groundwatch.alerting.channels.posting import Target, post
from groundwatch.alerting.notices import Notice
from groundwatch.domain.status import Severity
from groundwatch.settings import SecretUrl

_LARGEST = 28_000
_COLOURS = {
    Severity.CRITICAL: "Attention",
    Severity.HIGH: "Attention",
    Severity.MEDIUM: "Warning",
    Severity.LOW: "Accent",
    Severity.INFO: "Default",
}


class TeamsSettings(ChannelSettings):
    """A Teams channel.

    Attributes:
        url: of the workflow "Post to a channel when a webhook request is received".
    """

    kind: Literal["teams"]
    url: SecretUrl
    per_minute: int = Field(default=60, ge=1, le=6000)


class Teams:
    """Posts a card; what is too large for Teams is cut, and says so."""

    def __init__(self, name: str, settings: TeamsSettings) -> None:
        self._target = Target(name, settings.url, settings.timeout_seconds, settings.allow_private)

    def send(self, notice: Notice, _receipt: str, /) -> str:
        post(self._target, content_of(notice), {})
        return ""


def content_of(notice: Notice) -> bytes:
    """The request's body, at most 28 kB."""
    listed = list(wording.lines(notice))
    while True:
        content = json.dumps(_message(notice, listed), ensure_ascii=False).encode()
        if len(content) <= _LARGEST or not listed:
            return content if len(content) <= _LARGEST else _bare(notice)
        listed = [*listed[: len(listed) // 2], "…"] if len(listed) > 2 else []


def _bare(notice: Notice) -> bytes:
    card = _card([_text(wording.cut(wording.headline(notice), 500), weight="Bolder")], "")
    return json.dumps(card, ensure_ascii=False).encode()


def _message(notice: Notice, listed: list[str]) -> dict[str, Any]:
    colour = "Good" if notice.status == "resolved" else _COLOURS[notice.severity]
    facts = [{"title": name, "value": text} for name, text in wording.facts(notice)]
    body: list[dict[str, Any]] = [
        _text(wording.headline(notice), weight="Bolder", size="Medium", color=colour)
    ]
    body += [_text(f"- {text}") for text in listed]
    body.append({"type": "FactSet", "facts": facts})
    return _card(body, notice.link)


def _card(body: list[dict[str, Any]], link: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "msteams": {"width": "Full"},
    }
    if link:
        content["actions"] = [{"type": "Action.OpenUrl", "title": "Open the incident", "url": link}]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    return {"type": "message", "attachments": [attachment]}


def _text(text: str, weight: str = "", size: str = "", color: str = "") -> dict[str, Any]:
    block: dict[str, Any] = {"type": "TextBlock", "text": text, "wrap": True}
    named = (("weight", weight), ("size", size), ("color", color))
    return block | {name: value for name, value in named if value}
