"""Requests to OpenAI-compatible endpoints: several, with deadlines, retried while that can help."""

import contextlib
import json
import weakref
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

import httpx

from groundwatch.errors import ModelUnusable, Overloaded, TimedOut, Transient, Unavailable
from groundwatch.fleet.replicas import Replicas
from groundwatch.fleet.round_robin import round_robin
from groundwatch.models import retry
from groundwatch.models.replies import check_status, shown
from groundwatch.wire.deadlines import cut_after

_Item = TypeVar("_Item")
Read = Callable[[httpx.Response], Iterator[_Item]]
"""Reads an answer of status 200; raises Unavailable when it is not what was asked for."""

_CONNECT_SECONDS = 5.0
_ROUNDS = 3


class Endpoints:
    """Posts JSON to one of several equal endpoints; safe for any number of threads.

    A transient failure (no connection, a timeout, an answer of `retry.TRANSIENT_STATUS`, an
    answer that breaks off) is tried again at the next endpoint, and after a pause at the first.

    Args:
        urls: base addresses, such as `https://host/v1`.
        model: named in messages.
        api_key: sent as bearer token unless empty; in no message.
        timeout_seconds: for the next piece of an answer to arrive.
        timing: clock, sleep and chance of the retries.
    """

    def __init__(
        self,
        urls: tuple[str, ...],
        model: str,
        api_key: str,
        timeout_seconds: float,
        timing: retry.Timing,
    ) -> None:
        self._model = model
        self._timeout = timeout_seconds
        self._timing = timing
        self._replicas = Replicas(urls, round_robin, timing.monotonic)
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._http = httpx.Client(headers=headers)
        weakref.finalize(self, self._http.close)

    def close(self) -> None:
        self._http.close()

    def post(
        self, path: str, body: object, deadline_seconds: float, read: Read[_Item]
    ) -> Generator[_Item, None, None]:
        """Send a request and yield what `read` makes of the answer.

        It is tried again only while nothing was yielded.

        Raises:
            TimedOut: the deadline passed, or nobody answered in time.
            Overloaded: the last answer was 429.
            Unavailable: no endpoint answers properly.
            InvalidInput: the request itself is refused (400, 413, 422).
            ModelUnusable: address, key or model are refused.
        """
        deadline = self._timing.monotonic() + deadline_seconds
        order = self._replicas.order()
        content = json.dumps(body).encode()
        for attempt in range(_ROUNDS * len(order)):
            url = order[attempt % len(order)]
            began = False
            try:
                with contextlib.closing(self._once(url, path, content, deadline, read)) as items:
                    for item in items:
                        began = True
                        yield item
            except Transient as error:
                self._replicas.failed(url)
                if began or not self._wait(error, attempt + 1, len(order), deadline):
                    raise
            else:
                self._replicas.succeeded(url)
                return

    def _wait(self, error: Transient, tried: int, endpoints: int, deadline: float) -> bool:
        """Wait before the next try; False when there is none left or no time for it."""
        rounds, position = divmod(tried, endpoints)
        if rounds == _ROUNDS:
            return False
        asked = error.retry_after if isinstance(error, Overloaded) else None
        pause = 0.0 if position else retry.pause(rounds - 1, asked, self._timing.fraction())
        if self._timing.monotonic() + pause >= deadline:
            return False
        self._timing.sleep(pause)
        return True

    def _once(
        self, url: str, path: str, content: bytes, deadline: float, read: Read[_Item]
    ) -> Generator[_Item, None, None]:
        place = shown(url + path)
        left = deadline - self._timing.monotonic()
        if left <= 0:
            raise TimedOut(f"{place}: no time was left to ask it")
        wait = min(self._timeout, left)
        try:
            with (
                self._http.stream(
                    "POST",
                    url.rstrip("/") + path,
                    content=content,
                    headers={"Content-Type": "application/json"},
                    timeout=httpx.Timeout(wait, connect=min(_CONNECT_SECONDS, wait)),
                ) as response,
                cut_after(_socket(response), deadline - self._timing.monotonic()),
            ):
                check_status(response, self._model)
                yield from read(response)
        except httpx.TimeoutException as error:
            raise TimedOut(f"{place} does not answer within {wait:g} s") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise ModelUnusable(f"{place} is no address of an endpoint") from error
        except (httpx.HTTPError, Unavailable) as error:
            if self._timing.monotonic() >= deadline:
                raise TimedOut(f"{place} did not finish in time") from error
            if isinstance(error, Unavailable):
                raise
            raise Unavailable(f"{place} is not reached, or breaks off; is it running?") from error


def _socket(response: httpx.Response) -> object:
    stream = response.extensions.get("network_stream")
    return stream.get_extra_info("socket") if stream is not None else None
