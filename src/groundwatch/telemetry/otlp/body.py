"""A request's body: how it is encoded, and what it holds when it is not compressed."""

import zlib
from dataclasses import dataclass
from enum import StrEnum

from groundwatch.errors import GroundwatchError, InvalidInput

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1 << 20


class Signal(StrEnum):
    """What a request carries."""

    TRACES = "traces"
    LOGS = "logs"
    METRICS = "metrics"


class Encoding(StrEnum):
    """How a request is written."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


_NAMES = {
    "application/x-protobuf": Encoding.PROTOBUF,
    "application/protobuf": Encoding.PROTOBUF,
    "application/vnd.google.protobuf": Encoding.PROTOBUF,
    "application/json": Encoding.JSON,
}


class TooLarge(InvalidInput):
    """A body exceeds the limit after decompression."""


class NotTaken(InvalidInput):
    """A media type or a compression that is not taken here."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it came."""

    encoding: Encoding
    compression: str
    data: bytes


def encoding_of(content_type: str) -> Encoding:
    """The encoding that a `Content-Type` names, whatever its parameters and case.

    Raises:
        NotTaken: another one, or none.
    """
    found = _NAMES.get(content_type.partition(";")[0].strip().lower())
    if found is None:
        raise NotTaken(
            f"The content type {content_type[:100]!r} is not taken; send {Encoding.PROTOBUF} or "
            f"{Encoding.JSON}."
        )
    return found


def compression_of(content_encoding: str) -> str:
    """`gzip`, or empty for none.

    Raises:
        NotTaken: another one.
    """
    name = content_encoding.strip().lower()
    if name in ("", "identity"):
        return ""
    if name in ("gzip", "x-gzip"):
        return "gzip"
    raise NotTaken(f"The content encoding {name[:50]!r} is not taken; send gzip or none.")


def content(body: Body, most: int) -> bytes:
    """The body's bytes without compression.

    Raises:
        TooLarge: there are more than `most`; never more than that is held.
        InvalidInput: it is not gzip, or is cut off.
    """
    if body.compression:
        return _inflated(body.data, most)
    if len(body.data) > most:
        raise _too_large(most)
    return body.data


def _inflated(data: bytes, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while data:
        inflater = zlib.decompressobj(_GZIP)
        while not inflater.eof:
            try:
                part = inflater.decompress(data, min(_STEP, most - size + 1))
            except zlib.error as error:
                raise InvalidInput("The body says it is gzip, and is not.") from error
            data = inflater.unconsumed_tail
            size += len(part)
            if size > most:
                raise _too_large(most)
            parts.append(part)
            if not part and not data and not inflater.eof:
                raise InvalidInput("The body's gzip is cut off.")
        data = inflater.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _too_large(most: int) -> GroundwatchError:
    return TooLarge(
        f"The body holds more than {most >> 20} MiB without compression; send smaller batches, or "
        "raise otlp.body_megabytes."
    )
