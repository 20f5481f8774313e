"""Requests to addresses of the configuration.

Bounded in time and size, and never to a private network unless that is allowed.
"""

import contextlib
import ipaddress
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from groundwatch.errors import Overloaded, TimedOut, Unavailable, Unusable
from groundwatch.models.retry import retry_after
from groundwatch.wire.deadlines import cut_after

if TYPE_CHECKING:
    import httpx

_MOST_ANSWER = 64 * 1024
_SUCCESS = range(200, 300)
_TRY_AGAIN = frozenset({408, 425, 429})
_DEFAULT_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go.

    Attributes:
        name: of the channel; messages name it, never the address, which may hold a secret.
        allow_private: whether the address may be one of this machine or a private network.
    """

    name: str
    url: str
    timeout_seconds: float
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; at most 64 KiB of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def post(target: Target, content: bytes, headers: Mapping[str, str]) -> Reply:
    """Send once; redirects are not followed.

    Raises:
        Overloaded: 429; carries what `Retry-After` asks for.
        Unavailable: no connection, no answer in time, or an answer that says to try again.
        Unusable: any other answer but 2xx, or an address that may not be called.
    """
    import httpx

    try:
        with httpx.Client(timeout=target.timeout_seconds, trust_env=False) as client:
            reply = _exchange(client, target, content, headers)
    except httpx.TimeoutException as error:
        raise TimedOut(
            f"the channel {target.name} did not answer within {target.timeout_seconds:g} s"
        ) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise Unusable(f"the address of the channel {target.name} is none") from error
    except (httpx.HTTPError, OSError) as error:
        raise Unavailable(
            f"the channel {target.name} is not reached, or breaks off ({type(error).__name__})"
        ) from error
    _check(target, reply)
    return reply


def address(host: str, port: int, name: str, *, allow_private: bool) -> str:
    """The address of a host to connect to; it is looked up once, so that it cannot change.

    Raises:
        Unavailable: the name is not found.
        Unusable: it leads to a private network, and that is not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"the host of the channel {name} is not found") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and any(not _is_public(each) for each in addresses):
        raise Unusable(
            f"the channel {name} leads to a private network; set allow_private to permit that"
        )
    return addresses[0]


def _is_public(text: str) -> bool:
    found = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


def _exchange(
    client: "httpx.Client", target: Target, content: bytes, headers: Mapping[str, str]
) -> Reply:
    import httpx

    parts = urlsplit(target.url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    place = address(host, port, target.name, allow_private=target.allow_private)
    url = httpx.URL(target.url).copy_with(host=place)
    request = client.build_request(
        "POST",
        url,
        content=content,
        headers={"Content-Type": "application/json", **headers, "Host": _host(parts.netloc)},
        extensions={"sni_hostname": host, **_timeouts(target)},
    )
    response = client.send(request, stream=True)
    with (
        contextlib.closing(response),
        cut_after(_socket(response), target.timeout_seconds) as cut,
    ):
        try:
            body = b"".join(_limited(response))
        except httpx.HTTPError as error:
            if cut.is_set():
                raise httpx.ReadTimeout("cut") from error
            raise
        return Reply(response.status_code, response.headers, body)


def _timeouts(target: Target) -> dict[str, object]:
    limit = target.timeout_seconds
    return {"timeout": {"connect": limit, "read": limit, "write": limit, "pool": limit}}


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2]


def _limited(response: "httpx.Response") -> Iterator[bytes]:
    left = _MOST_ANSWER
    for piece in response.iter_bytes():
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def _socket(response: "httpx.Response") -> object:
    stream = response.extensions.get("network_stream")
    return stream.get_extra_info("socket") if stream is not None else None


def _check(target: Target, reply: Reply) -> None:
    if reply.status in _SUCCESS:
        return
    said = f"the channel {target.name} answered {reply.status}"
    if reply.status in {429, 503} and (wait := retry_after(reply.headers)) is not None:
        raise Overloaded(said, wait)
    if reply.status == 429:
        raise Overloaded(said, _DEFAULT_WAIT)
    if reply.status in _TRY_AGAIN or reply.status >= 500:
        raise Unavailable(said)
    raise Unusable(said)
