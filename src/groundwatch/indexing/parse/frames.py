"""Messages between a parser process and its parent: a length, then msgpack."""

import os
import select
import struct
from collections.abc import Callable
from typing import Any

import msgpack  # type: ignore[import-untyped]

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.parsed import Parsed, Section

_LENGTH = struct.Struct(">Q")
_PIECE = 1 << 20

Wait = Callable[[], float]
"""Returns how many seconds to wait for the pipe before asking again; raises to give up."""


class PipeClosed(Exception):
    """The other end is gone."""


def send(fd: int, message: dict[str, Any], wait: Wait) -> None:
    """Write a message to a non-blocking pipe.

    Raises:
        PipeClosed: nobody reads any more.
    """
    payload = msgpack.packb(message)
    view = memoryview(_LENGTH.pack(len(payload)) + payload)
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    while view:
        if not poll.poll(wait() * 1000):
            continue
        try:
            view = view[os.write(fd, view[:_PIECE]) :]
        except BlockingIOError:
            continue
        except OSError:
            raise PipeClosed from None


def receive(fd: int, wait: Wait) -> dict[str, Any]:
    """Read a message from a pipe.

    Raises:
        PipeClosed: the other end is gone, maybe in the middle of a message.
    """
    (length,) = _LENGTH.unpack(_read(fd, _LENGTH.size, wait))
    message: dict[str, Any] = msgpack.unpackb(_read(fd, length, wait))
    return message


def _read(fd: int, length: int, wait: Wait) -> bytes:
    data = bytearray()
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while len(data) < length:
        if not poll.poll(wait() * 1000):
            continue
        piece = os.read(fd, min(_PIECE, length - len(data)))
        if not piece:
            raise PipeClosed
        data += piece
    return bytes(data)


def pack_parsed(parsed: Parsed) -> dict[str, Any]:
    """Return a document as a message."""
    return {
        "text": parsed.text,
        "title": parsed.title,
        "sections": [[section.start, list(section.heading)] for section in parsed.sections],
        "pages": parsed.pages,
        "remarks": parsed.remarks,
    }


def pack_rejected(error: DocumentRejected) -> dict[str, Any]:
    """Return a rejection as a message."""
    return {"rejected": [error.stage, error.reason, str(error)]}


def unpack(message: dict[str, Any]) -> Parsed:
    """Return the document of a message.

    Raises:
        DocumentRejected: the message is a rejection.
    """
    if "rejected" in message:
        stage, reason, text = message["rejected"]
        raise DocumentRejected(stage, reason, text)
    sections = tuple(Section(start, tuple(heading)) for start, heading in message["sections"])
    return Parsed(
        text=message["text"],
        title=message["title"],
        sections=sections,
        pages=tuple(message["pages"]),
        remarks=tuple(message["remarks"]),
    )
