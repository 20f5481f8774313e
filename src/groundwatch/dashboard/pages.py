"""Adds the pages to the application."""

from functools import partial
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from groundwatch.dashboard.places import ASK, SOURCES, Place
from groundwatch.errors import NotFound
from groundwatch.serving.authentication import identity_of
from groundwatch.serving.edge import log_error
from groundwatch.serving.errors import problem_of
from groundwatch.serving.server import Server
from groundwatch.serving.sign_in_pages import message_page


def add_pages(app: FastAPI) -> None:
    """Add the pages to an application made by `create_api`; once in a process.

    NiceGUI keeps its pages in globals and is imported here, when pages are wanted.
    """
    from nicegui import app as pages
    from nicegui import ui

    from groundwatch.dashboard.frame import ASSETS
    from groundwatch.dashboard.watch_pages import add_watch_pages

    server = app.state.server
    assert isinstance(server, Server)
    assets = files("groundwatch.dashboard").joinpath("static")
    pages.add_static_files(ASSETS, Path(str(assets)))
    _add_ask(server)
    _add_sources(server)
    add_watch_pages(server.services, _refusal)
    pages.add_exception_handler(404, partial(_missing, app.router))
    pages.on_page_exception(_broken)
    ui.run_with(
        app,
        title="Groundwatch",
        favicon=_favicon(),
        dark=None,
        language="en-US",
        reconnect_timeout=30.0,
        tailwind=False,
        show_welcome_message=False,
    )


def _add_ask(server: Server) -> None:
    from nicegui import ui

    from groundwatch.dashboard.ask import AskPage, hints
    from groundwatch.dashboard.visitor import Visitor

    @ui.page(ASK.path)
    async def ask(request: Request, q: str = "") -> Response | None:
        refused = _refusal(request, ASK)
        if refused is None:
            visitor = Visitor.of(request, server.services)
            question = q.strip()[: server.services.settings.limits.query_characters]
            shown = "" if question else await hints(visitor, visitor.at_opening)
            AskPage(visitor, server.asker, shown).build(question)
        return refused


def _add_sources(server: Server) -> None:
    from nicegui import ui

    from groundwatch.dashboard.sources import SourcesPage
    from groundwatch.dashboard.visitor import Visitor

    @ui.page(SOURCES.path)
    async def sources(request: Request) -> Response | None:
        refused = _refusal(request, SOURCES)
        if refused is None:
            await SourcesPage(Visitor.of(request, server.services)).build()
        return refused


def _refusal(request: Request, place: Place) -> Response | None:
    if identity_of(request.scope).may(place.permission):
        return None
    return message_page(403, "This page is not for you", f"It needs {place.permission}.")


async def _missing(api: APIRouter, request: Request, _error: Exception) -> Response:
    if allowed := _methods(api, request):
        refused = HTTPException(405, headers={"Allow": ", ".join(allowed)})
        return problem_of(refused).response(request.scope)
    if "text/html" in request.headers.get("accept", ""):
        return message_page(404, "There is no such page", "The address may be old or mistyped.")
    return problem_of(NotFound()).response(request.scope)


def _methods(api: APIRouter, request: Request) -> list[str]:
    """The methods that the API knows for a path, empty when it does not know the path."""
    scope = {**request.scope, "root_path": ""}
    routes = [context.original_route for context in iter_route_contexts(api.routes)]
    return sorted(
        method
        for route in routes
        if isinstance(route, Route) and route.matches(scope)[0] is Match.PARTIAL
        for method in route.methods or ()
    )


def _broken(error: Exception) -> None:
    from groundwatch.dashboard.frame import html
    from groundwatch.dashboard.templating import render

    log_error(error)
    html(
        render(
            "message.html",
            {
                "heading": "This page could not be made",
                "text": "Something went wrong on the server; it is logged. Try again shortly.",
            },
        )
    )


def _favicon() -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#5b9bf3" '
        'stroke-width="2" stroke-linecap="round"><path d="M3 17h18M6 21h12"/>'
        '<circle cx="12" cy="8.5" r="5.5"/><path d="M12 6v2.5l1.8 1.4"/></svg>'
    )
