"""How large a request's body may be, and how long it may take to arrive."""

import anyio
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundwatch.serving.errors import problem_of
from groundwatch.serving.settings import LimitSettings

_LARGE = ("/v1/documents", "/otlp/", "/v1/traces", "/v1/logs", "/v1/metrics")
"""Uploads; and telemetry, which has a limit of its own."""
_MEGABYTE = 1_000_000
_MOST_ELSEWHERE = 4 * _MEGABYTE


class BodyLimit:
    """Cuts bodies that are too large, also those that do not say their length."""

    def __init__(self, app: ASGIApp, limits: LimitSettings) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            refused = problem_of(HTTPException(413)).response(scope)
            await refused(scope, receive, send)
            return
        await self._app(scope, _Counted(receive, most, self._limits.body_seconds), send)

    def _most(self, path: str) -> int:
        most = self._limits.body_megabytes * _MEGABYTE
        return most if path.startswith(_LARGE) else min(most, _MOST_ELSEWHERE)


class _Counted:
    """A `receive` that counts and times the body that goes through it."""

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive = receive
        self._most = most
        self._seconds = seconds
        self._arrived = 0
        self._is_complete = False

    async def __call__(self) -> Message:
        if self._is_complete:
            return await self._receive()
        message = await self._in_time()
        if message["type"] == "http.request":
            self._arrived += len(message.get("body", b""))
            self._is_complete = not message.get("more_body", False)
        if self._arrived > self._most:
            raise HTTPException(413)
        return message

    async def _in_time(self) -> Message:
        started = anyio.current_time()
        try:
            with anyio.fail_after(self._seconds):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408) from error
        self._seconds = max(0.0, self._seconds - (anyio.current_time() - started))
        return message
