"""Reads an uploaded document from JSON or from a form."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from groundwatch.domain.access import AccessList
from groundwatch.domain.jobs import Upload
from groundwatch.errors import InvalidInput
from groundwatch.serving.bodies.documents import ContentBody, UploadBody
from groundwatch.serving.bodies.passages import AccessBody, Label
from groundwatch.serving.paths import upload_path

Content = TypeVar("Content", bound=ContentBody)

_TAGS = TypeAdapter(tuple[Label, ...])
_STRINGS = {"type": "array", "items": {"type": "string"}}
_FILE = {"type": "string", "format": "binary"}
_VERSION_FIELDS: dict[str, Any] = {"file": _FILE, "tags": _STRINGS}
_DOCUMENT_FIELDS: dict[str, Any] = {
    **_VERSION_FIELDS,
    "path": {"type": "string", "description": "Left out, the file's name."},
    "allow": _STRINGS,
    "deny": _STRINGS,
}


def _described(body: type[ContentBody], fields: dict[str, Any]) -> dict[str, Any]:
    form = {"type": "object", "required": ["file"], "properties": fields}
    schema = body.model_json_schema()
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


async def read_new_document(request: Request) -> Upload:
    """Read path, content, permissions and tags of a new document."""
    if _is_json(request):
        return (await _read_json(request, UploadBody)).upload()
    async with request.form(max_files=1, max_fields=1000) as form:
        file = _file(form, _DOCUMENT_FIELDS)
        path = _list(form, "path") or (file.filename or "",)
        return Upload(
            path=upload_path(path[0]),
            data=await file.read(),
            access=_access(form),
            tags=_tags(form),
        )


async def read_new_version(request: Request) -> Upload:
    """Read new content and tags; `path` of the result is empty, the document keeps its own."""
    if _is_json(request):
        body = await _read_json(request, ContentBody)
        return Upload(path="", data=body.data(), tags=body.tags)
    async with request.form(max_files=1, max_fields=1000) as form:
        file = _file(form, _VERSION_FIELDS)
        return Upload(path="", data=await file.read(), tags=_tags(form))


def new_document_schema() -> dict[str, Any]:
    """The request body of `read_new_document` for the OpenAPI description."""
    return _described(UploadBody, _DOCUMENT_FIELDS)


def new_version_schema() -> dict[str, Any]:
    """The request body of `read_new_version` for the OpenAPI description."""
    return _described(ContentBody, _VERSION_FIELDS)


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "multipart/form-data"):
        raise HTTPException(415)
    return kind == "application/json"


async def _read_json(request: Request, shape: type[Content]) -> Content:
    try:
        return shape.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def _file(form: FormData, known: dict[str, Any]) -> UploadFile:
    unknown = sorted(set(form) - set(known))
    if unknown:
        raise InvalidInput(f"The form has a field {unknown[0][:100]!r}; known: {', '.join(known)}.")
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise InvalidInput("The form needs a field 'file' with a file.")
    return file


def _list(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(value for value in form.getlist(name) if isinstance(value, str))


def _tags(form: FormData) -> tuple[str, ...]:
    try:
        return _TAGS.validate_python(_list(form, "tags"))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def _access(form: FormData) -> AccessList | None:
    if "allow" not in form and "deny" not in form:
        return None
    try:
        return AccessBody(allow=_list(form, "allow"), deny=_list(form, "deny")).access()
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
