"""What a channel is given to tell: frozen when it was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter

from groundwatch.domain.alerts import NAME, Alert
from groundwatch.domain.status import Severity

MOST_ALERTS = 100
"""Alerts listed in one notice; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert of a notice.

    Attributes:
        status: `firing` or `resolved`.
        ends_at: None while it fires.
    """

    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime | None
    fingerprint: str
    generator_url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told.

    Attributes:
        incident_id, sequence: together they are the notice's identity; a repeated delivery has
            the same.
        transition: `firing`, `update`, `repeat`, `escalated`, `acknowledged`, `resolved`, `test`.
        reason: why it is told, in words.
        status: `firing` until everything is over.
        alerts: those that fire first; at most `MOST_ALERTS`.
        title: what is wrong, in words.
        truncated: alerts that are not listed.
        note: one line of what else matters: who acknowledged, what was held back.
        details: what helps: runbook, remediation, changes before, what ended it last time.
        link: the incident's page; empty where the server has no public address.
    """

    incident_id: str
    sequence: int
    transition: str
    reason: str
    status: str
    title: str
    severity: Severity
    receiver: str
    group_key: str
    group_labels: Mapping[str, str]
    at: datetime
    opened_at: datetime
    alerts: tuple[Shown, ...] = ()
    truncated: int = 0
    note: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    @property
    def id(self) -> str:
        """The same for every delivery of this notice."""
        return f"{self.incident_id}.{self.sequence}"

    @property
    def name(self) -> str:
        """The alert name that all share; empty where they differ."""
        return self.group_labels.get(NAME) or self.common_labels().get(NAME, "")

    def firing(self) -> list[Shown]:
        return [alert for alert in self.alerts if alert.status == "firing"]

    def common_labels(self) -> dict[str, str]:
        """Labels that all listed alerts share."""
        return common([alert.labels for alert in self.alerts])

    def common_annotations(self) -> dict[str, str]:
        """Annotations that all listed alerts share."""
        return common([alert.annotations for alert in self.alerts])


def common(mappings: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What all mappings say alike."""
    if not mappings:
        return {}
    first, *rest = mappings
    return {
        name: value
        for name, value in first.items()
        if all(each.get(name) == value for each in rest)
    }


def shown(alert: Alert, now: datetime) -> Shown:
    """An alert as of a moment."""
    fires = alert.fires(now)
    return Shown(
        status="firing" if fires else "resolved",
        labels=alert.labels,
        annotations=alert.annotations,
        starts_at=alert.starts_at,
        ends_at=None if fires else alert.ends_at,
        fingerprint=alert.fingerprint,
        generator_url=alert.generator_url,
    )


@cache
def _adapter() -> TypeAdapter[Notice]:
    return TypeAdapter(Notice)


def packed(notice: Notice) -> str:
    """The notice as JSON."""
    return _adapter().dump_json(notice).decode()


def unpacked(text: str) -> Notice:
    """The notice that `packed` wrote."""
    return _adapter().validate_json(text)
