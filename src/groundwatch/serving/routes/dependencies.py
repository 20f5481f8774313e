"""What several routes take as arguments."""

from typing import Annotated

from fastapi import Depends

from groundwatch.alerting.desk import Desk
from groundwatch.domain.access import Identity
from groundwatch.serving.permissions import NOBODY_IN_PARTICULAR, OpenToAll, Requires
from groundwatch.serving.server import Server, desk_of, server_of, services_of, telemetry_of
from groundwatch.serving.services import Services
from groundwatch.serving.telemetry import Telemetry

READS_ALL = "interactions:read-all"
TheServer = Annotated[Server, Depends(server_of)]
TheServices = Annotated[Services, Depends(services_of)]
TheDesk = Annotated[Desk, Depends(desk_of)]
TheTelemetry = Annotated[Telemetry, Depends(telemetry_of)]

Anybody = Annotated[None, Depends(OpenToAll())]
SignedIn = Annotated[Identity, Depends(Requires(NOBODY_IN_PARTICULAR))]
MayAsk = Annotated[Identity, Depends(Requires("answers:ask", counted=False))]
MayListModels = Annotated[Identity, Depends(Requires("answers:ask"))]
MaySearch = Annotated[Identity, Depends(Requires("search:read"))]
MayEmbed = Annotated[Identity, Depends(Requires("embeddings:create"))]
MayRead = Annotated[Identity, Depends(Requires("documents:read"))]
MayWrite = Annotated[Identity, Depends(Requires("documents:write"))]
MayPermit = Annotated[Identity, Depends(Requires("permissions:write"))]
MaySeeSources = Annotated[Identity, Depends(Requires("sources:read"))]
MaySync = Annotated[Identity, Depends(Requires("sources:sync"))]
MaySeeJobs = Annotated[Identity, Depends(Requires("jobs:read"))]
MayGiveFeedback = Annotated[Identity, Depends(Requires("feedback:write"))]
MaySeeInteractions = Annotated[Identity, Depends(Requires("interactions:read"))]
MaySeeEverybody = Annotated[Identity, Depends(Requires(READS_ALL))]
# Telemetry has a bound of its own: the bytes that wait to be written.
MaySendTelemetry = Annotated[Identity, Depends(Requires("telemetry:write", counted=False))]
MayScrape = Annotated[Identity, Depends(Requires("metrics:read", counted=False))]
MayWatch = Annotated[Identity, Depends(Requires("watch:read"))]
MayRescore = Annotated[Identity, Depends(Requires("index:manage"))]
MayAlert = Annotated[Identity, Depends(Requires("alerts:write"))]
MayDecide = Annotated[Identity, Depends(Requires("experiments:write"))]
