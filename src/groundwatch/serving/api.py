"""The HTTP application."""

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

import groundwatch
from groundwatch.errors import GroundwatchError
from groundwatch.serving.asking import Asker
from groundwatch.serving.authentication import Authentication
from groundwatch.serving.body_limit import BodyLimit
from groundwatch.serving.edge import Edge, log_error
from groundwatch.serving.errors import Problem, problem_of
from groundwatch.serving.live import Live
from groundwatch.serving.mcp_endpoint import McpEndpoint
from groundwatch.serving.rates import RateLimiter
from groundwatch.serving.routes import (
    alertmanager,
    alerts,
    anomalies,
    answers,
    chat,
    description,
    documents,
    experiments,
    feedback,
    happenings,
    health,
    interactions,
    jobs,
    levels,
    metrics,
    otlp,
    overview,
    reports,
    rescoring,
    search,
    sign_in,
)
from groundwatch.serving.routes import (
    live as live_route,
)
from groundwatch.serving.server import Server
from groundwatch.serving.services import Services
from groundwatch.serving.unpacking import Unpacking

_ROUTERS = (
    description.router,
    health.router,
    sign_in.router,
    answers.router,
    feedback.router,
    interactions.router,
    happenings.router,
    otlp.router,
    metrics.router,
    live_route.router,
    search.router,
    chat.router,
    documents.router,
    jobs.router,
    overview.router,
    levels.router,
    anomalies.router,
    experiments.router,
    rescoring.router,
    alerts.router,
    alertmanager.router,
    reports.router,
)
_DESCRIPTION = (
    "Grounded answers from a company's documents. Authenticate with an API key as "
    "`Authorization: Bearer gw_...`. Errors are `application/problem+json` (RFC 9457)."
)


def create_api(services: Services) -> FastAPI:
    """Make the application: API, chat, MCP and signing in, behind one authentication.

    Pages are added by `groundwatch.dashboard`. Middleware runs from the edge inwards: correlation
    id and last resort, authentication, size of the body.
    """
    rates = RateLimiter(services.settings.limits.requests_per_minute, time.monotonic)
    live = None if services.telemetry is None else Live(services.telemetry.live)
    server = Server(services, rates, Asker(services, rates), live)
    mcp = McpEndpoint(server, groundwatch.__version__)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None, None]:
        async with mcp.running():
            yield
        if live is not None:
            await live.close()
        await to_thread.run_sync(server.asker.close)

    app = FastAPI(
        title="Groundwatch",
        version=groundwatch.__version__,
        description=_DESCRIPTION,
        openapi_url=None,  # a route of our own, so that it declares its permission
        docs_url=None,  # the ready-made pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.server = server
    for router in _ROUTERS:
        app.include_router(router)
    app.router.routes.append(Route("/mcp", endpoint=mcp))
    app.add_exception_handler(GroundwatchError, _refuse)
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_body)
    app.add_middleware(Unpacking)
    app.add_middleware(BodyLimit, limits=services.settings.limits)
    app.add_middleware(Authentication, authenticate=services.authenticate)
    app.add_middleware(Edge)
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    log_error(error)
    return problem_of(error).response(request.scope)


async def _refuse_body(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = _without_input(error.errors())
    detail = "; ".join(f"{each['where']}: {each['message']}" for each in problems[:3])
    problem = Problem(422, "Invalid input", detail, more={"problems": problems})
    return problem.response(request.scope)


def _without_input(problems: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {"where": ".".join(str(part) for part in each["loc"]), "message": str(each["msg"])}
        for each in problems[:100]
    ]
