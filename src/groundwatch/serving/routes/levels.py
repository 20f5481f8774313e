"""`/v1/sla` and `/v1/forecasts`: what was promised, and what is to come."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from groundwatch.analytics.capacity_advice import capacity
from groundwatch.analytics.forecast import Forecast
from groundwatch.analytics.forecast_series import Subject, forecast_of, history_of
from groundwatch.analytics.sla import sla_reports
from groundwatch.analytics.slo import objective_state, objectives
from groundwatch.errors import NotFound, Unavailable
from groundwatch.serving.bodies.forecasts import ForecastDetailBody, ForecastsBody
from groundwatch.serving.bodies.levels import LevelsBody, ObjectiveBody
from groundwatch.serving.routes.dependencies import MayWatch, TheServices
from groundwatch.serving.services import Services, Watch

router = APIRouter(tags=["watch"])
Days = Annotated[int, Query(ge=1, le=90, description="So far ahead, at most.")]
Name = Annotated[str, Query(max_length=200, description="Only of this one; empty for all.")]


@router.get("/v1/sla")
def levels(_may: MayWatch, services: TheServices) -> LevelsBody:
    """Judge service levels now: what was promised, and what is left of error budgets."""
    watch, now = watch_of(services), services.clock()
    return LevelsBody.of(
        now,
        sla_reports(watch.events, watch.levels, now),
        objectives(watch.events, watch.levels.objectives, now),
    )


@router.get("/v1/sla/{objective}")
def level(objective: str, _may: MayWatch, services: TheServices) -> ObjectiveBody:
    """Judge one objective now."""
    watch = watch_of(services)
    wanted = watch.levels.objectives.get(objective)
    if wanted is None:
        raise NotFound(f"there is no objective {objective[:64]!r}")
    return ObjectiveBody.of(objective_state(watch.events, objective, wanted, services.clock()))


@router.get("/v1/forecasts")
def forecasts(
    _may: MayWatch, services: TheServices, days: Days = 7, application: Name = ""
) -> ForecastsBody:
    """Forecast volume, latency, cost and storage, and say how long capacity suffices."""
    watch, now = watch_of(services), services.clock()
    found = [_forecast(watch, subject, now, days, application) for subject in Subject]
    return ForecastsBody.of(
        found, capacity(watch.events, watch.capacity, now, watch.monthly_budget)
    )


@router.get("/v1/forecasts/{subject}")
def one_forecast(
    subject: Subject, _may: MayWatch, services: TheServices, days: Days = 7, application: Name = ""
) -> ForecastDetailBody:
    """Forecast one of them, with what it was made of."""
    watch, now = watch_of(services), services.clock()
    found = _forecast(watch, subject, now, days, application)
    past = history_of(watch.events, subject, now, found.by, application or None)
    return ForecastDetailBody.made(found, past)


def _forecast(
    watch: Watch, subject: Subject, now: datetime, days: int, application: str
) -> Forecast:
    ahead, rivals = timedelta(days=days), watch.capacity.rivals
    return forecast_of(watch.events, subject, now, ahead, application or None, rivals=rivals)


def watch_of(services: Services) -> Watch:
    """The watch, or raise Unavailable."""
    if services.watch is None:
        raise Unavailable("Nothing is watched by this server.")
    return services.watch
