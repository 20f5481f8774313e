"""Signed webhooks: Alertmanager's body, Standard Webhooks' signature.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hmac
import json
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from pydantic import Field, field_validator

from groundwatch.alerting.channels.channel import ChannelSettings
from groundwatch.alerting.channels.posting import Target, post
from groundwatch.alerting.notices import Notice, Shown
from groundwatch.domain.clock import Clock
from groundwatch.settings import Secret, SecretUrl

_PREFIX = "whsec_"
_NO_END = "0001-01-01T00:00:00Z"


class WebhookSettings(ChannelSettings):
    """A webhook of one's own.

    Attributes:
        url: is called with POST.
        secret: signs every request: `whsec_` and 24 to 64 bytes in base64; empty signs none.
        previous_secret: signs beside it while secrets are changed.
        max_alerts: more are counted in `truncatedAlerts`; 0 lists all.
    """

    kind: Literal["webhook"]
    url: SecretUrl
    secret: Secret = ""
    previous_secret: Secret = ""
    max_alerts: int = Field(default=0, ge=0)

    @field_validator("secret", "previous_secret")
    @classmethod
    def _is_key(cls, value: str) -> str:
        if value:
            key_of(value)
        return value


def key_of(secret: str) -> bytes:
    """The key that a secret stands for; raises ValueError, without showing it."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not 24 <= len(key) <= 64:
        raise ValueError("must be whsec_ and the base64 of 24 to 64 bytes")
    return key


def signature(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over id, time and body."""
    signed = b".".join((message_id.encode(), str(seconds).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, sha256)).decode()


class Webhook:
    """Posts notices to an address; `webhook-id` is the same for every delivery of a notice."""

    def __init__(self, name: str, settings: WebhookSettings, clock: Clock, public_url: str) -> None:
        self._settings = settings
        self._clock = clock
        self._public_url = public_url
        self._target = Target(name, settings.url, settings.timeout_seconds, settings.allow_private)

    def send(self, notice: Notice, _receipt: str, /) -> str:
        body = json.dumps(
            body_of(notice, self._public_url, self._settings.max_alerts), ensure_ascii=False
        ).encode()
        post(self._target, body, self._headers(notice, body))
        return ""

    def _headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        seconds = int(self._clock().timestamp())
        headers = {"webhook-id": notice.id, "webhook-timestamp": str(seconds)}
        secrets = [s for s in (self._settings.secret, self._settings.previous_secret) if s]
        if secrets:
            headers["webhook-signature"] = " ".join(
                signature(secret, notice.id, seconds, body) for secret in secrets
            )
        return headers


def body_of(notice: Notice, public_url: str, most: int = 0) -> dict[str, Any]:
    """A notice as Alertmanager's webhook body (version 4), and what we know beyond that."""
    listed = notice.alerts[:most] if most else notice.alerts
    return {
        "version": "4",
        "groupKey": notice.group_key,
        "truncatedAlerts": notice.truncated + len(notice.alerts) - len(listed),
        "status": notice.status,
        "receiver": notice.receiver,
        "groupLabels": dict(notice.group_labels),
        "commonLabels": notice.common_labels(),
        "commonAnnotations": notice.common_annotations(),
        "externalURL": public_url,
        "alerts": [_alert(each) for each in listed],
        "incident": {
            "id": notice.incident_id,
            "sequence": notice.sequence,
            "transition": notice.transition,
            "reason": notice.reason,
            "title": notice.title,
            "severity": str(notice.severity),
            "openedAt": _written(notice.opened_at),
            "note": notice.note,
            "details": dict(notice.details),
            "url": notice.link,
            "test": notice.transition == "test",
        },
    }


def _alert(alert: Shown) -> dict[str, Any]:
    return {
        "status": alert.status,
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": _written(alert.starts_at),
        "endsAt": _NO_END if alert.ends_at is None else _written(alert.ends_at),
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
