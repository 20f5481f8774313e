"""What crosses the socket: length-prefixed msgpack frames; never pickle.

A frame is four bytes of big-endian length and that many bytes of msgpack. A request is
`[name, payload, correlation id]`, a reply `[True, payload]` or `[False, class, message,
attributes]`.
"""

import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

import msgpack  # type: ignore[import-untyped]

from groundwatch.errors import GroundwatchError, InvalidInput, Unavailable

Payload = Mapping[str, Any]
"""Arguments or results of a call: text, numbers, bytes, lists and maps of these."""

GREETING = b"groundwatch-wire-1\n"
"""What a server sends on each connection it accepts, so that a client knows it is alive."""

MAX_FRAME = 256 * 1024 * 1024
"""Bytes of one request or reply."""

_HEADER = struct.Struct(">I")
_CHUNK = 256 * 1024


def encode_request(name: str, payload: Payload, correlation_id: str = "") -> bytes:
    return _frame([name, payload, correlation_id])


def encode_result(payload: Payload) -> bytes:
    return _frame([True, payload])


def encode_error(error: GroundwatchError) -> bytes:
    """An error of the tree: its class, message and public attributes."""
    attributes = {key: value for key, value in vars(error).items() if not key.startswith("_")}
    return _frame([False, type(error).__name__, str(error), attributes])


def decode_request(body: bytes) -> tuple[str, dict[str, Any], str]:
    """Take a request apart: its name, its payload, and the id under which its lines are logged.

    Raises:
        InvalidInput: the bytes are not a request.
    """
    match _unpack(body):
        case [str(name), dict(payload), str(correlation_id)]:
            return name, payload, correlation_id
    raise InvalidInput("a request is not of the form [name, payload, correlation id]")


def decode_reply(body: bytes) -> dict[str, Any]:
    """The result of a call.

    Raises:
        GroundwatchError: the very class, message and attributes that the other side raised.
    """
    match _unpack(body):
        case [True, dict(payload)]:
            return payload
        case [False, str(name), str(message), dict(attributes)]:
            raise _rebuild(name, message, attributes)
    raise InvalidInput("a reply is not of the form [ok, ...]")


def greet(connection: socket.socket) -> None:
    connection.sendall(GREETING)


def await_greeting(connection: socket.socket, deadline: float) -> None:
    """Wait until the server has taken the connection.

    Raises:
        ConnectionError: it died before it did, or is no server of ours.
        TimeoutError: the deadline passed.
    """
    greeting = b""
    while len(greeting) < len(GREETING):
        greeting += _more(connection, len(GREETING) - len(greeting), deadline)
    if greeting != GREETING:
        raise ConnectionRefusedError("the peer does not speak this protocol")


def send(connection: socket.socket, frame: bytes, deadline: float | None = None) -> None:
    """Send a whole frame; `deadline` is in seconds of `time.monotonic`."""
    connection.settimeout(_left(deadline))
    connection.sendall(frame)


def receive(connection: socket.socket, deadline: float | None = None) -> bytes | None:
    """Receive one frame's body, or None when the peer closed between two frames.

    Raises:
        ConnectionError: the peer closed in the middle of a frame.
        TimeoutError: the deadline passed.
        InvalidInput: the frame is longer than `MAX_FRAME`.
    """
    connection.settimeout(_left(deadline))
    first = connection.recv(_CHUNK)
    if not first:
        return None
    while len(first) < _HEADER.size:
        first += _more(connection, _HEADER.size - len(first), deadline)
    length = _HEADER.unpack_from(first)[0]
    if length > MAX_FRAME:
        raise InvalidInput(f"a frame of {length} bytes exceeds the limit of {MAX_FRAME}")
    if len(first) == _HEADER.size + length:
        return first[_HEADER.size :]
    return _assemble(connection, first, length, deadline)


def _assemble(
    connection: socket.socket, first: bytes, length: int, deadline: float | None
) -> bytes:
    body = bytearray(first[_HEADER.size :])
    while len(body) < length:
        body += _more(connection, length - len(body), deadline)
    return bytes(body)


def _more(connection: socket.socket, wanted: int, deadline: float | None) -> bytes:
    connection.settimeout(_left(deadline))
    part = connection.recv(min(wanted, _CHUNK))
    if not part:
        raise ConnectionResetError("the peer closed in the middle of a frame")
    return part


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _frame(message: list[Any]) -> bytes:
    body: bytes = msgpack.packb(message, use_bin_type=True)
    if len(body) > MAX_FRAME:
        raise InvalidInput(f"a message of {len(body)} bytes exceeds the limit of {MAX_FRAME}")
    return _HEADER.pack(len(body)) + body


def _unpack(body: bytes) -> object:
    try:
        message: object = msgpack.unpackb(body, raw=False, strict_map_key=False)
    except (ValueError, msgpack.UnpackException) as error:
        raise InvalidInput("a frame does not hold msgpack") from error
    return message


def _rebuild(name: str, message: str, attributes: dict[str, Any]) -> GroundwatchError:
    kind = _tree(GroundwatchError).get(name, Unavailable)
    error = kind.__new__(kind, message)
    vars(error).update(attributes)
    return error


def _tree(root: type[GroundwatchError]) -> dict[str, type[GroundwatchError]]:
    found = {root.__name__: root}
    for kind in root.__subclasses__():
        found |= _tree(kind)
    return found
