"""What the watch finds of an answer, told where it was asked as soon as it is known."""

import asyncio

from anyio import to_thread

from groundwatch.dashboard.score_words import verdict
from groundwatch.serving.services import Watch
from groundwatch.store.events import Recorded

_TRIES = 40
_SECONDS = 1.0


async def checked(watch: Watch | None, id_: str) -> tuple[str, str]:
    """A look and a sentence once the answer is scored; empty when it is not within a while."""
    if watch is None or not id_:
        return "", ""
    for _ in range(_TRIES):
        found: Recorded | None = await to_thread.run_sync(watch.events.get, id_)
        if found is not None and found.quality is not None:
            return verdict(found.interaction.response, found.quality)
        if found is not None and found.state == "failed":
            break
        await asyncio.sleep(_SECONDS)
    return "", ""
