"""One request to the server, and what its answer means."""

from __future__ import annotations

import contextlib
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

RETRIED = frozenset({429, 502, 503, 504})
_DETAIL = 300
_LEVEL = 1


@dataclass(frozen=True)
class Taken:
    """The server committed the batch, but for some records that it refuses for good."""

    rejected: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Later:
    """Worth another try, not before `after` seconds when the server says so."""

    problem: str
    after: float | None = None


@dataclass(frozen=True)
class Refused:
    """The whole batch is refused for good; a smaller one may not be."""

    problem: str
    too_large: bool = False


class Post:
    """Posts bodies over one connection that is kept open.

    Args:
        url: of the server, without a path.
        key: an API key with the permission `telemetry:write`.
        timeout: seconds for each step of a request.
        compress: send bodies as gzip.
    """

    def __init__(self, url: str, key: str, timeout: float, *, compress: bool = False) -> None:
        import httpx

        self._compress = compress

        self._errors = (httpx.TransportError, httpx.DecodingError)
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            timeout=timeout,
        )

    def __call__(self, path: str, body: bytes) -> Taken | Later | Refused:
        """Send a body; never raises for what a network or a server can do."""
        headers = {"Content-Encoding": "gzip"} if self._compress else {}
        content = gzip.compress(body, _LEVEL) if self._compress else body
        try:
            response = self._client.post(path, content=content, headers=headers)
        except self._errors as error:
            return Later(f"{type(error).__name__}: the server cannot be reached")
        if response.status_code == 200:
            return _taken(response)
        problem = f"{response.status_code}: {_detail(response)}"
        if response.status_code in RETRIED:
            return Later(problem, _after(response))
        return Refused(problem, too_large=response.status_code == 413)

    def close(self) -> None:
        self._client.close()


def _taken(response: httpx.Response) -> Taken | Refused:
    try:
        told = response.json()
        refused = [each["reason"] for each in told["results"] if each["status"] == "rejected"]
        return Taken(int(told["rejected"]), tuple(str(each)[:_DETAIL] for each in refused))
    except (ValueError, KeyError, TypeError):
        return Refused("200: the answer is not that of a Groundwatch server")


def _detail(response: httpx.Response) -> str:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return str(response.json()["detail"])[:_DETAIL]
    return response.reason_phrase


def _after(response: httpx.Response) -> float | None:
    with contextlib.suppress(KeyError, ValueError):
        return max(0.0, float(response.headers["Retry-After"]))
    return None
