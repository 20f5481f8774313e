"""Makes spans of what was decoded, and says which parts cannot be kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundwatch.domain.spans import Span, SpanEvent
from groundwatch.telemetry.otlp.decoded import Decoded, Limits
from groundwatch.telemetry.otlp.kinds import kind_of
from groundwatch.telemetry.otlp.sender import (
    EXTERNAL,
    OWN_NAME,
    SENDER,
    Sender,
)
from groundwatch.telemetry.otlp.values import Attributes, Cutter, as_number, as_text

SKEW_ATTRIBUTE = "groundwatch.clock_skew_seconds"
"""Set on spans whose sender's clock was ahead: by so much they were moved."""

_TRACE = re.compile(r"[0-9a-f]{32}")
_SPAN = re.compile(r"[0-9a-f]{16}")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_SECOND = 1_000_000_000
_EARLIEST = 946_684_800 * _SECOND  # the year 2000
_FURTHEST = 366 * 86_400 * _SECOND
_TOLERATED = 3_600 * _SECOND
_ERROR = 2
_HAS_REMOTE, _REMOTE = 0x100, 0x200
_LONGEST_NAME = 100
_LONGEST_ERROR = 1_000
_MOST_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class RawSpan:
    """A span as it was sent; ids are hex, times nanoseconds since the epoch."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    start: int
    end: int
    attributes: Attributes
    events: Sequence[tuple[str, int, Attributes]]
    status: int = 0
    message: str = ""
    flags: int = 0


class SpanMaker:
    """Makes the spans of one request.

    Args:
        sender: who sent it.
        limits: caps on a span.
        now: nanoseconds since the epoch.
    """

    def __init__(self, sender: Sender, limits: Limits, now: int) -> None:
        self.out = Decoded()
        self.without_ids = 0
        self.seen = 0
        self._sender = sender
        self._limits = limits
        self._now = now

    def add(self, resource: Attributes, raws: Sequence[RawSpan]) -> None:
        """Take the spans of one resource; all of them were timed by one clock."""
        cutter = Cutter(self._limits.attribute_characters, self._limits.span_attributes)
        resource = cutter.attributes(resource)
        application = self._application(resource)
        resource[SENDER] = self._sender.user
        made = [
            span
            for raw in raws
            if (span := self._span(raw, application, resource, truncated=cutter.has_cut))
        ]
        self.out.spans += self._in_time(made)

    def _application(self, resource: Attributes) -> str:
        name = self._sender.application(resource)
        if name.lower() == f"{EXTERNAL}{OWN_NAME}":
            self.out.noticed[f"the application name {OWN_NAME} is ours; kept as {name}"] += 1
        return name

    def _span(
        self, raw: RawSpan, application: str, resource: Attributes, *, truncated: bool
    ) -> Span | None:
        self.seen += 1
        problem = self._problem(raw)
        if problem:
            self.out.rejected[problem] += 1
            return None
        cutter = Cutter(self._limits.attribute_characters, self._limits.span_attributes)
        attributes = cutter.attributes(raw.attributes)
        events = self._events(raw, cutter)
        start = raw.start or raw.end
        if start > raw.end:
            self.out.noticed["they end before they start; kept as taking no time"] += 1
        remote = raw.flags & _HAS_REMOTE and raw.flags & _REMOTE
        if cutter.has_cut:
            self.out.noticed["attributes over the limit were cut"] += 1
        return Span(
            raw.trace_id,
            raw.span_id,
            raw.parent_id,
            application,
            raw.name[: 2 * _LONGEST_NAME],
            kind_of(
                attributes,
                (event.name for event in events),
                is_root=not raw.parent_id or bool(remote),
            ),
            start,
            max(start, raw.end),
            _error(raw, attributes),
            bool(remote),
            truncated or cutter.has_cut,
            attributes,
            resource,
            events,
        )

    def _events(self, raw: RawSpan, cutter: Cutter) -> tuple[SpanEvent, ...]:
        if len(raw.events) > _MOST_EVENTS:
            cutter.has_cut = True
        return tuple(
            SpanEvent(name, at, cutter.attributes(attributes))
            for name, at, attributes in raw.events[:_MOST_EVENTS]
        )

    def _problem(self, raw: RawSpan) -> str:
        """Why a span can never be stored; empty when it can."""
        if not _TRACE.fullmatch(raw.trace_id) or raw.trace_id == _NO_TRACE:
            self.without_ids += not raw.trace_id and not raw.span_id
            return "the trace id is not 16 bytes, or all zero"
        if not _SPAN.fullmatch(raw.span_id) or raw.span_id == _NO_SPAN:
            return "the span id is not 8 bytes, or all zero"
        if raw.end <= 0:
            return "the end time is missing"
        if not _EARLIEST <= raw.end <= self._now + _FURTHEST:
            return "the end time is before the year 2000, or more than a year ahead"
        if raw.start and not _EARLIEST <= raw.start <= self._now + _FURTHEST:
            return "the start time is before the year 2000, or more than a year ahead"
        return ""

    def _in_time(self, spans: list[Span]) -> list[Span]:
        """Move spans from a clock that is ahead to now; a clock that is behind cannot be told."""
        latest = max((span.end for span in spans), default=0)
        ahead = latest - self._now
        if ahead <= _TOLERATED:
            return spans
        self.out.noticed["the sender's clock is ahead; times were moved to now"] += len(spans)
        return [_moved(span, ahead) for span in spans]


def _moved(span: Span, ahead: int) -> Span:
    events = tuple(replace(event, at=max(0, event.at - ahead)) for event in span.events)
    return replace(
        span,
        start=span.start - ahead,
        end=span.end - ahead,
        events=events,
        attributes={**span.attributes, SKEW_ATTRIBUTE: ahead / _SECOND},
    )


def _error(raw: RawSpan, attributes: Attributes) -> str:
    """The error of a span in few words; empty when it went well."""
    said = [as_text(attributes.get("error.type"))]
    for name, _, values in raw.events:
        if name == "exception":
            said.append(as_text(values.get("exception.type")))
            said.append(as_text(values.get("exception.message")))
    status = as_number(attributes.get("http.response.status_code"))
    failed = (
        raw.status == _ERROR
        or (raw.status == 0 and bool(said[0]))
        or str(attributes.get("langfuse.observation.level", "")).upper() == "ERROR"
        or (raw.status == 0 and status is not None and status >= 500)
    )
    if not failed:
        return ""
    if status is not None and status >= 500:
        said.append(f"HTTP {status:.0f}")
    said.append(as_text(attributes.get("langfuse.observation.status_message")))
    texts = list(dict.fromkeys(text for text in (said[0], raw.message, *said[1:]) if text))
    return ": ".join(texts)[:_LONGEST_ERROR] or "error"
