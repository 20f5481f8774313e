"""`google.rpc.Status`, with which OTLP answers errors, and which error is which status."""

import json
import math

from groundwatch import errors
from groundwatch.telemetry.otlp.body import Encoding, NotTaken, TooLarge
from groundwatch.telemetry.otlp.delivery import RETRY_SECONDS, Reply

_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 408: 4, 413: 3, 415: 3, 429: 8, 503: 14}
_INTERNAL = 13
_UNAVAILABLE = "What keeps telemetry does not answer now. Send it again shortly."


def status_body(encoding: Encoding, http_status: int, message: str) -> bytes:
    """The message of an error; its code is gRPC's for that HTTP status."""
    code = _CODES.get(http_status, _INTERNAL)
    if encoding is Encoding.JSON:
        return json.dumps({"code": code, "message": message}, ensure_ascii=False).encode()
    return b"\x08" + _varint(code) + _field(2, message.encode())


def message_of(reply: Reply) -> str:
    """The message of a refusal in protobuf."""
    _, at = _number(reply.body, 1)
    length, at = _number(reply.body, at + 1)
    return reply.body[at : at + length].decode()


def retry_details(reply: Reply) -> bytes:
    """The refusal with a `google.rpc.RetryInfo`: when to come again, as gRPC says it."""
    delay = _field(1, b"\x08" + _varint(reply.retry_after))
    kind = _field(1, b"type.googleapis.com/google.rpc.RetryInfo")
    return reply.body + _field(3, kind + _field(2, delay))


def refusal(encoding: Encoding, error: errors.GroundwatchError) -> Reply:
    """What answers a request that was not taken.

    Only what may be sent again says so: whatever else is answered, clients throw the batch away.
    """
    match error:
        case errors.Overloaded():
            status, text, again = 429, str(error), _seconds(error.retry_after)
        case errors.Transient():
            status, text, again = 503, _UNAVAILABLE, RETRY_SECONDS
        case TooLarge():
            status, text, again = 413, str(error), 0
        case NotTaken():
            status, text, again = 415, str(error), 0
        case errors.InvalidInput():
            status, text, again = 400, str(error), 0
        case _:
            status, text, again = 503, _UNAVAILABLE, RETRY_SECONDS
    return Reply(status, status_body(encoding, status, text), encoding, again)


def _seconds(wanted: float) -> int:
    return min(3, max(1, math.ceil(wanted)))


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number that begins somewhere, and where it ends."""
    number = shift = 0
    while data[at] > 0x7F:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return number | data[at] << shift, at + 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
