"""Alerts, what silences them, and the incidents they become."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from groundwatch.domain.status import Severity

NAME = "alertname"
SEVERITY = "severity"
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}
_WORDS = {
    "page": Severity.CRITICAL,
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "warn": Severity.MEDIUM,
    "ticket": Severity.LOW,
    "notice": Severity.LOW,
    "none": Severity.INFO,
    "debug": Severity.INFO,
}


def fingerprint(labels: Mapping[str, str]) -> str:
    """32 hexadecimal digits that stand for a label set; the order of the labels is no part of it.

    A label without a value equals a missing one.
    """
    digest = blake2b(digest_size=16)
    for name, value in sorted(labels.items()):
        if value:
            digest.update(f"{len(name)}:{name}{len(value)}:{value}".encode(errors="replace"))
    return digest.hexdigest()


def severity_of(labels: Mapping[str, str]) -> Severity:
    """What the label `severity` says, also in the words of others; medium when it says nothing."""
    said = labels.get(SEVERITY, "").lower()
    if said in _WORDS:
        return _WORDS[said]
    try:
        return Severity(said)
    except ValueError:
        return Severity.MEDIUM


def rank(severity: Severity | None) -> int:
    """How bad, as a number; -1 for none."""
    return -1 if severity is None else _RANKS[severity]


def worst(severities: Iterable[Severity]) -> Severity | None:
    """The worst of several; None of none."""
    return max(severities, key=rank, default=None)


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that is wrong: it is known by its labels alone.

    Attributes:
        fingerprint: of the labels.
        starts_at: by our clock when the sender's lies in the future.
        ends_at: resolved once it has passed.
        timed_out: `ends_at` is ours, because the sender gave none: the next post moves it on.
        updated_at: when it was last posted, by our clock.
        sender_starts_at: what the sender said, to be shown beside.
        origin: `api`, `rule`, `finding` or `self`.
    """

    labels: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    annotations: Mapping[str, str] = field(default_factory=dict)
    generator_url: str = ""
    timed_out: bool = False
    sender_starts_at: datetime | None = None
    origin: str = "api"
    fingerprint: str = ""

    def __post_init__(self) -> None:
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", fingerprint(self.labels))

    @property
    def name(self) -> str:
        return self.labels.get(NAME, "")

    @property
    def severity(self) -> Severity:
        return severity_of(self.labels)

    def fires(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.ends_at > now


class Comparison(StrEnum):
    """How a matcher compares; the regular expressions match the whole value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LIKE = "=~"
    NOT_LIKE = "!~"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a label, as it is written and kept."""

    name: str
    comparison: Comparison
    value: str

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.comparison}"{value}"'


class SilenceState(StrEnum):
    """Whether a silence holds."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Silence:
    """A person's word that alerts of some labels are not to be told.

    Attributes:
        conditions: all must hold.
        created_by: who silenced; never empty.
        comment: why.
    """

    id: str
    conditions: tuple[Condition, ...]
    starts_at: datetime
    ends_at: datetime
    created_by: str
    comment: str
    updated_at: datetime

    def state(self, now: datetime) -> SilenceState:
        """Whether it holds now."""
        if now >= self.ends_at:
            return SilenceState.EXPIRED
        return SilenceState.ACTIVE if now >= self.starts_at else SilenceState.PENDING


class IncidentState(StrEnum):
    """How far an incident is."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Incident:
    """Alerts of one group on one route, from the first that fires until none does.

    Attributes:
        key: of the group: route and group labels; at most one incident of a key is not resolved.
        title: what its worst alert says, in words.
        kind: `group`, or `digest`: several incidents that were held back and told as one.
        told_severity: the worst that was told; None while nothing was.
        told_at: when a notice was last decided.
        due_at: when the group is looked at next.
        sequence: number of the last notice.
        held_since, held_until, held_reason, held_severity: an automatic step holds a notice back;
            how bad it was then.
        digest: id of the digest it was told in.
        acknowledged_until: the acknowledgement ends then by itself; None never.
        escalation, step, round, escalate_at: the policy, and what of it comes next and when.
    """

    id: str
    key: str
    route: str
    receiver: str
    labels: Mapping[str, str]
    title: str
    opened_at: datetime
    due_at: datetime | None
    kind: str = "group"
    severity: Severity = Severity.MEDIUM
    told_severity: Severity | None = None
    told_at: datetime | None = None
    resolved_at: datetime | None = None
    sequence: int = 0
    held_since: datetime | None = None
    held_until: datetime | None = None
    held_reason: str = ""
    held_severity: Severity | None = None
    digest: str = ""
    owner: str = ""
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_until: datetime | None = None
    snoozed_until: datetime | None = None
    escalation: str = ""
    step: int = 0
    round: int = 0
    escalate_at: datetime | None = None

    @property
    def name(self) -> str:
        """The alert name that its group shares; empty where groups mix them."""
        return self.labels.get(NAME, "")

    @property
    def byname(self) -> str:
        """The name where it says more than the title does; else empty."""
        return "" if self.name == self.title else self.name

    def state(self, now: datetime) -> IncidentState:
        """How far it is."""
        if self.resolved_at is not None:
            return IncidentState.RESOLVED
        return IncidentState.ACKNOWLEDGED if self.acknowledged(now) else IncidentState.OPEN

    def acknowledged(self, now: datetime) -> bool:
        """Whether somebody has it in hand."""
        until = self.acknowledged_until
        return self.acknowledged_at is not None and (until is None or until > now)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an incident's timeline.

    Attributes:
        kind: `opened`, `told`, `held`, `muted`, `acknowledged`, `escalated`, `sent`, `failed`, ...
        actor: a user; empty for Groundwatch itself.
    """

    at: datetime
    kind: str
    text: str
    actor: str = ""
