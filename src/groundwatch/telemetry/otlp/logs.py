"""Log records that belong to traces: scores, and what was asked and said.

They are kept as spans of no duration below the span they belong to, so that they are stored, found
and counted once like any span, however early or late they come.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from groundwatch.domain.spans import AttributeValue, Span, SpanEvent
from groundwatch.telemetry.otlp.spans import RawSpan, SpanMaker
from groundwatch.telemetry.otlp.values import Attributes, as_text

LOG_MARK = "groundwatch.log"
"""Marks a span that was a log record."""
PARKED_MARK = "groundwatch.parked"
"""Marks one that names no trace, only a response; it waits under an id made of that."""
EVALUATION = "gen_ai.evaluation.result"

_ID = re.compile(r"[0-9a-f]{32}")
_OURS = ("gen_ai.", "ai.observability.")
_ZERO_TRACE = "0" * 32
NO_SPAN = "0" * 16
"""Parent of a record that names its trace alone: it is no root."""
_BODY = "body"


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A log record as it was sent; ids are hex, `at` nanoseconds since the epoch."""

    trace_id: str
    span_id: str
    at: int
    event: str
    attributes: Attributes
    body: AttributeValue = None


def parked_trace(response_id: str) -> str:
    """The id under which what belongs to a response waits for its trace."""
    return blake2b(f"response:{response_id}".encode(), digest_size=16).hexdigest()


def add_records(
    maker: SpanMaker, resource: Attributes, records: Sequence[RawRecord], now: int
) -> None:
    """Make spans of the records of one resource that belong to traces; count the others."""
    raws: list[RawSpan] = []
    for record in records:
        name = record.event or as_text(record.attributes.get("event.name"))
        raw = _raw(record, name, now)
        if raw is None:
            maker.out.rejected[_reason(name)] += 1
        else:
            raws.append(raw)
    maker.add(resource, raws)


def _reason(name: str) -> str:
    if not name.startswith(_OURS):
        return "only events named gen_ai.* are kept"
    return "the event names neither a trace nor gen_ai.response.id"


def _raw(record: RawRecord, name: str, now: int) -> RawSpan | None:
    if not name.startswith(_OURS):
        return None
    trace, parent = record.trace_id, record.span_id
    attributes: Attributes = {**record.attributes, LOG_MARK: True}
    if record.body not in (None, "", {}, []):
        attributes[_BODY] = record.body
    if not _ID.fullmatch(trace) or trace == _ZERO_TRACE:
        response = as_text(record.attributes.get("gen_ai.response.id"))
        if not response:
            return None
        trace, parent = parked_trace(response), ""
        attributes[PARKED_MARK] = True
    parent = parent or ("" if PARKED_MARK in attributes else NO_SPAN)
    at = record.at or now
    identity = repr((trace, parent, name, record.at, attributes))
    span_id = blake2b(identity.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return RawSpan(trace, span_id, parent, name, at, at, attributes, ())


def is_log(span: Span) -> bool:
    """Whether a span was a log record."""
    return LOG_MARK in span.attributes


def as_event(span: Span) -> SpanEvent:
    """The log record as an event of the span it belongs to."""
    return SpanEvent(span.name, span.start, span.attributes)
