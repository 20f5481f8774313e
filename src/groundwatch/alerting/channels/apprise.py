"""Everybody else, through Apprise: Discord, Telegram, ntfy and about 170 more.

It knows no end, no retry and no Retry-After, so each notice is a message of its own and the outbox
tries again. https://github.com/caronc/apprise
"""

import contextlib
import threading
from typing import TYPE_CHECKING, Literal

from pydantic import field_validator

from groundwatch.alerting.channels import wording
from groundwatch.alerting.channels.channel import ChannelSettings
from groundwatch.alerting.channels.posting import address
from groundwatch.alerting.notices import Notice
from groundwatch.domain.status import Severity
from groundwatch.errors import TimedOut, Unavailable, Unusable
from groundwatch.settings import Secret

if TYPE_CHECKING:
    from apprise import NotifyBase

_TYPES = {
    Severity.CRITICAL: "failure",
    Severity.HIGH: "failure",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}


class AppriseSettings(ChannelSettings):
    """A service that Apprise knows; needs the extra `apprise`.

    Attributes:
        url: Apprise's address of the service, such as `discord://ID/TOKEN`.
    """

    kind: Literal["apprise"]
    url: Secret

    @field_validator("url")
    @classmethod
    def _is_one(cls, value: str) -> str:
        if not value.partition("://")[1]:
            raise ValueError("must be an address of Apprise, such as discord://ID/TOKEN")
        return value


class Apprise:
    """Hands notices to Apprise on a thread, so that what hangs there is left in time."""

    def __init__(self, name: str, settings: AppriseSettings) -> None:
        self._name = name
        self._settings = settings
        self._thread: threading.Thread | None = None

    def send(self, notice: Notice, _receipt: str, /) -> str:
        if self._thread is not None and self._thread.is_alive():
            raise Unavailable(f"the channel {self._name} is still busy with what came before")
        service = self._service()
        taken: list[bool] = []
        self._thread = threading.Thread(
            target=lambda: taken.append(_told(service, notice)),
            name=f"apprise-{self._name}",
            daemon=True,
        )
        self._thread.start()
        self._thread.join(self._settings.timeout_seconds)
        if self._thread.is_alive():
            within = f"{self._settings.timeout_seconds:g} s"
            raise TimedOut(f"the channel {self._name} did not take it within {within}")
        if not any(taken):
            raise Unavailable(f"the channel {self._name} did not take it; Apprise says no more")
        return ""

    def _service(self) -> "NotifyBase":
        try:
            from apprise import Apprise as Services
            from apprise import AppriseAsset, OverflowMode
        except ImportError as error:
            raise Unusable(
                f"the channel {self._name} needs Apprise; install groundwatch[apprise]"
            ) from error
        asset = AppriseAsset(storage_mode="memory", http_redirects=False, async_mode=False)
        service = Services.instantiate(self._settings.url, asset=asset)
        if service is None:
            raise Unusable(f"the address of the channel {self._name} is none that Apprise knows")
        if "host" in service.template_tokens and service.host:
            self._check(service.host)
        service.socket_connect_timeout = self._settings.timeout_seconds
        service.socket_read_timeout = self._settings.timeout_seconds
        service.overflow_mode = OverflowMode.TRUNCATE
        return service

    def _check(self, host: str) -> None:
        # Some services keep a topic where others have a host; that is found nowhere.
        with contextlib.suppress(Unavailable):
            address(host, 0, self._name, allow_private=self._settings.allow_private)


def _told(service: "NotifyBase", notice: Notice) -> bool:
    kind = "success" if notice.status == "resolved" else _TYPES[notice.severity]
    try:
        title = wording.headline(notice)
        return bool(service.notify(body=text_of(notice), title=title, notify_type=kind))
    except Exception:  # noqa: BLE001  whatever 170 plug-ins raise is one failed try
        return False


def text_of(notice: Notice) -> str:
    """Alerts and facts in lines, and the address of the incident."""
    facts = [f"{name}: {text}" for name, text in wording.facts(notice)]
    return "\n".join([*wording.lines(notice), "", *facts, *([notice.link] if notice.link else [])])
