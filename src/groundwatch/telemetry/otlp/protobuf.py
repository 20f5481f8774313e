"""OTLP as protobuf."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import (  # type: ignore[import-untyped]
    DecodeError,
    Message,
)
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from groundwatch.domain.spans import AttributeValue
from groundwatch.errors import InvalidInput
from groundwatch.telemetry.otlp.logs import RawRecord
from groundwatch.telemetry.otlp.spans import RawSpan
from groundwatch.telemetry.otlp.values import Attributes

if TYPE_CHECKING:
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

Groups = list[tuple[Attributes, list[RawSpan]]]
RecordGroups = list[tuple[Attributes, list[RawRecord]]]
_TRACE_DIGITS = 32
_SCALARS = frozenset({"string_value", "int_value", "double_value", "bool_value"})
_Request = TypeVar("_Request", bound=Message)


def trace_groups(body: bytes) -> Groups:
    """The spans of a request, by resource.

    Raises:
        InvalidInput: the bytes are no such request.
    """
    request = _parsed(ExportTraceServiceRequest(), body)
    return [
        (
            _attributes(group.resource.attributes),
            [_span(span) for scope in group.scope_spans for span in scope.spans],
        )
        for group in request.resource_spans
    ]


def log_groups(body: bytes) -> RecordGroups:
    """The log records of a request, by resource.

    Raises:
        InvalidInput: the bytes are no such request.
    """
    request = _parsed(ExportLogsServiceRequest(), body)
    return [
        (
            _attributes(group.resource.attributes),
            [_record(record) for scope in group.scope_logs for record in scope.log_records],
        )
        for group in request.resource_logs
    ]


def are_logs(body: bytes) -> bool:
    """Whether the bytes are log records, which were sent as something else."""
    try:
        groups = log_groups(body)
    except InvalidInput:
        return False
    return any(record.at for _, records in groups for record in records)


def are_spans(body: bytes) -> bool:
    """Whether the bytes are spans, which were sent as something else."""
    try:
        groups = trace_groups(body)
    except InvalidInput:
        return False
    return any(len(span.trace_id) == _TRACE_DIGITS for _, spans in groups for span in spans)


def metric_points(body: bytes) -> int:
    """How many data points a request holds.

    Raises:
        InvalidInput: the bytes are no such request.
    """
    request = _parsed(ExportMetricsServiceRequest(), body)
    count = 0
    for group in request.resource_metrics:
        for scope in group.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                count += len(getattr(metric, kind).data_points) if kind else 0
    return count


def trace_response(rejected: int, message: str) -> bytes:
    """What answers spans; `partial_success` is unset when there is nothing to say."""
    response = ExportTraceServiceResponse()
    if rejected or message:
        response.partial_success.rejected_spans = rejected
        response.partial_success.error_message = message
    return bytes(response.SerializeToString())


def logs_response(rejected: int, message: str) -> bytes:
    """What answers log records."""
    response = ExportLogsServiceResponse()
    if rejected or message:
        response.partial_success.rejected_log_records = rejected
        response.partial_success.error_message = message
    return bytes(response.SerializeToString())


def metrics_response(rejected: int, message: str) -> bytes:
    """What answers metrics."""
    response = ExportMetricsServiceResponse()
    if rejected or message:
        response.partial_success.rejected_data_points = rejected
        response.partial_success.error_message = message
    return bytes(response.SerializeToString())


def _parsed(message: _Request, body: bytes) -> _Request:
    try:
        message.ParseFromString(body)
    except (DecodeError, RecursionError) as error:
        raise InvalidInput(
            "The body is not an OTLP request in protobuf, is cut off, or holds text that is not "
            "UTF-8."
        ) from error
    return message


def _span(span: "Span") -> RawSpan:
    return RawSpan(
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.name,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _attributes(span.attributes),
        [(event.name, event.time_unix_nano, _attributes(event.attributes)) for event in span.events]
        if span.events
        else (),
        span.status.code,
        span.status.message,
        span.flags,
    )


def _record(record: "LogRecord") -> RawRecord:
    return RawRecord(
        record.trace_id.hex(),
        record.span_id.hex(),
        record.time_unix_nano or record.observed_time_unix_nano,
        record.event_name,
        _attributes(record.attributes),
        _value(record.body),
    )


def _attributes(given: "Iterable[KeyValue]") -> Attributes:
    found: Attributes = {}
    for each in given:
        value = each.value
        kind = value.WhichOneof("value")
        if kind == "string_value":
            found[each.key] = value.string_value
        elif kind is not None:
            found[each.key] = _value(value)
    return found


def _value(value: "AnyValue") -> AttributeValue:
    kind = value.WhichOneof("value")
    if kind in _SCALARS:
        scalar: AttributeValue = getattr(value, kind)
        return scalar
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return dict(_attributes(value.kvlist_value.values))
    if kind == "bytes_value":
        return value.bytes_value.hex()
    return None  # unset, or of a version that is not known here
