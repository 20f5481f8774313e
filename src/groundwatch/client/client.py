# ruff: noqa: TID252
"""The client: what an application makes once and uses everywhere."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .encoding import EVENTS, FEEDBACK, INTERACTIONS, Redact
from .observed import Filled, Function, observed
from .observing import Observing
from .records import Event, Feedback, Interaction, Passage
from .sending import Sender
from .waiting import Record, Waiting

if TYPE_CHECKING:
    from .counts import Flushed
    from .posting import Later, Post, Refused, Taken

_RECORD_BYTES = 1_500
_PASSAGE_BYTES = 300
_FEEDBACK_BYTES = 800
_CLIENTS: weakref.WeakSet[Client] = weakref.WeakSet()


@dataclass(frozen=True)
class Options:
    """How the client behaves.

    Attributes:
        queue_bytes: memory that waiting records may take; what comes then is dropped and counted.
        batch_items: records sent at once at most.
        batch_bytes: of one request.
        interval: seconds after which fewer are sent, too.
        timeout: seconds for each step of a request.
        exit_seconds: how long the end of the program may wait for what is not sent.
        redact: called in the background with what is to be sent; returns what may be sent instead,
            or None for nothing.
        compress: send bodies as gzip, for slow or dear networks; costs about 60 us a record, in
            the background.
    """

    queue_bytes: int = 16_000_000
    batch_items: int = 100
    batch_bytes: int = 1_000_000
    interval: float = 0.5
    timeout: float = 10.0
    exit_seconds: float = 2.0
    redact: Redact | None = None
    compress: bool = False


class Client:
    """Tells a Groundwatch server of an application's interactions; safe for any thread.

    No method but `flush` and `close` waits, and none raises for what a server or a network does.
    A forked child begins with an empty queue and a thread of its own.

    Args:
        url: of the server, such as `https://watch.example`.
        key: an API key with the permission `telemetry:write`.
        application: what is watched; it appears under this name.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        url: str,
        key: str,
        application: str,
        *,
        options: Options = Options(),
        clock: Callable[[], float] = time.time,  # noqa: TID251  an application's own clock
    ) -> None:
        if not application:
            raise ValueError("application is empty; it names what is watched")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url is {url!r}; a server's URL is like https://watch.example")
        self._url, self._key, self._application = url, key, application
        self._options = options
        self._clock = clock
        self._begin()
        _CLIENTS.add(self)
        atexit.register(_at_exit, weakref.ref(self))

    def observe(self, interaction: Interaction) -> str:
        """Record an interaction; returns its id. Later changes of it are not seen."""
        try:
            fields = dict(vars(interaction))
            began = fields.pop("began")
            if fields["duration"] is None:
                fields["duration"] = time.perf_counter() - began
            if fields["started_at"] is None:
                fields["started_at"] = self._clock() - fields["duration"]
            fields["passages"] = tuple(interaction.passages)
            fields["stages"] = tuple(interaction.stages)
            fields["flags"] = tuple(interaction.flags)
            fields["attributes"] = dict(interaction.attributes)
            self._put(Record(INTERACTIONS, _size(interaction), fields))
        except Exception:  # noqa: BLE001  a mistake in telemetry must not reach the application
            self._waiting.refuse("unusable")
        return interaction.id

    def observing(self, query: str | Interaction) -> Observing:
        """Observe a block: `with client.observing(question) as seen: seen.response = ...`."""
        one = query if isinstance(query, Interaction) else Interaction(query)
        return Observing(one, self.observe)

    def observed(
        self, query: str | None = None, result: Filled | None = None
    ) -> Callable[[Function], Function]:
        """Decorate a function that answers: plain, async, or a generator of parts of the answer.

        Args:
            query: the argument that is the question; None for the first one.
            result: fills the interaction from what the function returned. Without it a text is
                the response, and of a mapping `response` or `answer`, and `passages`, are taken.
        """
        return observed(self.observing, query, result)

    def event(self, event: Event) -> str:
        """Tell of a deploy, a change, or numbers of one's own; returns its id."""
        try:
            fields = dict(vars(event))
            fields["metrics"], fields["metadata"] = dict(event.metrics), dict(event.metadata)
            if fields["at"] is None:
                fields["at"] = self._clock()
            size = _RECORD_BYTES + 200 * (len(event.metrics) + len(event.metadata))
            self._put(Record(EVENTS, size + sys.getsizeof(event.message), fields))
        except Exception:  # noqa: BLE001
            self._waiting.refuse("unusable")
        return event.id

    def feedback(
        self,
        id: str,  # noqa: A002  as everywhere
        *,
        thumb: int | None = None,
        rating: int | None = None,
        comment: str = "",
        user: str = "",
    ) -> None:
        """Tell what a user said of an interaction that this application recorded.

        Args:
            id: of the interaction, as `observe` gave it; a trace's id for one that came as a trace.
            thumb: 1 or -1.
            rating: 1 to 5.
            comment: in the user's words.
            user: who said it; empty for the user of the interaction. The newest of a user counts.
        """
        try:
            said = Feedback(str(id), thumb, rating, comment, user, self._clock())
            self._put(Record(FEEDBACK, _FEEDBACK_BYTES + sys.getsizeof(comment), dict(vars(said))))
        except Exception:  # noqa: BLE001
            self._waiting.refuse("unusable")

    def flush(self, timeout: float = 10.0) -> Flushed:
        """Send what waits; returns when it is settled, or after `timeout` seconds.

        Not for the path of a request.
        """
        return self._waiting.flush(timeout)

    def counts(self) -> Flushed:
        """What became of the records so far; does not wait."""
        return self._waiting.counts()

    def close(self, timeout: float = 10.0) -> Flushed:
        """Send what waits, then stop; what is not sent in time is dropped and counted."""
        deadline = time.monotonic() + timeout
        self._waiting.flush(timeout)
        self._waiting.close()
        self._sender.stop()
        if self._thread is not None:
            self._thread.join(max(0.1, deadline - time.monotonic()))
        self._waiting.abandon()
        return self._waiting.counts()

    def _begin(self) -> None:
        options = self._options
        self._waiting = Waiting(options.queue_bytes, options.batch_items)
        self._sender = Sender(
            self._waiting, self._post, self._application, options.batch_bytes, options.redact
        )
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._connection: Post | None = None

    def _put(self, record: Record) -> None:
        if self._waiting.put(record) and self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="groundwatch-client", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        self._sender.run(self._options.interval)
        if self._connection is not None:
            self._connection.close()

    def _post(self, path: str, body: bytes) -> Taken | Later | Refused:
        if self._connection is None:  # only the thread comes here
            from .posting import Post

            timeout, compress = self._options.timeout, self._options.compress
            self._connection = Post(self._url, self._key, timeout, compress=compress)
        return self._connection(path, body)


def _size(one: Interaction) -> int:
    """Bytes that a waiting interaction takes, roughly and never much less."""
    total = _RECORD_BYTES + sys.getsizeof(one.query) + sys.getsizeof(one.response)
    for passage in one.passages:
        text = passage.text if isinstance(passage, Passage) else passage
        total += _PASSAGE_BYTES + sys.getsizeof(text)
    for value in one.attributes.values():
        total += _PASSAGE_BYTES + sys.getsizeof(value)
    return total + _PASSAGE_BYTES * (len(one.stages) + len(one.flags))


def _at_exit(known: weakref.ref[Client]) -> None:
    client = known()
    if client is not None:
        client.close(client._options.exit_seconds)  # noqa: SLF001


def _after_fork() -> None:
    for client in _CLIENTS:
        client._begin()  # noqa: SLF001  locks and thread are the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
