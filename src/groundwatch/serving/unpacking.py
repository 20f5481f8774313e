"""Bodies of telemetry may come compressed by gzip; within the limit on bodies when unpacked."""

import zlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from groundwatch.serving.errors import problem_of

_PATHS = frozenset({"/v1/interactions", "/v1/events", "/v1/feedback"})
"""OTLP has an edge of its own, with other limits."""
_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1 << 16
MOST_BYTES = 4_000_000


class Unpacking:
    """Unpacks what says that it is gzip, piece by piece; a bomb costs no more than the limit."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in _PATHS:
            await self._app(scope, receive, send)
            return
        encoding = Headers(scope=scope).get("content-encoding", "").strip().lower()
        if encoding in ("", "identity"):
            await self._app(scope, receive, send)
        elif encoding in ("gzip", "x-gzip"):
            inner = {**scope, "headers": list(scope["headers"])}
            headers = MutableHeaders(scope=inner)
            del headers["content-encoding"]
            del headers["content-length"]
            await self._app(inner, _Unpacked(receive, self._most), send)
        else:
            refused = problem_of(HTTPException(415)).response(scope)
            await refused(scope, receive, send)


class _Unpacked:
    """A `receive` whose messages hold the unpacked body."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most
        self._inflater = zlib.decompressobj(_GZIP)

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        parts = list(self._unpacked(message.get("body", b"")))
        if not message.get("more_body", False) and not self._inflater.eof:
            raise HTTPException(400, "The body's gzip is cut off.")
        return {**message, "body": b"".join(parts)}

    def _unpacked(self, data: bytes) -> list[bytes]:
        parts: list[bytes] = []
        while data and not self._inflater.eof:
            try:
                part = self._inflater.decompress(data, min(_STEP, self._left + 1))
            except zlib.error as error:
                raise HTTPException(400, "The body says it is gzip, and is not.") from error
            data = self._inflater.unconsumed_tail
            self._left -= len(part)
            if self._left < 0:
                raise HTTPException(413)
            parts.append(part)
        return parts
