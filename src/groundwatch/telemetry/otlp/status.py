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
    text = message.encode()
    return b"\x08" + _varint(code) + b"\x12" + _varint(len(text)) + text


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


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
