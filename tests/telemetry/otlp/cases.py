"""Traces as data, written in both encodings of OTLP."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEGIN_NANOSECONDS = int(BEGIN.timestamp()) * 1_000_000_000
TRACE = "0af7651916cd43dd8448eb211c80319c"
FOLDER = Path(__file__).parent / "cases"
_REMOTE = 0x300
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A file of the folder; times in it are seconds after `BEGIN`, ids are letters."""

    name: str
    data: Json

    @property
    def expected(self) -> Json:
        expected: Json = self.data["expected"]
        return expected

    def traces_json(self) -> bytes:
        return json.dumps(
            {"resourceSpans": [self._group("scopeSpans", "spans", self._spans())]}
        ).encode()

    def logs_json(self) -> bytes:
        return json.dumps(
            {"resourceLogs": [self._group("scopeLogs", "logRecords", self._logs())]}
        ).encode()

    def traces_protobuf(self) -> bytes:
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        fill(group.resource.attributes, self.data.get("resource", {}))
        scope = group.scope_spans.add()
        for given in self.data["spans"]:
            span = scope.spans.add()
            span.trace_id = bytes.fromhex(TRACE)
            span.span_id = bytes.fromhex(span_id(given["id"]))
            span.parent_span_id = bytes.fromhex(span_id(given.get("parent", "")))
            span.name = given["name"]
            span.start_time_unix_nano, span.end_time_unix_nano = map(at, given["time"])
            span.status.code = given.get("status", 0)
            span.status.message = given.get("message", "")
            span.flags = _REMOTE if given.get("remote") else 0
            fill(span.attributes, given.get("attributes", {}))
            for event in given.get("events", ()):
                made = span.events.add(name=event["name"], time_unix_nano=at(event["at"]))
                fill(made.attributes, event["attributes"])
        return bytes(request.SerializeToString())

    def logs_protobuf(self) -> bytes:
        request = ExportLogsServiceRequest()
        group = request.resource_logs.add()
        fill(group.resource.attributes, self.data.get("resource", {}))
        scope = group.scope_logs.add()
        for given in self.data.get("logs", ()):
            record = scope.log_records.add()
            record.time_unix_nano = at(given["at"])
            record.event_name = given["event"]
            record.trace_id = bytes.fromhex(given.get("trace", TRACE))
            record.span_id = bytes.fromhex(span_id(given.get("span", "")))
            fill(record.attributes, given.get("attributes", {}))
            if "body" in given:
                put(record.body, given["body"])
        return bytes(request.SerializeToString())

    def _group(self, scopes: str, parts: str, content: list[Json]) -> Json:
        resource = {"attributes": pairs(self.data.get("resource", {}))}
        return {"resource": resource, scopes: [{parts: content}]}

    def _spans(self) -> list[Json]:
        return [
            {
                "traceId": TRACE.upper(),
                "spanId": span_id(each["id"]),
                "parentSpanId": span_id(each.get("parent", "")),
                "name": each["name"],
                "startTimeUnixNano": str(at(each["time"][0])),
                "endTimeUnixNano": at(each["time"][1]),
                "status": {"code": each.get("status", 0), "message": each.get("message", "")},
                "flags": _REMOTE if each.get("remote") else 0,
                "attributes": pairs(each.get("attributes", {})),
                "events": [
                    {
                        "name": event["name"],
                        "timeUnixNano": str(at(event["at"])),
                        "attributes": pairs(event["attributes"]),
                    }
                    for event in each.get("events", ())
                ],
                "unknownField": {"is": "ignored"},
            }
            for each in self.data["spans"]
        ]

    def _logs(self) -> list[Json]:
        return [
            {
                "traceId": each.get("trace", TRACE),
                "spanId": span_id(each.get("span", "")),
                "timeUnixNano": str(at(each["at"])),
                "eventName": each["event"],
                "attributes": pairs(each.get("attributes", {})),
                **({"body": value(each["body"])} if "body" in each else {}),
            }
            for each in self.data.get("logs", ())
        ]


def cases() -> list[Case]:
    files = sorted(FOLDER.glob("*.json"))
    return [Case(file.stem, json.loads(file.read_text("utf-8"))) for file in files]


def case(name: str) -> Case:
    return next(each for each in cases() if each.name == name)


def at(seconds: float) -> int:
    return BEGIN_NANOSECONDS + round(seconds * 1e9)


def span_id(letter: str) -> str:
    return f"00f067aa0ba902b{letter}" if letter else ""


def pairs(attributes: Json) -> list[Json]:
    return [{"key": key, "value": value(each)} for key, each in attributes.items()]


def value(given: object) -> Json:
    if isinstance(given, list):
        return {"arrayValue": {"values": [value(each) for each in given]}}
    if isinstance(given, dict):
        return {"kvlistValue": {"values": pairs(given)}}
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    kind = kinds.get(type(given))
    return {kind: str(given) if kind == "intValue" else given} if kind else {}


def fill(attributes: Any, given: Json) -> None:
    for key, each in given.items():
        put(attributes.add(key=key).value, each)


def put(target: AnyValue, given: object) -> None:
    match given:
        case bool():
            target.bool_value = given
        case int():
            target.int_value = given
        case float():
            target.double_value = given
        case str():
            target.string_value = given
        case list():
            target.array_value.SetInParent()
            for each in given:
                put(target.array_value.values.add(), each)
        case dict():
            target.kvlist_value.SetInParent()
            fill(target.kvlist_value.values, given)
