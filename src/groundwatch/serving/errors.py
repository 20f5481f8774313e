"""Which error becomes which HTTP status, and what a caller learns of it (RFC 9457)."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from groundwatch import errors
from groundwatch.telemetry.otlp.body import Encoding
from groundwatch.telemetry.otlp.status import status_body


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the error table.

    Attributes:
        detail: said instead of the error's own message; None says the message. Fixed where a
            message could tell what exists, or what stands behind the server.
    """

    status: int
    title: str
    detail: str | None = None


TABLE: Mapping[type[Exception], Row] = {
    errors.Overloaded: Row(429, "Too many requests"),
    errors.Unavailable: Row(
        503, "Unavailable", "Something that is needed does not answer now. Try again shortly."
    ),
    errors.TimedOut: Row(504, "Timed out", "Something that is needed took too long. Try again."),
    errors.Transient: Row(503, "Unavailable", "This did not work now. Try again shortly."),
    errors.InvalidInput: Row(422, "Invalid input"),
    errors.NotAuthenticated: Row(
        401, "Not authenticated", "Send a valid API key as 'Authorization: Bearer gw_...'."
    ),
    errors.NotPermitted: Row(403, "Not permitted"),
    errors.NotFound: Row(404, "Not found", "It does not exist, or you may not see it."),
    errors.Conflict: Row(409, "Conflict"),
    errors.DocumentRejected: Row(422, "Document rejected"),
    errors.Unusable: Row(503, "Unusable", "Something stored cannot be used. Ask an administrator."),
}
"""The nearest class above an error counts."""

UNEXPECTED = Row(500, "Internal error", "Something went wrong. Quote the correlation id.")
# Raised for a wrong configuration, which is nothing a caller could put right.
_NOT_THE_CALLERS = (errors.ConfigInvalid,)
_HTTP_DETAILS = {
    404: "It does not exist, or you may not see it.",
    405: "This path exists, but does not take this method.",
    413: "The request's body is too large.",
    415: "This content type is not taken here.",
}


_OPENAI_PATHS = frozenset({"/v1/chat/completions", "/v1/models", "/v1/embeddings"})
_OTLP_PATHS = ("/otlp/v1/", "/v1/traces", "/v1/logs", "/v1/metrics")


def correlation_id_of(scope: Scope) -> str:
    """The id under which a request is logged; given back in `X-Correlation-Id`."""
    return str(scope.get("correlation_id", ""))


@dataclass(frozen=True, slots=True)
class Problem:
    """What a caller is told of an error.

    Attributes:
        headers: sent beside it, such as Retry-After.
        more: further members of the JSON object.
    """

    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def body(self, correlation_id: str) -> dict[str, Any]:
        """The problem as JSON (RFC 9457)."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "correlation_id": correlation_id,
            **self.more,
        }

    def for_openai(self, correlation_id: str) -> dict[str, Any]:
        """The problem with a member `error`, where OpenAI's clients look for the message."""
        error = {"message": self.detail, "type": self.title, "code": str(self.status)}
        return {**self.body(correlation_id), "error": error}

    def for_otlp(self) -> Response:
        """The problem as `google.rpc.Status` in protobuf, for senders of telemetry."""
        return Response(
            status_body(Encoding.PROTOBUF, self.status, self.detail),
            status_code=self.status,
            media_type=Encoding.PROTOBUF.value,
            headers=dict(self.headers),
        )

    def response(self, scope: Scope) -> Response:
        if scope["path"].startswith(_OTLP_PATHS) and _sends_protobuf(scope):
            return self.for_otlp()
        shape = self.for_openai if scope["path"] in _OPENAI_PATHS else self.body
        return Response(
            json.dumps(shape(correlation_id_of(scope)), ensure_ascii=False).encode(),
            status_code=self.status,
            media_type="application/problem+json",
            headers=dict(self.headers),
        )


def _sends_protobuf(scope: Scope) -> bool:
    return "protobuf" in Headers(scope=scope).get("content-type", "")


def problem_of(error: BaseException) -> Problem:
    """Look an error up in the table; what is not there is a 500 that says nothing."""
    if isinstance(error, HTTPException):
        return _of_http(error)
    row = _row(type(error))
    detail = str(error) if row.detail is None else row.detail
    headers: dict[str, str] = {}
    if isinstance(error, errors.Overloaded):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, errors.NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="groundwatch"'
    return Problem(row.status, row.title, detail, headers)


def is_expected(error: BaseException) -> bool:
    """Tell whether an error is a caller's doing, so that a log line is enough."""
    return problem_of(error).status < 500


def _row(kind: type[BaseException]) -> Row:
    if issubclass(kind, _NOT_THE_CALLERS):
        return UNEXPECTED
    rows = (TABLE[each] for each in kind.__mro__ if each in TABLE)
    return next(rows, UNEXPECTED)


def _of_http(error: HTTPException) -> Problem:
    words = {400: "Bad request", 404: "Not found", 405: "Method not allowed"}
    words |= {408: "Request timeout", 413: "Content too large", 415: "Unsupported media type"}
    if error.status_code >= 500 or error.status_code not in words:
        return Problem(UNEXPECTED.status, UNEXPECTED.title, UNEXPECTED.detail or "")
    detail = _HTTP_DETAILS.get(error.status_code, "The request cannot be read.")
    return Problem(error.status_code, words[error.status_code], detail, error.headers or {})
