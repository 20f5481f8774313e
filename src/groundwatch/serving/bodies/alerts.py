"""Incidents, silences and rules as HTTP shows them."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from groundwatch.alerting.desk import Case
from groundwatch.alerting.explaining import Explained
from groundwatch.domain.alerts import Alert, Incident
from groundwatch.serving.bodies.body import Body, ForeignBody
from groundwatch.store.alerts.outbox import Row


class IncidentBody(Body):
    """An incident; `title` is what is wrong in words, `name` that of the alert.

    `held_reason` says why its first notice waits.
    """

    id: str
    kind: str
    state: str
    title: str
    name: str
    severity: str
    labels: dict[str, str]
    receiver: str
    route: str
    opened_at: datetime
    resolved_at: datetime | None
    told_at: datetime | None
    held_until: datetime | None
    held_reason: str
    digest: str
    owner: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    acknowledged_until: datetime | None
    snoozed_until: datetime | None
    escalation: str
    escalates_at: datetime | None

    @classmethod
    def of(cls, one: Incident, now: datetime) -> "IncidentBody":
        same = {
            name: getattr(one, name)
            for name in cls.model_fields
            if name not in {"state", "severity", "labels", "escalates_at"}
        }
        return cls(
            **same,
            state=str(one.state(now)),
            severity=str(one.severity),
            labels=dict(one.labels),
            escalates_at=one.escalate_at,
        )


class IncidentPageBody(Body):
    """Incidents, newest first; `next` continues, None at the end."""

    incidents: tuple[IncidentBody, ...]
    next: str | None


class AlertBody(Body):
    """An alert of an incident."""

    fingerprint: str
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    sender_starts_at: datetime | None
    origin: str
    generator_url: str
    firing: bool

    @classmethod
    def of(cls, one: Alert, now: datetime) -> "AlertBody":
        return cls(
            fingerprint=one.fingerprint,
            labels=dict(one.labels),
            annotations=dict(one.annotations),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            sender_starts_at=one.sender_starts_at,
            origin=one.origin,
            generator_url=one.generator_url,
            firing=one.fires(now),
        )


class HappenedBody(Body):
    """A line of a timeline; `actor` is empty for Groundwatch itself."""

    at: datetime
    kind: str
    text: str
    actor: str


class NoticeBody(Body):
    """A notice for one channel: `waiting`, `sent`, `dead` or `cancelled`."""

    id: int
    incident_id: str
    channel: str
    sequence: int
    transition: str
    state: str
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    attempts: int
    error: str

    @classmethod
    def of(cls, row: Row) -> "NoticeBody":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class NoticesBody(Body):
    """Notices, newest first."""

    notices: tuple[NoticeBody, ...]


class CaseBody(Body):
    """An incident with its alerts, timeline, notices, and earlier ones of the same group."""

    incident: IncidentBody
    alerts: tuple[AlertBody, ...]
    timeline: tuple[HappenedBody, ...]
    notices: tuple[NoticeBody, ...]
    similar: tuple[IncidentBody, ...]

    @classmethod
    def of(cls, case: Case, now: datetime) -> "CaseBody":
        return cls(
            incident=IncidentBody.of(case.incident, now),
            alerts=tuple(AlertBody.of(each, now) for each in case.alerts),
            timeline=tuple(
                HappenedBody(at=each.at, kind=each.kind, text=each.text, actor=each.actor)
                for each in case.timeline
            ),
            notices=tuple(NoticeBody.of(row) for row in case.notices),
            similar=tuple(IncidentBody.of(each, now) for each in case.similar),
        )


class AcknowledgeBody(Body):
    """Taking an incident in hand."""

    note: str = Field(default="", max_length=2000)
    seconds: float | None = Field(
        default=None, gt=0, le=31_536_000, description="Ends by itself after so long."
    )


class SnoozeBody(Body):
    """Nothing but the end and a rise in severity is told for so long."""

    seconds: float = Field(gt=0, le=31_536_000)


class OwnerBody(Body):
    """Whose it is; empty is nobody's."""

    owner: str = Field(max_length=200)


class CommentBody(Body):
    """A line for the timeline."""

    text: str = Field(min_length=1, max_length=4000)


class LabelsBody(Body):
    """A label set."""

    labels: dict[str, str] = Field(max_length=64)


class StageBody(Body):
    """What one stage says."""

    name: str
    verdict: str
    why: str


class ExplainedBody(Body):
    """The way of an alert on one of its routes."""

    route: str
    receiver: str
    channels: tuple[str, ...]
    stages: tuple[StageBody, ...]

    @classmethod
    def of(cls, one: Explained) -> "ExplainedBody":
        stages = tuple(
            StageBody(name=each.name, verdict=each.verdict, why=each.why) for each in one.stages
        )
        return cls(route=one.route, receiver=one.receiver, channels=one.channels, stages=stages)


class ExplanationBody(Body):
    """One entry for each route."""

    routes: tuple[ExplainedBody, ...]


class SilenceMatcherBody(ForeignBody):
    """One condition, as Alertmanager's API has it."""

    name: str = Field(min_length=1, max_length=256)
    value: str = Field(max_length=1000)
    isRegex: bool  # noqa: N815  the names of Alertmanager's API
    isEqual: bool = True  # noqa: N815


class SilenceWantedBody(ForeignBody):
    """A silence to make, or with an id to change."""

    id: str = Field(default="", max_length=64)
    matchers: tuple[SilenceMatcherBody, ...] = Field(min_length=1, max_length=64)
    startsAt: AwareDatetime  # noqa: N815
    endsAt: AwareDatetime  # noqa: N815
    createdBy: str = Field(default="", max_length=200)  # noqa: N815
    comment: str = Field(max_length=2000)


class PostableAlertBody(ForeignBody):
    """An alert as Prometheus posts it."""

    labels: dict[str, str]
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: AwareDatetime | None = None  # noqa: N815
    endsAt: AwareDatetime | None = None  # noqa: N815
    generatorURL: str = ""  # noqa: N815


class PagerDutyAgentBody(ForeignBody):
    """Who did it there."""

    summary: str = Field(default="", max_length=200)


class PagerDutyDataBody(ForeignBody):
    """The incident there; its key is our `dedup_key`."""

    incident_key: str = Field(default="", max_length=255)


class PagerDutyEventBody(ForeignBody):
    """What happened there, such as `incident.acknowledged`."""

    event_type: str = Field(max_length=100)
    agent: PagerDutyAgentBody | None = None
    data: PagerDutyDataBody = PagerDutyDataBody()


class PagerDutyBody(ForeignBody):
    """A webhook (version 3) of PagerDuty."""

    event: PagerDutyEventBody


class HeardBody(Body):
    """What became of it: `acknowledged`, `unacknowledged`, `noted` or `ignored`."""

    outcome: str
