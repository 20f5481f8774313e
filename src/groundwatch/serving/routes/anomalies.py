"""`/v1/anomalies`: what was found unusual."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from groundwatch.anomaly.book import FindingBook
from groundwatch.domain.status import Severity
from groundwatch.errors import Unavailable
from groundwatch.serving.bodies.anomalies import FindingBody, FindingPageBody, SeenBody
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.routes.dependencies import MayWatch, TheServices
from groundwatch.serving.services import Services
from groundwatch.store.findings import Wanted

router = APIRouter(tags=["watch"])


class AskedBody(Body):
    """Which findings are listed."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    application: str = Field(default="", max_length=200)
    kind: str = Field(default="", max_length=40)
    severity: tuple[Severity, ...] = Field(default=(), max_length=5)
    lasting: bool | None = None
    after: str = Field(default="", max_length=64)
    limit: int = Field(default=50, ge=1, le=200)


@router.get("/v1/anomalies")
def anomalies(
    _may: MayWatch, services: TheServices, asked: Annotated[AskedBody, Query()]
) -> FindingPageBody:
    """List findings, the newest beginning first."""
    wanted = Wanted(
        asked.since,
        asked.until,
        asked.application,
        asked.kind,
        tuple(str(each) for each in asked.severity),
        asked.lasting,
    )
    seen = _book(services).page(wanted, after=asked.after, limit=asked.limit)
    found = [each.finding for each in seen]
    return FindingPageBody(
        anomalies=[FindingBody.of(one) for one in found],
        next=found[-1].id if len(found) == asked.limit else None,
    )


@router.get("/v1/anomalies/{anomaly_id}")
def anomaly(anomaly_id: str, _may: MayWatch, services: TheServices) -> SeenBody:
    """Show a finding with the minutes around it."""
    return SeenBody.of(_book(services).get(anomaly_id))


def _book(services: Services) -> FindingBook:
    if services.watch is None or services.watch.findings is None:
        raise Unavailable("This server looks for no anomalies.")
    return services.watch.findings
