"""Live numbers: read once for everybody who listens, sent to each as fast as they take them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import structlog
from anyio import to_thread

from groundwatch.errors import GroundwatchError, InvalidInput, Overloaded

Data = Mapping[str, object]
"""What is live: a value of plain JSON for each topic, and the `timestamp`."""
_log = structlog.get_logger("live")


@dataclass(frozen=True, slots=True)
class LiveNumbers:
    """What live pages and clients are given.

    Attributes:
        read: takes the numbers; blocks, and is called in a thread.
        topics: that can be asked for.
        seconds: between two updates.
        most: listeners at once.
    """

    read: Callable[[], Data]
    topics: tuple[str, ...]
    seconds: float = 1.0
    most: int = 100


class Ended(Enum):
    """Why nothing more comes."""

    CLOSED = "the server is closing"


@dataclass(slots=True, eq=False)
class Listener:
    """One who listens; holds the newest update and none before it."""

    topics: frozenset[str]
    _newest: str | Ended | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, update: str | Ended) -> None:
        """Put an update in the place of one that was not taken yet."""
        self._newest = update
        self._arrived.set()

    async def updates(self) -> AsyncIterator[str]:
        """Yield the newest update whenever there is a newer one."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            newest = self._newest
            if newest is None or isinstance(newest, Ended):
                return
            yield newest


class Live:
    """Reads while anybody listens, and not otherwise."""

    def __init__(self, numbers: LiveNumbers) -> None:
        self._numbers = numbers
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None

    def wanted(self, topics: object) -> frozenset[str]:
        """Topics as they were asked for; none means all.

        Raises:
            InvalidInput: one of them does not exist.
        """
        known = self._numbers.topics
        if not isinstance(topics, list) or not all(isinstance(each, str) for each in topics):
            raise InvalidInput("`topics` is a list of names.")
        unknown = sorted(set(topics) - set(known))
        if unknown:
            raise InvalidInput(f"There is no topic {unknown[0][:50]!r}; known: {', '.join(known)}.")
        return frozenset(topics or known)

    @contextlib.contextmanager
    def listening(self, topics: frozenset[str]) -> Generator[Listener]:
        """Listen until the block ends.

        Raises:
            Overloaded: as many as may listen already.
        """
        if len(self._listeners) >= self._numbers.most:
            raise Overloaded(f"{self._numbers.most} listen already; try again later", 5.0)
        listener = Listener(topics)
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    async def close(self) -> None:
        """Let everybody go."""
        for listener in self._listeners:
            listener.offer(Ended.CLOSED)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._listeners:
            await self._update()
            due = max(due + self._numbers.seconds, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _update(self) -> None:
        try:
            data = await to_thread.run_sync(self._numbers.read)
        except GroundwatchError as error:
            _log.warning("no live numbers now", error=str(error))
            return
        except Exception as error:  # noqa: BLE001  a task's boundary: the next look may succeed
            _log.error("no live numbers now", exc_info=error)
            return
        written: dict[frozenset[str], str] = {}
        for listener in [*self._listeners]:
            if listener.topics not in written:
                written[listener.topics] = self._text(data, listener.topics)
            listener.offer(written[listener.topics])

    def _text(self, data: Data, topics: frozenset[str]) -> str:
        shown = {name: value for name, value in data.items() if name in {"timestamp", *topics}}
        return json.dumps({"type": "dashboard_update", "data": shown}, default=_plain)


def _plain(value: object) -> str:
    assert isinstance(value, datetime), type(value)
    return value.isoformat()
