"""Adds the pages of the watch."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from groundwatch.dashboard import (
    alerts,
    anomalies,
    applications,
    cost,
    executive,
    experiments,
    forecasting,
    health,
    interactions,
    levels,
    metrics,
    overview,
    performance,
    places,
    quality,
    reports,
    routes,
    rules,
    runbook_pages,
    settings_page,
    usage,
)
from groundwatch.dashboard.places import Place
from groundwatch.dashboard.readings import Readings
from groundwatch.dashboard.selection import selection_of
from groundwatch.dashboard.visitor import Visitor
from groundwatch.dashboard.watched import View, WatchPage
from groundwatch.serving.services import Services
from groundwatch.serving.sign_in_pages import message_page

VIEWS: tuple[View[Any], ...] = (
    overview.VIEW,
    quality.VIEW,
    performance.VIEW,
    usage.VIEW,
    cost.VIEW,
    applications.VIEW,
    metrics.VIEW,
    anomalies.VIEW,
    levels.VIEW,
    forecasting.VIEW,
    settings_page.VIEW,
)


def add_watch_pages(
    services: Services, refusal: Callable[[Request, Place], Response | None]
) -> None:
    """Add every page of the watch; `refusal` says whether a visitor may not open one."""
    readings = Readings()
    look = None if services.telemetry is None else services.telemetry.health
    for view in (*VIEWS, interactions.view(services.library), health.view(look)):
        _add(view, services, readings, refusal)
    _add(executive.view(services.reports), services, readings, refusal)
    _add_alerts(services, readings, refusal)
    book = None if services.watch is None else services.watch.experiments
    tried = partial(experiments.view, book)
    _add_acting(places.EXPERIMENTS, experiments.PARAMETERS, tried, services, readings, refusal)
    _add_reports(services, readings, refusal)


def _add_alerts(
    services: Services,
    readings: Readings,
    refusal: Callable[[Request, Place], Response | None],
) -> None:
    """Their buttons act as the visitor, so each visit has a view of its own."""
    for place, parameters, view in (
        (places.ALERTS, alerts.PARAMETERS, alerts.view),
        (places.RULES, rules.PARAMETERS, rules.view),
        (places.ROUTES, routes.PARAMETERS, routes.view),
    ):
        _add_acting(place, parameters, partial(view, services.alerts), services, readings, refusal)
    runbook_pages.add(refusal)


def _add_acting(  # noqa: PLR0917  everything a page is made of
    place: Place,
    parameters: tuple[str, ...],
    view: Callable[[Visitor], View[Any]],
    services: Services,
    readings: Readings,
    refusal: Callable[[Request, Place], Response | None],
) -> None:
    @ui.page(place.path)
    async def page(request: Request) -> Response | None:
        refused = refusal(request, place)
        if refused is None:
            visitor = Visitor.of(request, services)
            selection = selection_of(request.query_params, parameters)
            await WatchPage(visitor, selection, readings, view(visitor)).build()
        return refused


def _add_reports(
    services: Services,
    readings: Readings,
    refusal: Callable[[Request, Place], Response | None],
) -> None:
    """The list, whose form leads to a report; and each report."""
    path = places.REPORTS.path

    @ui.page(path)
    async def every(request: Request, make: str = "", date: str = "") -> Response | None:
        refused = refusal(request, places.REPORTS)
        if refused is not None:
            return refused
        if wanted := reports.made_of(make, date, request.query_params.get("app", "")):
            return RedirectResponse(wanted, 303)
        view = reports.listing(services.reports)
        selection = selection_of(request.query_params, view.parameters)
        await WatchPage(Visitor.of(request, services), selection, readings, view).build()
        return None

    @ui.page(f"{path}/{{kind}}/{{day}}")
    async def one(request: Request, kind: str, day: str) -> Response | None:
        refused = refusal(request, places.REPORTS)
        if refused is not None:
            return refused
        view = reports.one(services.reports, kind, day)
        if view is None:
            return message_page(404, "There is no such report", "The address may be mistyped.")
        selection = selection_of(request.query_params)
        await WatchPage(Visitor.of(request, services), selection, readings, view).build()
        return None


def _add(
    view: View[Any],
    services: Services,
    readings: Readings,
    refusal: Callable[[Request, Place], Response | None],
) -> None:
    @ui.page(view.place.path)
    async def page(request: Request) -> Response | None:
        refused = refusal(request, view.place)
        if refused is None:
            selection = selection_of(request.query_params, view.parameters)
            await WatchPage(Visitor.of(request, services), selection, readings, view).build()
        return refused
