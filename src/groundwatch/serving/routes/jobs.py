"""`/v1/jobs` and `/v1/sources`: what is being worked on, and how the sources are doing."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from groundwatch.serving.bodies.documents import JobBody, JobPageBody
from groundwatch.serving.bodies.sources import RetriedBody, RetryBody, SourceBody, SourcesBody
from groundwatch.serving.routes.dependencies import (
    MaySeeJobs,
    MaySeeSources,
    MaySync,
    TheServices,
)

router = APIRouter(tags=["sources and jobs"])


@router.get("/v1/jobs")
def jobs(
    identity: MaySeeJobs,
    services: TheServices,
    after: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JobPageBody:
    """List the asker's jobs, newest first; administrators see everybody's."""
    found = services.jobs.page(identity, after=after, limit=limit)
    return JobPageBody(
        jobs=tuple(JobBody.of(job) for job in found),
        next=found[-1].id if len(found) == limit else None,
    )


@router.get("/v1/jobs/{job_id}")
def job(job_id: str, identity: MaySeeJobs, services: TheServices) -> JobBody:
    """Show a job with the state and error of each document."""
    return JobBody.of(services.jobs.get(identity, job_id))


@router.get("/v1/sources")
def sources(identity: MaySeeSources, services: TheServices) -> SourcesBody:
    """Show how fresh and how well the sources are."""
    found = services.sources.overview(identity)
    return SourcesBody(sources=tuple(SourceBody.of(source) for source in found))


@router.get("/v1/sources/{name}")
def source(name: str, identity: MaySeeSources, services: TheServices) -> SourceBody:
    """Show one source with the tracking records of its recent changes."""
    return SourceBody.of(services.sources.get(identity, name))


@router.post("/v1/sources/{name}/sync", status_code=status.HTTP_202_ACCEPTED)
def sync(name: str, identity: MaySync, services: TheServices) -> SourceBody:
    """Have a source compared with what is indexed, now."""
    services.sources.sync(identity, name)
    return SourceBody.of(services.sources.get(identity, name))


@router.post("/v1/sources/{name}/retry", status_code=status.HTTP_202_ACCEPTED)
def retry(name: str, wanted: RetryBody, identity: MaySync, services: TheServices) -> RetriedBody:
    """Try failed and quarantined documents again."""
    return RetriedBody(retried=services.sources.retry(identity, name, wanted.paths))
