"""`/v1/sla` and `/v1/forecasts`: what was promised, and what is to come."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from groundwatch.analytics.capacity_advice import capacity
from groundwatch.analytics.forecast_series import Subject, forecast_of
from groundwatch.analytics.sla import sla_reports
from groundwatch.analytics.slo import objectives
from groundwatch.errors import Unavailable
from groundwatch.serving.bodies.forecasts import ForecastsBody
from groundwatch.serving.bodies.levels import LevelsBody
from groundwatch.serving.routes.dependencies import MayWatch, TheServices
from groundwatch.serving.services import Services, Watch

router = APIRouter(tags=["watch"])


@router.get("/v1/sla")
def levels(_may: MayWatch, services: TheServices) -> LevelsBody:
    """Judge service levels now: what was promised, and what is left of error budgets."""
    watch, now = watch_of(services), services.clock()
    return LevelsBody.of(
        now,
        sla_reports(watch.events, watch.levels, now),
        objectives(watch.events, watch.levels.objectives, now),
    )


@router.get("/v1/forecasts")
def forecasts(
    _may: MayWatch,
    services: TheServices,
    days: Annotated[int, Query(ge=1, le=90, description="So far ahead.")] = 7,
    application: Annotated[str, Query(max_length=200, description="Empty for all.")] = "",
) -> ForecastsBody:
    """Forecast volume, latency, cost and storage, and say how long capacity suffices."""
    watch, now = watch_of(services), services.clock()
    ahead = timedelta(days=days)
    found = [
        forecast_of(
            watch.events, subject, now, ahead, application or None, rivals=watch.capacity.rivals
        )
        for subject in Subject
    ]
    return ForecastsBody.of(
        found, capacity(watch.events, watch.capacity, now, watch.monthly_budget)
    )


def watch_of(services: Services) -> Watch:
    """The watch, or raise Unavailable."""
    if services.watch is None:
        raise Unavailable("Nothing is watched by this server.")
    return services.watch
