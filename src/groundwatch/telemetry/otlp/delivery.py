"""What passes between the server's edge and the process that keeps telemetry."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.sender import Sender

RETRY_SECONDS = 2
"""Said where something that is needed is away; clients wait for ten seconds at most."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request's body as it came, and what its headers say.

    Attributes:
        compression: `gzip`, or empty.
    """

    signal: Signal
    encoding: Encoding
    compression: str
    sender: Sender
    data: bytes

    def packed(self) -> dict[str, Any]:
        """For the wire."""
        return asdict(self)

    @classmethod
    def unpacked(cls, payload: dict[str, Any]) -> Self:
        """From the wire."""
        return cls(
            Signal(payload["signal"]),
            Encoding(payload["encoding"]),
            payload["compression"],
            Sender(**payload["sender"]),
            payload["data"],
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What answers a delivery, in its encoding.

    Attributes:
        retry_after: seconds; 0 where sending it again is of no use, or not needed.
    """

    status: int
    body: bytes
    encoding: Encoding
    retry_after: int = 0


Deliver = Callable[[Delivery], Reply]
"""Keeps a delivery and answers it; raises Transient when that cannot be done now."""
