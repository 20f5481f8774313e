"""The outermost layer: a correlation id, safe headers, and no error beyond it."""

import re
import secrets

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundwatch.errors import GroundwatchError
from groundwatch.serving.errors import correlation_id_of, is_expected, problem_of

_CORRELATION = "X-Correlation-Id"
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
_NOTHING_TO_SEND = "No response returned."
"""What the framework raises where a caller left before there was an answer."""

log = structlog.get_logger(__name__)


class Edge:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_CORRELATION, "")
        correlation_id = given if _ACCEPTED.fullmatch(given) else secrets.token_hex(8)
        scope["correlation_id"] = correlation_id
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await self._guarded(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = is_gone = False

        async def received() -> Message:
            nonlocal is_gone
            message = await receive()
            is_gone = is_gone or message["type"] == "http.disconnect"
            return message

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self._app(scope, received, send_with_headers)
        except Exception as error:  # noqa: BLE001  the process boundary towards the caller
            if is_gone and str(error) == _NOTHING_TO_SEND:
                log.info("the caller left before there was an answer")
                return
            log_error(error)
            if scope["type"] != "http":
                await send({"type": "websocket.close", "code": 1011})
            elif not started:
                response = problem_of(error).response(scope)
                await response(scope, receive, send_with_headers)


def log_error(error: BaseException) -> None:
    """Log an error under the current correlation id: a stack only for what nobody expected."""
    if is_expected(error):
        log.info("request refused", error=type(error).__name__, reason=str(error))
    elif isinstance(error, GroundwatchError):
        log.error("request failed", error=type(error).__name__, reason=str(error))
    else:
        log.error("request failed", error=type(error).__name__, exc_info=error)


def _add_headers(scope: Scope, headers: MutableHeaders) -> None:
    is_page = headers.get("content-type", "").startswith("text/html")
    headers[_CORRELATION] = correlation_id_of(scope)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault("Content-Security-Policy", _PAGE_POLICY if is_page else _DATA_POLICY)
    headers.setdefault("Cache-Control", "no-store")
