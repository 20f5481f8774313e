"""Stops work whose caller has gone."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

Result = TypeVar("Result")

_HEARTBEAT_SECONDS = 15.0
_HEARTBEAT = b": still here\n\n"


class CallerGone(Exception):
    """The caller closed the connection; nobody reads the response."""


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """Await the work, or cancel it and raise CallerGone when the caller closes the connection."""
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise CallerGone
        return working.result()
    finally:
        working.cancel()
        watching.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class EventStream(StreamingResponse):
    """Server-sent events. The generator is closed at the end, and when the caller goes."""

    def __init__(self, chunks: AsyncGenerator[bytes, None]) -> None:
        super().__init__(
            chunks,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._chunks = chunks

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await unless_gone(receive, self._send_all(send))
        except CallerGone:
            return

    async def _send_all(self, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        async with aclosing(self._chunks):
            following = asyncio.ensure_future(anext(self._chunks, None))
            try:
                while (chunk := await self._next_or_heartbeat(following)) is not None:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                    if following.done():
                        following = asyncio.ensure_future(anext(self._chunks, None))
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next_or_heartbeat(self, following: asyncio.Future[bytes | None]) -> bytes | None:
        done, _ = await asyncio.wait({following}, timeout=_HEARTBEAT_SECONDS)
        return following.result() if done else _HEARTBEAT
