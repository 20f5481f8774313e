"""Forecasts and capacity as HTTP shows them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from groundwatch.analytics.capacity_advice import Capacity
from groundwatch.analytics.capacity_load import Load
from groundwatch.analytics.forecast import Forecast, History
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.limits import LimitBody
from groundwatch.serving.bodies.watch import RecommendationBody, TrendBody


class ForecastStepBody(Body):
    """One step ahead, and where `share` of the values will lie."""

    at: datetime
    value: float
    low: float
    high: float


class ErrorBody(Body):
    """How wrong such forecasts of this very series were, at rolling origins."""

    mae: float = Field(description="Mean absolute error, in the series' unit.")
    mase: float | None
    smape: float
    naive: float = Field(description="The same of repeating the last season.")
    coverage: float | None = Field(description="Share of values that lay inside the interval.")
    origins: int


class ForecastBody(Body):
    """What is to come of a series; no steps when nothing can be said, and `reason` says why."""

    name: str
    unit: str
    answer: str
    reason: str
    model: str
    step_seconds: float
    share: float
    steps: list[ForecastStepBody]
    total: float | None
    total_low: float | None
    total_high: float | None
    error: ErrorBody | None
    trend: TrendBody
    history: int = Field(description="Measured steps.")

    @classmethod
    def of(cls, found: Forecast) -> "ForecastBody":
        steps = zip(found.at, found.values, found.low, found.high, strict=True)
        is_sum = found.name in {"volume", "cost"} and bool(found.values)
        error = found.error
        return cls(
            name=found.name,
            unit=found.unit,
            answer=str(found.answer),
            reason=found.reason,
            model=found.model,
            step_seconds=found.step.total_seconds(),
            share=found.share,
            steps=[ForecastStepBody(at=a, value=v, low=lo, high=hi) for a, v, lo, hi in steps],
            total=found.total if is_sum else None,
            total_low=found.sums_low[-1] if is_sum else None,
            total_high=found.sums_high[-1] if is_sum else None,
            error=None
            if error is None
            else ErrorBody(
                mae=error.mae,
                mase=error.mase,
                smape=error.smape,
                naive=error.naive,
                coverage=error.coverage,
                origins=error.origins,
            ),
            trend=TrendBody.of(found.trend),
            history=found.history,
        )


class MeasuredStepBody(Body):
    """One step of the past; null where nothing was measured."""

    at: datetime
    value: float | None


class ForecastDetailBody(ForecastBody):
    """A forecast, and the series it was made of."""

    past: list[MeasuredStepBody]

    @classmethod
    def made(cls, found: Forecast, history: History) -> "ForecastDetailBody":
        past = [
            MeasuredStepBody(
                at=history.since + history.step * place, value=None if each != each else float(each)
            )
            for place, each in enumerate(history.values)
        ]
        return cls(**ForecastBody.of(found).model_dump(), past=past)


class LoadBody(Body):
    """How a resource follows the questions; null where it does not."""

    resource: str
    limit: float
    reason: str
    hours: int
    idle: float | None
    per_question: float | None
    explained: float | None
    carries: float | None = Field(description="Questions a second at the limit.")
    peak: float | None
    peak_at: datetime | None
    exceeded_at: datetime | None
    scale: float | None

    @classmethod
    def of(cls, found: Load) -> "LoadBody":
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class CapacityBody(Body):
    """How long what is there suffices."""

    limits: list[LimitBody]
    loads: list[LoadBody]
    recommendations: list[RecommendationBody]

    @classmethod
    def of(cls, found: Capacity) -> "CapacityBody":
        return cls(
            limits=[LimitBody.of(each) for each in found.limits],
            loads=[LoadBody.of(each) for each in found.loads],
            recommendations=[RecommendationBody.of(each) for each in found.recommendations],
        )


class ForecastsBody(Body):
    """Forecasts of volume, latency, cost and storage, and capacity."""

    at: datetime
    forecasts: list[ForecastBody]
    capacity: CapacityBody

    @classmethod
    def of(cls, forecasts: Sequence[Forecast], found: Capacity) -> "ForecastsBody":
        return cls(
            at=found.at,
            forecasts=[ForecastBody.of(each) for each in forecasts],
            capacity=CapacityBody.of(found),
        )
