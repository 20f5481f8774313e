"""Experiments as HTTP shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field

from groundwatch.analytics.experiments_record import Compared, Look, Record, Run
from groundwatch.analytics.experiments_settings import ExperimentSettings, Overrides
from groundwatch.serving.bodies.body import Body


class StopBody(Body):
    """Why an experiment is stopped."""

    reason: str = Field(min_length=1, max_length=2000)


class DecisionBody(Body):
    """What is used from now on, and why."""

    winner: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=2000)


class VariantBody(Body):
    """One way to answer."""

    share: float
    description: str
    changes: dict[str, Overrides] = Field(description="Settings by part of the configuration.")


class SettingsBody(Body):
    """What was configured."""

    hypothesis: str
    application: str
    unit: str
    traffic: float
    variants: dict[str, VariantBody]
    control: str
    goal: str
    guardrails: dict[str, float] = Field(description="The relative loss that is accepted.")
    least_effect: float
    planned: int
    fewest: int
    least_days: float
    alpha: float
    starts: datetime | None
    ends: datetime | None
    is_running: bool

    @classmethod
    def of(cls, one: ExperimentSettings) -> "SettingsBody":
        return cls(
            hypothesis=one.hypothesis,
            application=one.application,
            unit=one.unit,
            traffic=one.traffic,
            variants={
                name: VariantBody(
                    share=each.share, description=each.description, changes=each.changes
                )
                for name, each in one.variants.items()
            },
            control=one.control,
            goal=str(one.goal),
            guardrails={str(goal): loss for goal, loss in one.guardrails.items()},
            least_effect=one.least_effect,
            planned=one.planned,
            fewest=one.fewest,
            least_days=one.least_days,
            alpha=one.alpha,
            starts=one.starts,
            ends=one.ends,
            is_running=one.is_running,
        )


class ComparedBody(Body):
    """A variant against the control in one metric; null where too little is measured."""

    variant: str
    metric: str
    guardrail: bool
    units: int
    control_units: int
    control: float | None
    treatment: float | None
    difference: float | None
    low: float | None = Field(description="With `high`: holds at all looks together.")
    high: float | None
    relative: float | None
    p: float
    accepted: float
    variance_removed: float = Field(description="By what units did before (CUPED).")
    harmed: bool
    better: bool

    @classmethod
    def of(cls, one: Compared) -> "ComparedBody":
        return cls(
            variant=one.variant,
            metric=str(one.goal),
            guardrail=one.is_guardrail,
            units=one.units,
            control_units=one.control_units,
            control=one.control,
            treatment=one.treatment,
            difference=one.difference,
            low=one.low,
            high=one.high,
            relative=one.relative(one.difference),
            p=one.p,
            accepted=one.accepted,
            variance_removed=one.reduced,
            harmed=one.is_harmed,
            better=one.is_better,
        )


class LookBody(Body):
    """What one look has shown."""

    at: datetime
    verdict: str
    variant: str = Field(description="What to use from now on; empty while that is open.")
    reasons: list[str]
    cautions: list[str]
    units: dict[str, int]
    crossed: int = Field(description="Seen under several variants, and left out.")
    mismatch_p: float
    comparisons: list[ComparedBody]

    @classmethod
    def of(cls, one: Look) -> "LookBody":
        return cls(
            at=one.at,
            verdict=str(one.verdict),
            variant=one.variant,
            reasons=list(one.reasons),
            cautions=list(one.cautions),
            units=dict(one.units),
            crossed=one.crossed,
            mismatch_p=one.mismatch,
            comparisons=[ComparedBody.of(each) for each in one.comparisons],
        )


class RecordBody(Body):
    """Who did what, when and why; `by` is empty for the watch itself."""

    at: datetime
    act: str
    by: str
    why: str
    variant: str

    @classmethod
    def of(cls, one: Record) -> "RecordBody":
        return cls(at=one.at, act=str(one.act), by=one.by, why=one.why, variant=one.variant)


class ExperimentBody(Body):
    """One run of an experiment."""

    name: str
    run: int
    state: str
    begun_at: datetime
    ended_at: datetime | None
    looked_at: datetime | None
    days: float
    dropped: list[str] = Field(description="Variants that did harm.")
    settings: SettingsBody
    look: LookBody | None = Field(description="The last one; null before the first.")
    records: list[RecordBody]
    decision: RecordBody | None

    @classmethod
    def of(cls, run: Run, now: datetime) -> "ExperimentBody":
        return cls(
            name=run.name,
            run=run.number,
            state=str(run.phase),
            begun_at=run.begun_at,
            ended_at=run.ended_at,
            looked_at=run.looked_at,
            days=run.days(now),
            dropped=sorted(run.dropped),
            settings=SettingsBody.of(run.settings),
            look=None if run.look is None else LookBody.of(run.look),
            records=[RecordBody.of(each) for each in run.records],
            decision=None if run.decision is None else RecordBody.of(run.decision),
        )


class ExperimentsBody(Body):
    """The last run of every experiment, and what is configured and has not begun."""

    experiments: list[ExperimentBody]
    planned: dict[str, SettingsBody]

    @classmethod
    def of(
        cls, runs: Sequence[Run], planned: Mapping[str, ExperimentSettings], now: datetime
    ) -> "ExperimentsBody":
        return cls(
            experiments=[ExperimentBody.of(run, now) for run in runs],
            planned={name: SettingsBody.of(each) for name, each in planned.items()},
        )


class ExperimentDetailBody(Body):
    """One run, all runs there are, and looks from the earliest to the last."""

    experiment: ExperimentBody
    runs: list[int]
    looks: list[LookBody]
