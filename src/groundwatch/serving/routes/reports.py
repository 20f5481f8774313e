"""`/v1/reports` and `/v1/executive`: what days, weeks and periods came to."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from groundwatch.errors import Unavailable
from groundwatch.reports.desk import Format, Rendered, ReportDesk
from groundwatch.reports.spans import Kind
from groundwatch.serving.bodies.reports import (
    ExecutiveBody,
    ListedBody,
    ReportBody,
    ReportsBody,
    ScheduledBody,
)
from groundwatch.serving.routes.dependencies import MayWatch, TheServices
from groundwatch.serving.services import Services

router = APIRouter(tags=["reports"])

Name = Annotated[str, Query(max_length=200, description="Only of this one; empty for all.")]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/html": {}, "application/pdf": {}, "text/csv": {}},
        "description": "The report, in the format that was asked for.",
    }
}
# Scripts, and anything from elsewhere, are refused even where a template of somebody's has them.
_LOCKED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-popups allow-top-navigation-by-user-activation",
}


@router.get("/v1/reports")
def listed(_may: MayWatch, services: TheServices) -> ReportsBody:
    """List reports of which something was measured, newest first, and when each kind is sent."""
    desk = desk_of(services)
    return ReportsBody(
        reports=[ListedBody.of(each) for each in desk.listed()],
        schedules=[ScheduledBody.of(each) for each in desk.schedules()],
    )


@router.get("/v1/reports/{kind}/{day}", response_model=ReportBody, responses=_FILES)
def one(
    _may: MayWatch,
    services: TheServices,
    kind: Kind,
    day: date,
    format: Format = "json",  # noqa: A002  its name in the URL
    application: Name = "",
) -> ReportBody | Response:
    """Make the report of a day, of the week that holds it, or of the period that ends with it."""
    desk = desk_of(services)
    made = desk.make(kind, day, application)
    return ReportBody.of(made) if format == "json" else _file(desk.rendered(made, format))


@router.get("/v1/executive", response_model=ExecutiveBody, responses=_FILES)
def executive(
    _may: MayWatch,
    services: TheServices,
    period: Annotated[str, Query(description="How far back from now: 1d to 90d.")] = "7d",
    format: Format = "json",  # noqa: A002  its name in the URL
    application: Name = "",
) -> ExecutiveBody | Response:
    """Tell how all is in a period, what it was worth, what is to come and what to do."""
    desk = desk_of(services)
    made = desk.executive(period, application)
    return ExecutiveBody.of(made) if format == "json" else _file(desk.rendered(made, format))


def _file(rendered: Rendered) -> Response:
    place = "inline" if rendered.media_type.startswith("text/html") else "attachment"
    headers = {"Content-Disposition": f'{place}; filename="{rendered.name}"', **_LOCKED}
    return Response(rendered.body, media_type=rendered.media_type, headers=headers)


def desk_of(services: Services) -> ReportDesk:
    """What makes reports, or raise Unavailable."""
    if services.reports is None:
        raise Unavailable("Nothing is watched by this server.")
    return services.reports
