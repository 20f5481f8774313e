"""OTLP as JSON: ids in hex, names in camel case, large numbers as text or numbers."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from groundwatch.domain.spans import AttributeValue
from groundwatch.errors import InvalidInput
from groundwatch.telemetry.otlp.logs import RawRecord
from groundwatch.telemetry.otlp.protobuf import Groups, RecordGroups
from groundwatch.telemetry.otlp.spans import RawSpan
from groundwatch.telemetry.otlp.values import Attributes

Json = Mapping[str, Any]
_Built = TypeVar("_Built")
_NOTHING: Json = {}
_MOST_DIGITS = 25
_SIGNALS = {"resourceSpans": "traces", "resourceLogs": "logs", "resourceMetrics": "metrics"}


def trace_groups(body: bytes) -> Groups:
    """The spans of a request, by resource.

    Raises:
        InvalidInput: the text is no such request.
    """
    request = _parsed(body, "resourceSpans")
    return _guarded(
        lambda: [
            (
                _attributes(_object(group, "resource")),
                [
                    _span(span)
                    for scope in _objects(group, "scopeSpans")
                    for span in _objects(scope, "spans")
                ],
            )
            for group in _objects(request, "resourceSpans")
        ]
    )


def log_groups(body: bytes) -> RecordGroups:
    """The log records of a request, by resource.

    Raises:
        InvalidInput: the text is no such request.
    """
    request = _parsed(body, "resourceLogs")
    return _guarded(
        lambda: [
            (
                _attributes(_object(group, "resource")),
                [
                    _record(record)
                    for scope in _objects(group, "scopeLogs")
                    for record in _objects(scope, "logRecords")
                ],
            )
            for group in _objects(request, "resourceLogs")
        ]
    )


def metric_points(body: bytes) -> int:
    """How many data points a request holds.

    Raises:
        InvalidInput: the text is no such request.
    """
    request = _parsed(body, "resourceMetrics")
    return sum(
        len(data["dataPoints"])
        for group in _objects(request, "resourceMetrics")
        for scope in _objects(group, "scopeMetrics")
        for metric in _objects(scope, "metrics")
        for data in metric.values()
        if isinstance(data, dict) and isinstance(data.get("dataPoints"), list)
    )


def response(counted: str, rejected: int, message: str) -> bytes:
    """What answers a request; `counted` names the member that counts."""
    if not rejected and not message:
        return b"{}"
    partial: dict[str, object] = {"errorMessage": message}
    if rejected:
        partial[counted] = str(rejected)
    return json.dumps({"partialSuccess": partial}).encode()


def _parsed(body: bytes, expected: str) -> Json:
    if not body.strip():
        return _NOTHING
    try:
        parsed = json.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidInput("The body is not JSON in UTF-8, or is cut off.") from error
    if not isinstance(parsed, dict):
        raise InvalidInput("The body is JSON, but not an object as OTLP has it.")
    found = next((signal for key, signal in _SIGNALS.items() if key in parsed), "")
    if found and expected not in parsed:
        raise InvalidInput(f"This looks like OTLP {found}; send it to /v1/{found} instead.")
    return parsed


def _guarded(build: Callable[[], _Built]) -> _Built:
    try:
        return build()
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InvalidInput(
            "The body is JSON, but a member has another type than OTLP gives it."
        ) from error


def _objects(parent: Json, name: str) -> Iterator[Json]:
    for each in parent.get(name) or ():
        if not isinstance(each, dict):
            raise TypeError
        yield each


def _object(parent: Json, name: str) -> Json:
    found = parent.get(name) or _NOTHING
    if not isinstance(found, dict):
        raise TypeError
    return found


def _text(parent: Json, name: str) -> str:
    found = parent.get(name)
    return found if isinstance(found, str) else ""


def _int(value: object) -> int:
    if isinstance(value, str) and len(value) <= _MOST_DIGITS:
        return int(value)
    return int(value) if isinstance(value, int | float) else 0


def _span(span: Json) -> RawSpan:
    status = _object(span, "status")
    return RawSpan(
        _text(span, "traceId").lower(),
        _text(span, "spanId").lower(),
        _text(span, "parentSpanId").lower(),
        _text(span, "name"),
        _int(span.get("startTimeUnixNano")),
        _int(span.get("endTimeUnixNano")),
        _attributes(span),
        [
            (_text(event, "name"), _int(event.get("timeUnixNano")), _attributes(event))
            for event in _objects(span, "events")
        ],
        _status(status.get("code")),
        _text(status, "message"),
        _int(span.get("flags")),
    )


def _status(code: object) -> int:
    named = {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}
    return named.get(code, 0) if isinstance(code, str) else _int(code)


def _record(record: Json) -> RawRecord:
    at = _int(record.get("timeUnixNano")) or _int(record.get("observedTimeUnixNano"))
    return RawRecord(
        _text(record, "traceId").lower(),
        _text(record, "spanId").lower(),
        at,
        _text(record, "eventName"),
        _attributes(record),
        _value(_object(record, "body")),
    )


def _attributes(parent: Json) -> Attributes:
    return {
        _text(each, "key"): _value(_object(each, "value"))
        for each in _objects(parent, "attributes")
        if _text(each, "key")
    }


def _value(value: Json) -> AttributeValue:
    for kind, given in value.items():
        if kind in _VALUES:
            return _VALUES[kind](given)
    return None


def _scalar(given: object) -> AttributeValue:
    return given if isinstance(given, str | bool) else None


def _double(given: object) -> float | None:
    return float(given) if isinstance(given, str | int | float) else None


def _list(given: Json) -> AttributeValue:
    return [_value(each) for each in _objects(given, "values")]


def _map(given: Json) -> AttributeValue:
    return {
        _text(each, "key"): _value(_object(each, "value")) for each in _objects(given, "values")
    }


_VALUES: Mapping[str, Callable[[Any], AttributeValue]] = {
    "stringValue": _scalar,
    "boolValue": _scalar,
    "intValue": _int,
    "doubleValue": _double,
    "arrayValue": _list,
    "kvlistValue": _map,
    "bytesValue": _scalar,
}
