"""`/healthz` and `/readyz`: open, without detail; `/v1/health`: every part, for those who watch."""

from typing import Literal

from fastapi import APIRouter, Response, status

from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.health import SystemBody
from groundwatch.serving.routes.dependencies import (
    Anybody,
    MayWatch,
    TheServices,
    TheTelemetry,
)

router = APIRouter(tags=["health"])


class HealthBody(Body):
    """Whether the server is well; no more than that."""

    status: Literal["ok", "not ready"] = "ok"


@router.get("/healthz")
async def alive(_open: Anybody) -> HealthBody:
    """Say that the process answers."""
    return HealthBody()


@router.get("/readyz")
def ready(_open: Anybody, services: TheServices, response: Response) -> HealthBody:
    """Say whether questions can be answered now; 503 when not."""
    if services.ready():
        return HealthBody()
    response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return HealthBody(status="not ready")


@router.get("/v1/health")
def system(_identity: MayWatch, telemetry: TheTelemetry) -> SystemBody:
    """Say how every part of the system is; a moment old at most."""
    return SystemBody.of(telemetry.health())
