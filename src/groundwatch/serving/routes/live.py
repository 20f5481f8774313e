"""`/v1/live`: numbers as they change, over a websocket."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

import anyio
from anyio import to_thread
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from groundwatch.errors import GroundwatchError, InvalidInput, NotPermitted, Overloaded
from groundwatch.serving.authentication import credential_of, identity_of
from groundwatch.serving.live import Listener, Live
from groundwatch.serving.permissions import require
from groundwatch.serving.server import server_of

router = APIRouter()
PERMISSION = "watch:read"
REFUSED, FULL, SLOW, GONE = 1008, 1013, 4408, 1001
"""Codes of closing: not permitted (any more), too many listen, taken too slowly, server closing."""
SLOW_SECONDS = 5.0
LOOK_SECONDS = 5.0
_MOST_CHARACTERS = 2_000


@router.websocket("/v1/live")
async def live(websocket: WebSocket) -> None:
    """Send `{"type": "dashboard_update", "data": ...}` every second.

    `?topics=performance,quality` narrows it, and so does a message `{"topics": [...]}` later.
    """
    hub: Live | None = server_of(websocket).live
    try:
        require(identity_of(websocket.scope), PERMISSION)
    except NotPermitted:
        await websocket.close(REFUSED)
        return
    if hub is None:
        await websocket.close(GONE)
        return
    await websocket.accept()
    asked = [each for each in websocket.query_params.get("topics", "").split(",") if each]
    try:
        with hub.listening(hub.wanted(asked)) as listener:
            await _serve(websocket, hub, listener)
    except Overloaded as error:
        await websocket.close(FULL, str(error)[:120])
    except InvalidInput as error:
        await websocket.close(REFUSED, str(error)[:120])


async def _serve(websocket: WebSocket, hub: Live, listener: Listener) -> None:
    """Send, listen to what is wanted, look whether it is permitted; whoever ends ends all."""
    codes: list[int] = []

    async def until_done(part: Callable[[], Awaitable[int | None]]) -> None:
        code = await part()
        if code is not None:
            codes.append(code)
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(until_done, lambda: _send(websocket, listener))
        group.start_soon(until_done, lambda: _follow(websocket, hub, listener))
        group.start_soon(until_done, lambda: _guard(websocket))
    if codes:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect), anyio.move_on_after(1):
            await websocket.close(codes[0])


async def _send(websocket: WebSocket, listener: Listener) -> int | None:
    async for update in listener.updates():
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await websocket.send_text(update)
        except TimeoutError:
            return SLOW
        except (WebSocketDisconnect, RuntimeError):
            return None
    return GONE


async def _follow(websocket: WebSocket, hub: Live, listener: Listener) -> int | None:
    """Take over topics that are asked for, until the caller leaves."""
    while True:
        try:
            text = await websocket.receive_text()
        except (WebSocketDisconnect, KeyError, RuntimeError):
            return None
        try:
            wanted = json.loads(text) if len(text) <= _MOST_CHARACTERS else None
            listener.topics = hub.wanted(wanted["topics"] if isinstance(wanted, dict) else None)
        except (ValueError, KeyError, InvalidInput):
            return REFUSED


async def _guard(websocket: WebSocket) -> int:
    """Wait until the credential is worth nothing any more."""
    authenticate = server_of(websocket).services.authenticate
    credential = credential_of(websocket.scope)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            require(await to_thread.run_sync(authenticate, credential), PERMISSION)
        except GroundwatchError:
            return REFUSED
