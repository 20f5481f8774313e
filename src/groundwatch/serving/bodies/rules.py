"""Rules and what they would have done, as HTTP shows them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from groundwatch.alerting.desk import RuleSeen
from groundwatch.alerting.previewing import Past, Preview
from groundwatch.serving.bodies.body import Body


class SeriesBody(Body):
    """How far a rule is on one series."""

    labels: str
    state: str
    since: datetime
    value: float | None
    evaluated_at: datetime


class RuleBody(Body):
    """A rule, as it is written, and its series."""

    name: str
    severity: str
    settings: dict[str, Any]
    series: tuple[SeriesBody, ...]

    @classmethod
    def of(cls, seen: RuleSeen) -> "RuleBody":
        return cls(
            name=seen.rule.name,
            severity=str(seen.rule.severity),
            settings=seen.rule.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            series=tuple(
                SeriesBody(
                    labels=each.series,
                    state=each.state,
                    since=each.since,
                    value=each.value,
                    evaluated_at=each.evaluated_at,
                )
                for each in seen.series
            ),
        )


class RulesBody(Body):
    """Every rule that is evaluated."""

    rules: tuple[RuleBody, ...]


class RuleWantedBody(Body):
    """A rule to save, as it is written in the policy."""

    rule: dict[str, Any]


class SavedBody(Body):
    """Where a rule was saved."""

    name: str
    file: str
    replaced: bool


class RemovedBody(Body):
    """Where a rule was taken out; `follows`: one of the name comes along and is evaluated again."""

    name: str
    file: str
    follows: bool


class PreviewWantedBody(Body):
    """A rule to try on the past."""

    rule: dict[str, Any]
    hours: float = Field(default=168.0, gt=0, le=720)


class SpanBody(Body):
    """A stretch in which a series would have fired; `until` is null where it still would."""

    since: datetime
    until: datetime | None


class PointBody(Body):
    """A value to draw; null where there was no data."""

    at: datetime
    value: float | None


class PastBody(Body):
    """One series of a rule over the time that was looked at."""

    labels: dict[str, str]
    firing_seconds: float
    missing_seconds: float
    spans: tuple[SpanBody, ...]
    points: tuple[PointBody, ...]

    @classmethod
    def of(cls, one: Past) -> "PastBody":
        return cls(
            labels=dict(one.labels),
            firing_seconds=one.lasted.total_seconds(),
            missing_seconds=one.missing.total_seconds(),
            spans=tuple(SpanBody(since=each.since, until=each.until) for each in one.spans),
            points=tuple(PointBody(at=at, value=value) for at, value in one.points),
        )


class PreviewBody(Body):
    """What a rule would have done; series that fired longest first.

    `left_out` counts series beyond the busiest, which were not looked at.
    """

    since: datetime
    until: datetime
    every_seconds: float
    fired: int
    firing_seconds: float
    left_out: int
    series: tuple[PastBody, ...]

    @classmethod
    def of(cls, one: Preview) -> "PreviewBody":
        return cls(
            since=one.since,
            until=one.until,
            every_seconds=one.every.total_seconds(),
            fired=one.fired,
            firing_seconds=one.lasted.total_seconds(),
            left_out=one.left_out,
            series=tuple(PastBody.of(each) for each in one.series),
        )
