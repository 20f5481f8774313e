"""`/v1/documents`: read, upload, replace, delete, share."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response, status

from groundwatch.domain.jobs import Upload
from groundwatch.serving.bodies.documents import (
    BatchBody,
    DocumentContentBody,
    DocumentPageBody,
    DocumentsWanted,
    JobBody,
    ReadableBody,
)
from groundwatch.serving.bodies.passages import AccessBody, DocumentBody
from groundwatch.serving.routes.dependencies import MayPermit, MayRead, MayWrite, TheServices
from groundwatch.serving.routes.uploads import (
    new_document_schema,
    new_version_schema,
    read_new_document,
    read_new_version,
)

router = APIRouter(tags=["documents"])
_ACCEPTED = status.HTTP_202_ACCEPTED


@router.get("/v1/documents")
def page(
    wanted: Annotated[DocumentsWanted, Query()], identity: MayRead, services: TheServices
) -> DocumentPageBody:
    """List the documents the asker may read."""
    found = services.library.page(
        identity,
        source=wanted.source,
        prefix=wanted.prefix,
        after=wanted.after,
        limit=wanted.limit,
    )
    return DocumentPageBody(
        documents=tuple(DocumentBody.of(meta) for meta in found),
        next=found[-1].id if len(found) == wanted.limit else None,
    )


@router.post("/v1/documents", status_code=_ACCEPTED, openapi_extra=new_document_schema())
def upload(
    given: Annotated[Upload, Depends(read_new_document)],
    identity: MayWrite,
    services: TheServices,
    response: Response,
) -> JobBody:
    """Upload a document, as JSON or as a form. It is durable now and searchable shortly."""
    job = services.uploads.put(identity, given, None)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobBody.of(job)


@router.post("/v1/documents/batch", status_code=_ACCEPTED)
def batch(
    body: BatchBody, identity: MayWrite, services: TheServices, response: Response
) -> JobBody:
    """Upload and delete many documents as one job; all operations are taken, or none."""
    job = services.uploads.batch(identity, body.all())
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobBody.of(job)


@router.get("/v1/documents/{document_id}")
def get(document_id: str, identity: MayRead, services: TheServices) -> DocumentBody:
    """Describe a document."""
    return DocumentBody.of(services.library.content(identity, document_id).meta)


@router.put(
    "/v1/documents/{document_id}", status_code=_ACCEPTED, openapi_extra=new_version_schema()
)
def replace(
    document_id: str,
    given: Annotated[Upload, Depends(read_new_version)],
    identity: MayWrite,
    services: TheServices,
    response: Response,
) -> JobBody:
    """Give an uploaded document new content; its path and permissions stay."""
    job = services.uploads.put(identity, given, document_id)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobBody.of(job)


@router.delete("/v1/documents/{document_id}", status_code=_ACCEPTED)
def delete(
    document_id: str, identity: MayWrite, services: TheServices, response: Response
) -> JobBody:
    """Delete an uploaded document; it is gone from search when this answers."""
    job = services.uploads.delete(identity, document_id)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobBody.of(job)


@router.get("/v1/documents/{document_id}/content")
def content(document_id: str, identity: MayRead, services: TheServices) -> DocumentContentBody:
    """Give a document's parsed text, into which citations point, and who may read it."""
    found = services.library.content(identity, document_id)
    return DocumentContentBody.of(
        found, identity.principals, whole=identity.may("permissions:write")
    )


@router.put("/v1/documents/{document_id}/acl", status_code=status.HTTP_204_NO_CONTENT)
def set_access(
    document_id: str, body: AccessBody, identity: MayPermit, services: TheServices
) -> None:
    """Replace a document's permissions; in force everywhere when this answers."""
    services.library.set_access(identity, document_id, body.access())


@router.get("/v1/documents/{document_id}/access")
def access(
    document_id: str,
    identity: MayPermit,
    services: TheServices,
    user: Annotated[str, Query(max_length=200, description="The asker when left out.")] = "",
) -> ReadableBody:
    """Say whether a user may read a document, by which rule and through which groups."""
    return ReadableBody.of(services.explain_access(document_id, user or identity.user))
