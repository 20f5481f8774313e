"""Adds the pages of the watch."""

from collections.abc import Callable
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
    _add_experiments(services, readings, refusal)
    _add_reports(services, readings, refusal)


def _add_alerts(
    services: Services,
    readings: Readings,
    refusal: Callable[[Request, Place], Response | None],
) -> None:
    """Its buttons act as the visitor, so each visit has a view of its own."""

    @ui.page(places.ALERTS.path)
    async def page(request: Request) -> Response | None:
        refused = refusal(request, places.ALERTS)
        if refused is None:
            visitor = Visitor.of(request, services)
            selection = selection_of(request.query_params, alerts.PARAMETERS)
            view = alerts.view(services.alerts, visitor)
            await WatchPage(visitor, selection, readings, view).build()
        return refused


def _add_experiments(
    services: Services,
    readings: Readings,
    refusal: Callable[[Request, Place], Response | None],
) -> None:
    """Its buttons act as the visitor, so each visit has a view of its own."""
    book = None if services.watch is None else services.watch.experiments

    @ui.page(places.EXPERIMENTS.path)
    async def page(request: Request) -> Response | None:
        refused = refusal(request, places.EXPERIMENTS)
        if refused is None:
            visitor = Visitor.of(request, services)
            selection = selection_of(request.query_params, experiments.PARAMETERS)
            view = experiments.view(book, visitor)
            await WatchPage(visitor, selection, readings, view).build()
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
