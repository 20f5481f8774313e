"""Judging what an OpenAI-compatible endpoint answers. No message holds any of its text."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from groundwatch.errors import InvalidInput, ModelUnusable, Overloaded, Unavailable
from groundwatch.models.retry import TRANSIENT_STATUS, retry_after

_LARGEST_JSON = 64_000_000
_LARGEST_LINE = 4_000_000


def check_status(response: httpx.Response, model: str) -> None:
    """Return when the status is 2xx.

    Messages of errors that a caller may be told name no address.

    Raises:
        Overloaded: 429.
        Unavailable: another status that may change.
        InvalidInput: the request itself is refused.
        ModelUnusable: address, key or model are refused.
    """
    status, place = response.status_code, shown(response.url)
    if response.is_success:
        return
    if status == 429:
        seconds = retry_after(response.headers)
        raise Overloaded(
            "the model's endpoint refuses for its rate limit (429); try again later",
            1.0 if seconds is None else seconds,
        )
    if status in TRANSIENT_STATUS:
        raise Unavailable(f"{place} answers {status}; look at its log")
    if status in {400, 413, 422}:
        raise InvalidInput(
            f"the model's endpoint refuses the request ({status}): too long, or not for {model}"
        )
    if status in {401, 403}:
        raise ModelUnusable(
            f"{place} refuses the key ({status}); set api_key to one that may use {model}"
        )
    raise ModelUnusable(
        f"{place} answers {status}; check the endpoint (it usually ends in /v1) and model {model}"
    )


def read_json(response: httpx.Response) -> object:
    """Return the body.

    Raises:
        Unavailable: it is not JSON, such as an HTML page of a proxy, or is too large.
    """
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > _LARGEST_JSON:
            raise Unavailable(f"{shown(response.url)} answers more than {_LARGEST_JSON} bytes")
    try:
        content: object = json.loads(body)
    except ValueError:
        raise malformed(response) from None
    return content


def read_events(response: httpx.Response) -> Iterator[str]:
    """Yield the data of each server-sent event as it comes (WHATWG HTML, 9.2.6).

    Raises:
        Unavailable: a line is too long.
    """
    data: list[str] = []
    for line in _lines(response):
        if line == b"":
            if data:
                yield "\n".join(data)
            data = []
            continue
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" ").decode("utf-8", "replace"))
    if data:
        yield "\n".join(data)


def _lines(response: httpx.Response) -> Iterator[bytes]:
    """Lines that end in LF or CRLF; a character may arrive in two pieces."""
    rest = b""
    for part in response.iter_bytes():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line.removesuffix(b"\r")
        if len(rest) > _LARGEST_LINE:
            raise Unavailable(f"{shown(response.url)} sends a line without end")
    if rest:
        yield rest.removesuffix(b"\r")


def malformed(response: httpx.Response) -> Unavailable:
    """The error for a body that is not what the interface promises."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    told = kind if kind in {"text/html", "text/plain", "application/json"} else "something else"
    return Unavailable(
        f"{shown(response.url)} answers with {told} that is no reply of an OpenAI-compatible "
        "interface; check the endpoint (it usually ends in /v1)"
    )


def shown(url: httpx.URL | str) -> str:
    """A URL without user, password, query and fragment."""
    parts = urlsplit(str(url))
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
