"""What the HTTP server needs to take OTLP in."""

from dataclasses import dataclass

from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.otlp.delivery import Deliver


@dataclass(frozen=True, slots=True)
class OtlpEdge:
    """The way to the process that keeps telemetry.

    Attributes:
        deliver: keeps a body and answers it; blocks.
        admission: room for bodies on their way.
        most_bytes: of one body; a larger one is answered 413.
    """

    deliver: Deliver
    admission: Admission
    most_bytes: int
