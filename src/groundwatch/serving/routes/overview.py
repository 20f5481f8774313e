"""What is measured of a window: the overview, the analysis, one person, any metric."""

from typing import Annotated

from fastapi import APIRouter, Query

from groundwatch.analytics import cost, windows
from groundwatch.analytics.analysis import analysis
from groundwatch.analytics.behaviour import behaviour
from groundwatch.analytics.capacity_limits import near
from groundwatch.analytics.exploring import PEOPLE, explored, metric_named
from groundwatch.analytics.gap_evidence import explained
from groundwatch.analytics.overview import overview
from groundwatch.analytics.pulse import pulse
from groundwatch.analytics.tallies import compared
from groundwatch.analytics.windows import Window
from groundwatch.errors import Unavailable
from groundwatch.serving.bodies.people import BehaviourBody
from groundwatch.serving.bodies.series import SeriesBody, SeriesWanted
from groundwatch.serving.bodies.watch import AnalysisBody, OverviewBody
from groundwatch.serving.permissions import require
from groundwatch.serving.routes.dependencies import (
    READS_ALL,
    MaySeeEverybody,
    MayWatch,
    TheServices,
)
from groundwatch.serving.services import Services, Watch

router = APIRouter(tags=["watch"])

Span = Annotated[str, Query(description="How far back from now: 15m, 1h, 24h, 7d, 30d.")]
Name = Annotated[str, Query(max_length=200, description="Only of this one; empty for all.")]


@router.get("/v1/overview")
def look(
    _may: MayWatch,
    services: TheServices,
    window: Span = "1h",
    application: Name = "",
    group: Name = "",
) -> OverviewBody:
    """Tell how all is: status, six figures beside the span before, what changed, what to do."""
    watch, span = _asked(services, window, application, group)
    events, now, backlog = watch.events, services.clock(), watch.events.backlog()
    found = overview(events, span, now, backlog, watch.thresholds)
    present = pulse(events, now, backlog, watch.thresholds, span)
    limits = near(events, watch.capacity, now, watch.monthly_budget)
    budget = _budget(services, watch, span)
    return OverviewBody.of(found, present, budget, watch.incidents(), limits)


@router.get("/v1/analysis")
def analyse(
    _may: MayWatch,
    services: TheServices,
    window: Span = "1h",
    application: Name = "",
    group: Name = "",
) -> AnalysisBody:
    """Analyse a window: volume, times, quality, errors, resources, what to do, what is missing."""
    watch, span = _asked(services, window, application, group)
    found = analysis(watch.events, span, watch.thresholds)
    savings = cost.all_savings(watch.events, span, watch.events.applications(span.since))
    gaps = explained(watch.events, span)
    return AnalysisBody.of(found, gaps, savings, _budget(services, watch, span))


@router.get("/v1/users/{user}/behaviour")
def behave(
    user: str,
    _may: MaySeeEverybody,
    services: TheServices,
    window: Span = "7d",
    application: Name = "",
    group: Name = "",
) -> BehaviourBody:
    """Tell what one person did in a window: when, about what, how long, and how content."""
    watch, span = _asked(services, window, application, group)
    return BehaviourBody.of(behaviour(watch.events, user, span))


@router.get("/v1/series")
def series(
    wanted: Annotated[SeriesWanted, Query()], identity: MayWatch, services: TheServices
) -> SeriesBody:
    """Tell any metric over time: built in or one's own, whole or by label."""
    if wanted.split in PEOPLE:
        require(identity, READS_ALL)
    watch, span = _asked(services, wanted.window, wanted.application, wanted.group)
    metric = metric_named(wanted.metric)
    return SeriesBody.of(explored(watch.events, span, metric, wanted.split, wanted.statistic), span)


def _budget(services: Services, watch: Watch, span: Window) -> cost.Budget | None:
    if watch.monthly_budget is None:
        return None
    return cost.budget(watch.events, watch.monthly_budget, services.clock(), span.application)


def _asked(services: Services, window: str, application: str, group: str) -> tuple[Watch, Window]:
    if services.watch is None:
        raise Unavailable("Nothing is watched by this server.")
    span = windows.last(windows.span_of(window), services.clock(), application or None, group)
    return services.watch, compared(services.watch.events, span)
