"""`/metrics`: the numbers as Prometheus reads them."""

from fastapi import APIRouter, Request, Response

from groundwatch.serving.routes.dependencies import MayScrape, TheTelemetry

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response)
def scrape(request: Request, _identity: MayScrape, telemetry: TheTelemetry) -> Response:
    """Give every metric in Prometheus' text format, or OpenMetrics where that is asked for."""
    text, content_type = telemetry.exposition(request.headers.get("accept", ""))
    return Response(text, headers={"Content-Type": content_type})
