"""Spans on their way to an interaction."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SpanOutcome:
    """What became of spans.

    Attributes:
        accepted: kept; `late` of them came after their trace was settled and opened it again,
            unless it was sampled out: what comes late to such a trace is let go with it.
        duplicate: known before, harmless.
        late_expired: of a day that is no longer kept.
        rejected: began more than a day in the future.
    """

    accepted: int = 0
    duplicate: int = 0
    late: int = 0
    late_expired: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class PendingTrace:
    """A trace that is not an interaction yet, or got more spans since it became one.

    Attributes:
        first_seen, last_seen: when its first and its last span came in.
        spans: how many there are.
        root_ended: its root span is there.
        let_go: it was sampled out; what came of it since is to be let go too.
    """

    trace_id: str
    application: str
    first_seen: datetime
    last_seen: datetime
    spans: int
    root_ended: bool
    let_go: bool = False
