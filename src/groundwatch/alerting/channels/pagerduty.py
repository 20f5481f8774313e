"""PagerDuty by its Events API v2.

https://developer.pagerduty.com/docs/events-api-v2/overview/
"""

import json
from typing import Any, Literal

from pydantic import Field

from groundwatch.alerting.channels import wording
from groundwatch.alerting.channels.channel import ChannelSettings
from groundwatch.alerting.channels.posting import Target, post
from groundwatch.alerting.notices import Notice
from groundwatch.domain.status import Severity
from groundwatch.settings import Secret

DEDUP_PREFIX = "groundwatch/"
_SUMMARY = 1024
_LARGEST = 512_000
_ACTIONS = {"resolved": "resolve", "acknowledged": "acknowledge"}
_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "warning",
    Severity.INFO: "info",
}


class PagerDutySettings(ChannelSettings):
    """A service of PagerDuty.

    Attributes:
        routing_key: of an Events API v2 integration.
        api: `https://events.eu.pagerduty.com` for accounts in Europe.
        source: what is named as affected when an alert has no `instance` or `application`.
    """

    kind: Literal["pagerduty"]
    routing_key: Secret
    api: str = "https://events.pagerduty.com"
    source: str = "groundwatch"
    per_minute: int = Field(default=120, ge=1, le=6000)


class PagerDuty:
    """Triggers, acknowledges and resolves; the incident's id is the `dedup_key` of all three."""

    def __init__(self, name: str, settings: PagerDutySettings, public_url: str) -> None:
        self._settings = settings
        self._public_url = public_url
        self._target = Target(
            name,
            f"{settings.api.rstrip('/')}/v2/enqueue",
            settings.timeout_seconds,
            settings.allow_private,
        )

    def send(self, notice: Notice, _receipt: str, /) -> str:
        body = event_of(notice, self._settings, self._public_url)
        content = json.dumps(body, ensure_ascii=False).encode()
        if len(content) > _LARGEST:
            body["payload"]["custom_details"] = {"note": "left out, for the event was too large"}
            content = json.dumps(body, ensure_ascii=False).encode()
        post(self._target, content, {})
        return body["dedup_key"] if isinstance(body["dedup_key"], str) else ""


def event_of(notice: Notice, settings: PagerDutySettings, public_url: str) -> dict[str, Any]:
    """A notice as an event."""
    action = _ACTIONS.get(notice.transition, "trigger")
    event: dict[str, Any] = {
        "routing_key": settings.routing_key,
        "event_action": action,
        "dedup_key": f"{DEDUP_PREFIX}{notice.incident_id}"[:255],
    }
    if action != "trigger":
        return event
    labels = notice.common_labels()
    alerts = "\n".join(wording.lines(notice))
    runbook = notice.details.get("runbook", "")
    links = [
        {"href": href, "text": text}
        for href, text in ((notice.link, "Incident"), (runbook, "Runbook"))
        if href.startswith(("http://", "https://"))
    ]
    return {
        **event,
        "client": "Groundwatch",
        **({"client_url": public_url} if public_url else {}),
        "links": links,
        "payload": {
            "summary": wording.cut(wording.headline(notice), _SUMMARY),
            "source": labels.get("instance") or labels.get("application") or settings.source,
            "severity": _SEVERITIES[notice.severity],
            "timestamp": notice.opened_at.isoformat(),
            "component": labels.get("component") or labels.get("application") or "",
            "group": notice.receiver,
            "class": labels.get("alertname", ""),
            "custom_details": {
                "alerts": alerts,
                **dict(wording.facts(notice)),
                "labels": labels,
                "firing": len(notice.firing()) + notice.truncated,
            },
        },
    }
