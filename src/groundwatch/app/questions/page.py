"""The Ask page as a browser opens it: its HTML, and what its socket then puts into it."""

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import uuid4

from groundwatch.app.questions.strings import strings_in
from groundwatch.errors import TimedOut

PATIENCE_SECONDS = 60.0
_SOCKET = "_nicegui_ws/socket.io"
_CLIENT = re.compile(r"""query: \{['"]client_id['"]: ['"]([\w-]+)['"]""")
_OVER = 'aria-busy="false"'
_SEARCHED = 'class="searched"'


def shown_later(page: str, address: str, headers: Mapping[str, str], *, found: bool) -> str:
    """Everything that a page puts in after it was opened, until its answer is over.

    Args:
        page: its HTML, opened with a question.
        address: of the server.
        headers: those of the asker.
        found: whether there are passages, which the page lists after the answer.

    Raises:
        TimedOut: the answer does not end.
    """
    client = _CLIENT.search(page)
    assert client is not None, "the page names no client"
    wanted = (_OVER, _SEARCHED) if found else (_OVER,)
    return asyncio.run(_listen(address, headers, client[1], wanted))


async def _listen(
    address: str, headers: Mapping[str, str], client: str, wanted: tuple[str, ...]
) -> str:
    import socketio  # type: ignore[import-untyped]

    shown: list[str] = []
    over = asyncio.Event()
    socket = socketio.AsyncClient(reconnection=False)

    def take(update: object) -> None:
        shown.extend(strings_in(update))
        text = "\n".join(shown)
        if all(each in text for each in wanted):
            over.set()

    socket.on("update", take)
    query = {
        "client_id": client,
        "document_id": uuid4().hex,
        "tab_id": uuid4().hex,
        "next_message_id": 0,
        "implicit_handshake": "true",
    }
    await socket.connect(
        f"{address.rstrip('/')}?{urlencode(query)}",
        headers=dict(headers),
        socketio_path=_SOCKET,
        transports=["websocket"],
    )
    try:
        await asyncio.wait_for(over.wait(), PATIENCE_SECONDS)
    except TimeoutError:
        raise TimedOut("the page does not finish an answer") from None
    finally:
        await socket.disconnect()
    return "\n".join(shown)
