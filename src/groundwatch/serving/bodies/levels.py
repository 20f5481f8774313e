"""Service levels as HTTP shows them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field

from groundwatch.analytics.sla import Compliance, Promise, SlaReport, Violation
from groundwatch.analytics.slo import ObjectiveState, RuleState, WindowBurn
from groundwatch.serving.bodies.body import Body


class ComplianceBody(Body):
    """How much of the period a promise held."""

    score: float | None = Field(description="Weighted by traffic; null where it never was known.")
    unknown_time: float = Field(description="Share of the time in which nothing was measured.")
    unknown_traffic: float
    steps: int = Field(description="Hours in which it was measured.")

    @classmethod
    def of(cls, found: Compliance) -> "ComplianceBody":
        return cls(
            score=found.score,
            unknown_time=found.unknown_time,
            unknown_traffic=found.unknown_traffic,
            steps=found.steps,
        )


class ViolationBody(Body):
    """A promise that does not hold now."""

    type: str
    severity: str
    current_value: float
    threshold: float
    impact: str
    since: datetime | None

    @classmethod
    def of(cls, found: Violation) -> "ViolationBody":
        return cls(
            type=found.type,
            severity=found.severity.value,
            current_value=found.current,
            threshold=found.threshold,
            impact=found.impact,
            since=found.since,
        )


class PromiseBody(Body):
    """One SLA; `holds` is null when that is not known."""

    sla: str
    threshold: float
    current: float | None
    holds: bool | None
    reason: str
    compliance: ComplianceBody

    @classmethod
    def of(cls, found: Promise) -> "PromiseBody":
        return cls(
            sla=str(found.sla),
            threshold=found.threshold,
            current=found.current,
            holds=found.holds,
            reason=found.reason,
            compliance=ComplianceBody.of(found.compliance),
        )


class SlaBody(Body):
    """All SLAs of an application; an empty name is all of them."""

    application: str
    since: datetime
    until: datetime
    sla_compliant: bool | None
    violations: list[ViolationBody]
    promises: list[PromiseBody]
    compliance: ComplianceBody

    @classmethod
    def of(cls, found: SlaReport) -> "SlaBody":
        return cls(
            application=found.application,
            since=found.since,
            until=found.until,
            sla_compliant=found.sla_compliant,
            violations=[ViolationBody.of(each) for each in found.violations],
            promises=[PromiseBody.of(each) for each in found.promises],
            compliance=ComplianceBody.of(found.compliance),
        )


class WindowBody(Body):
    """A window as it was judged; `seconds_used` is wider where there were too few events."""

    seconds: float
    seconds_used: float
    total: float
    bad: float
    burn: float | None

    @classmethod
    def of(cls, found: WindowBurn) -> "WindowBody":
        return cls(
            seconds=found.length.total_seconds(),
            seconds_used=found.used.total_seconds(),
            total=found.events.total,
            bad=found.events.bad,
            burn=found.burn,
        )


class BurnRuleBody(Body):
    """One pair of windows, now; both must burn faster than `factor`."""

    urgency: str
    severity: str
    state: str
    factor: float
    long: WindowBody
    short: WindowBody
    reason: str

    @classmethod
    def of(cls, found: RuleState) -> "BurnRuleBody":
        return cls(
            urgency=found.urgency,
            severity=found.severity.value,
            state=str(found.state),
            factor=found.factor,
            long=WindowBody.of(found.long),
            short=WindowBody.of(found.short),
            reason=found.reason,
        )


class BudgetBody(Body):
    """What is left of an error budget; 1 is all, below 0 is overspent."""

    total: float
    bad: float
    achieved: float | None
    left: float | None
    bad_left: float | None
    empty_in_seconds: float | None = Field(description="At the fastest burn; null when never.")
    burn: float | None
    since: datetime | None


class ObjectiveBody(Body):
    """An objective with its budget and burn rates."""

    name: str
    kind: str
    target: float
    threshold: float | None
    application: str
    period_days: int
    state: str
    severity: str | None
    reason: str
    budget: BudgetBody
    rules: list[BurnRuleBody]
    notes: list[str] = Field(description="Usual rules that cannot fire at this target.")

    @classmethod
    def of(cls, found: ObjectiveState) -> "ObjectiveBody":
        aimed, budget = found.objective, found.budget
        return cls(
            name=found.name,
            kind=aimed.kind,
            target=aimed.target,
            threshold=aimed.threshold,
            application=aimed.application,
            period_days=aimed.period_days,
            state=str(found.state),
            severity=found.severity.value if found.severity else None,
            reason=found.reason,
            budget=BudgetBody(
                total=budget.events.total,
                bad=budget.events.bad,
                achieved=budget.achieved,
                left=budget.left,
                bad_left=budget.bad_left,
                empty_in_seconds=_seconds(budget.empty_in),
                burn=budget.burn,
                since=budget.since,
            ),
            rules=[BurnRuleBody.of(each) for each in found.rules],
            notes=list(found.notes),
        )


class LevelsBody(Body):
    """Everything that was promised and everything that is aimed at."""

    at: datetime
    sla: list[SlaBody]
    objectives: list[ObjectiveBody]

    @classmethod
    def of(
        cls, at: datetime, reports: Sequence[SlaReport], states: Sequence[ObjectiveState]
    ) -> "LevelsBody":
        return cls(
            at=at,
            sla=[SlaBody.of(each) for each in reports],
            objectives=[ObjectiveBody.of(each) for each in states],
        )


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
