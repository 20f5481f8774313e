"""From a request's bytes to spans that can be stored, and to what answers it."""

from collections.abc import Callable
from typing import Protocol

from groundwatch.errors import InvalidInput
from groundwatch.telemetry.otlp import json_body, protobuf
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.decoded import Decoded, Limits
from groundwatch.telemetry.otlp.logs import add_records
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.otlp.spans import SpanMaker

_UNITS = {Signal.TRACES: "spans", Signal.LOGS: "log records", Signal.METRICS: "data points"}
_COUNTED = {
    Signal.TRACES: "rejectedSpans",
    Signal.LOGS: "rejectedLogRecords",
    Signal.METRICS: "rejectedDataPoints",
}
_RESPONSES: dict[Signal, Callable[[int, str], bytes]] = {
    Signal.TRACES: protobuf.trace_response,
    Signal.LOGS: protobuf.logs_response,
    Signal.METRICS: protobuf.metrics_response,
}
_ARE_LOGS = "No span has ids: this looks like OTLP logs; send them to /v1/logs instead."
_ARE_SPANS = "No record has a time: this looks like OTLP traces; send them to /v1/traces instead."
NO_METRICS = "metrics are not kept; numbers are taken from spans"


def decode(
    signal: Signal, encoding: Encoding, data: bytes, sender: Sender, *, limits: Limits, now: int
) -> Decoded:
    """Decode a request.

    Args:
        signal: what its address says it carries.
        encoding: as its content type says.
        data: without compression.
        sender: what its headers say of the application.
        limits: caps on a span.
        now: nanoseconds since the epoch.

    Raises:
        InvalidInput: it does not decode, or carries something else than its address says.
    """
    maker = SpanMaker(sender, limits, now)
    maker.out.units = _UNITS[signal]
    match signal:
        case Signal.TRACES:
            _traces(maker, encoding, data)
        case Signal.LOGS:
            _logs(maker, encoding, data, now)
        case Signal.METRICS:
            points = _reader(encoding).metric_points(data)
            if points:
                maker.out.rejected[NO_METRICS] = points
    return maker.out


def respond(signal: Signal, encoding: Encoding, decoded: Decoded) -> bytes:
    """What answers a request in its own encoding."""
    if encoding is Encoding.JSON:
        return json_body.response(_COUNTED[signal], decoded.refused, decoded.message())
    return _RESPONSES[signal](decoded.refused, decoded.message())


class _Reader(Protocol):
    def trace_groups(self, body: bytes) -> protobuf.Groups: ...

    def log_groups(self, body: bytes) -> protobuf.RecordGroups: ...

    def metric_points(self, body: bytes) -> int: ...


def _reader(encoding: Encoding) -> _Reader:
    return json_body if encoding is Encoding.JSON else protobuf


def _traces(maker: SpanMaker, encoding: Encoding, data: bytes) -> None:
    try:
        groups = _reader(encoding).trace_groups(data)
    except InvalidInput:
        if encoding is Encoding.PROTOBUF and protobuf.are_logs(data):
            raise InvalidInput(_ARE_LOGS) from None
        raise
    for resource, raws in groups:
        maker.add(resource, raws)
    if maker.seen and maker.without_ids == maker.seen:
        raise InvalidInput(_ARE_LOGS)


def _logs(maker: SpanMaker, encoding: Encoding, data: bytes, now: int) -> None:
    try:
        groups = _reader(encoding).log_groups(data)
    except InvalidInput:
        if encoding is Encoding.PROTOBUF and protobuf.are_spans(data):
            raise InvalidInput(_ARE_SPANS) from None
        raise
    if encoding is Encoding.PROTOBUF and _is_empty(groups) and protobuf.are_spans(data):
        raise InvalidInput(_ARE_SPANS)
    for resource, records in groups:
        add_records(maker, resource, records, now)


def _is_empty(groups: protobuf.RecordGroups) -> bool:
    return not any(record.at for _, records in groups for record in records)
