"""What is refused, what is cut, and what is said of it."""

import gzip
import json
import os
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from groundwatch.errors import InvalidInput
from groundwatch.telemetry.otlp.assemble import assemble
from groundwatch.telemetry.otlp.body import (
    Body,
    Encoding,
    NotTaken,
    Signal,
    TooLarge,
    compression_of,
    content,
    encoding_of,
)
from groundwatch.telemetry.otlp.decode import decode, respond
from groundwatch.telemetry.otlp.decoded import Decoded, Limits
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.otlp.spans import SKEW_ATTRIBUTE
from groundwatch.telemetry.otlp.status import status_body
from tests.telemetry.otlp.cases import TRACE, at, case

NOW = at(600)
MEGABYTE = 1 << 20
LIMITS = Limits()


def traces(data: bytes, encoding: Encoding = Encoding.PROTOBUF, limits: Limits = LIMITS) -> Decoded:
    return decode(Signal.TRACES, encoding, data, Sender(), limits=limits, now=NOW)


def request(**fields: object) -> ExportTraceServiceRequest:
    """One good span, with other values in some fields."""
    made = ExportTraceServiceRequest()
    span = made.resource_spans.add().scope_spans.add().spans.add()
    given = {
        "trace_id": bytes.fromhex(TRACE),
        "span_id": b"12345678",
        "name": "rag",
        "start_time_unix_nano": at(0),
        "end_time_unix_nano": at(1),
        **fields,
    }
    for name, value in given.items():
        setattr(span, name, value)
    return made


class TestRejectedSpans:
    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"trace_id": b""}, "the trace id is not 16 bytes, or all zero"),
            ({"trace_id": b"\0" * 16}, "the trace id is not 16 bytes, or all zero"),
            ({"trace_id": b"x" * 17}, "the trace id is not 16 bytes, or all zero"),
            ({"span_id": b"\0" * 8}, "the span id is not 8 bytes, or all zero"),
            ({"span_id": b"1"}, "the span id is not 8 bytes, or all zero"),
            ({"end_time_unix_nano": 0}, "the end time is missing"),
            ({"end_time_unix_nano": 1}, "the end time is before the year 2000, or more"),
            ({"end_time_unix_nano": (1 << 64) - 1}, "the end time is before the year 2000, or"),
            ({"start_time_unix_nano": 5}, "the start time is before the year 2000, or more"),
        ],
    )
    def test_only_what_cannot_be_stored_is_left_out(self, fields, reason):
        both = request(**fields)
        both.MergeFrom(request())
        out = traces(both.SerializeToString())
        assert len(out.spans) == out.refused == 1
        (told,) = out.rejected
        assert told.startswith(reason)
        response = ExportTraceServiceResponse.FromString(
            respond(Signal.TRACES, Encoding.PROTOBUF, out)
        )
        assert response.partial_success.rejected_spans == 1
        assert reason in response.partial_success.error_message

    def test_json_tells_the_same_in_its_own_words(self):
        data = json.loads(case("genai").traces_json())
        data["resourceSpans"][0]["scopeSpans"][0]["spans"][1]["spanId"] = "zz"
        out = traces(json.dumps(data).encode(), Encoding.JSON)
        told = json.loads(respond(Signal.TRACES, Encoding.JSON, out))
        assert told["partialSuccess"]["rejectedSpans"] == "1"
        assert "span id" in told["partialSuccess"]["errorMessage"]

    def test_full_success_leaves_partial_success_unset(self):
        out = traces(request().SerializeToString())
        assert respond(Signal.TRACES, Encoding.PROTOBUF, out) == b""
        assert respond(Signal.TRACES, Encoding.JSON, out) == b"{}"

    def test_an_empty_request_is_a_success(self):
        assert traces(b"").spans == []
        assert traces(b"", Encoding.JSON).spans == []
        assert traces(b"{}", Encoding.JSON).spans == []


class TestWrongSignals:
    def test_logs_sent_as_traces(self):
        data = case("evaluation-log")
        for encoding, body in (
            (Encoding.PROTOBUF, data.logs_protobuf()),
            (Encoding.JSON, data.logs_json()),
        ):
            with pytest.raises(InvalidInput, match=r"looks like OTLP logs.*/v1/logs"):
                traces(body, encoding)

    def test_plain_logs_without_ids_sent_as_traces(self):
        made = ExportLogsServiceRequest()
        record = made.resource_logs.add().scope_logs.add().log_records.add()
        record.time_unix_nano = at(1)
        record.body.string_value = "something happened"
        with pytest.raises(InvalidInput, match=r"looks like OTLP logs"):
            traces(made.SerializeToString())

    @pytest.mark.parametrize("encoding", list(Encoding))
    def test_traces_sent_as_logs(self, encoding):
        data = case("genai")
        body = data.traces_json() if encoding is Encoding.JSON else data.traces_protobuf()
        with pytest.raises(InvalidInput, match=r"looks like OTLP traces.*/v1/traces"):
            decode(Signal.LOGS, encoding, body, Sender(), limits=Limits(), now=NOW)

    def test_metrics_are_counted_and_not_kept(self):
        made = ExportMetricsServiceRequest()
        metric = made.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
        metric.gauge.data_points.add(as_int=1)
        metric.gauge.data_points.add(as_int=2)
        points = [{"asInt": "1"}, {"asInt": "2"}]
        as_json = {
            "resourceMetrics": [
                {"scopeMetrics": [{"metrics": [{"gauge": {"dataPoints": points}}]}]}
            ]
        }
        for encoding, body in (
            (Encoding.PROTOBUF, made.SerializeToString()),
            (Encoding.JSON, json.dumps(as_json).encode()),
        ):
            out = decode(Signal.METRICS, encoding, body, Sender(), limits=Limits(), now=NOW)
            assert (out.refused, out.spans) == (2, [])
            assert "2 data points" in out.message()

    def test_other_log_records_are_counted(self):
        made = ExportLogsServiceRequest()
        scope = made.resource_logs.add().scope_logs.add()
        scope.log_records.add(time_unix_nano=at(1), event_name="app.started")
        scope.log_records.add(time_unix_nano=at(1), event_name="gen_ai.evaluation.result")
        out = decode(
            Signal.LOGS,
            Encoding.PROTOBUF,
            made.SerializeToString(),
            Sender(),
            limits=Limits(),
            now=NOW,
        )
        assert dict(out.rejected) == {
            "only events named gen_ai.* are kept": 1,
            "the event names neither a trace nor gen_ai.response.id": 1,
        }


class TestMalformed:
    @pytest.mark.parametrize("seed", range(5))
    def test_noise_is_invalid_or_empty(self, seed):
        noise = os.urandom(200 + seed)
        for encoding in Encoding:
            with suppress(InvalidInput):
                assert traces(noise, encoding).spans == []

    def test_a_body_cut_anywhere_is_invalid_or_read_in_part(self):
        whole = case("openinference").traces_protobuf()
        for end in range(1, len(whole), 37):
            with suppress(InvalidInput):
                assert len(traces(whole[:end]).spans) <= 3
        with pytest.raises(InvalidInput, match="cut off"):
            traces(whole[:-1])
        with pytest.raises(InvalidInput, match="cut off"):
            traces(case("openinference").traces_json()[:-1], Encoding.JSON)

    def test_text_that_is_not_utf_8(self):
        body = request(name="rag").SerializeToString().replace(b"rag", b"\xff\xfe\xfd")
        with pytest.raises(InvalidInput, match="UTF-8"):
            traces(body)
        with pytest.raises(InvalidInput, match="UTF-8"):
            traces(b'{"resourceSpans": "\xff"}', Encoding.JSON)

    @pytest.mark.parametrize(
        "body",
        [
            b"[]",
            b"1",
            b'{"resourceSpans": [1]}',
            b'{"resourceSpans": {"a": 1}}',
            b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "x"}]}]}]}',
            b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": [5]}]}]}]}',
            b"[" * 100_000,
            b'{"a":' * 100_000,
        ],
    )
    def test_json_of_other_shapes(self, body):
        with pytest.raises(InvalidInput):
            traces(body, Encoding.JSON)

    def test_a_nested_value_of_any_depth_does_not_end_the_process(self):
        value = '{"arrayValue":{"values":[' * 150 + '{"intValue":1}' + "]}}" * 150
        sent = case("own-wins")
        data = json.loads(sent.traces_json())
        span = data["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        span["attributes"].append({"key": "deep", "value": json.loads(value)})
        (kept,) = traces(json.dumps(data).encode(), Encoding.JSON).spans
        assert kept.truncated
        assert kept.attributes["rag.query"] == sent.expected["query"]


class TestLimits:
    def test_a_long_attribute_is_cut_and_said(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        span.attributes.add(key="rag.query").value.string_value = "x" * MEGABYTE
        out = traces(made.SerializeToString(), limits=Limits(1_000))
        assert len(str(out.spans[0].attributes["rag.query"])) == 1_000
        assert out.spans[0].truncated
        assembled = assemble(out.spans)
        assert assembled is not None
        assert "truncated" in assembled.interaction.flags
        assert "cut" in out.message()
        assert out.refused == 0

    def test_a_large_structure_is_cut(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        values = span.attributes.add(key="big").value.array_value.values
        for _ in range(100):
            values.add().string_value = "y" * 100
        out = traces(made.SerializeToString(), limits=Limits(1_000))
        assert out.spans[0].truncated
        assert len(str(out.spans[0].attributes["big"])) == 1_000

    def test_many_attributes_are_cut(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        for number in range(50):
            span.attributes.add(key=f"k{number}").value.int_value = number
        out = traces(made.SerializeToString(), limits=Limits(span_attributes=10))
        assert len(out.spans[0].attributes) == 10
        assert out.spans[0].truncated

    def test_a_name_without_end_is_left_out(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        span.attributes.add(key="k" * 100_000).value.int_value = 1
        (kept,) = traces(made.SerializeToString()).spans
        assert kept.truncated
        assert kept.attributes == {}

    def test_passages_without_end_are_cut(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        documents = json.dumps([{"id": str(each), "content": "c"} for each in range(3_000)])
        span.attributes.add(key="rag.documents").value.string_value = documents
        for number in range(30):
            key = f"retrieval.documents.{number}.document.content"
            span.attributes.add(key=key).value.string_value = f"{number}" + "y" * 90_000
        assembled = assemble(traces(made.SerializeToString()).spans)
        assert assembled is not None
        assert len(assembled.interaction.passages) == 1_000

    def test_attribute_names_of_digits_do_no_harm(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        key = "retrieval.documents." + "9" * 5_000 + ".document.content"
        span.attributes.add(key=key).value.string_value = "far"
        assembled = assemble(traces(made.SerializeToString()).spans)
        assert assembled is not None

    def test_numbers_that_are_none_are_nothing(self):
        made = request()
        span = made.resource_spans[0].scope_spans[0].spans[0]
        for key in ("rag.cost", "rag.confidence", "gen_ai.usage.input_tokens"):
            span.attributes.add(key=key).value.double_value = float("nan")
        span.attributes.add(key="gen_ai.usage.output_tokens").value.double_value = float("inf")
        assembled = assemble(traces(made.SerializeToString()).spans)
        assert assembled is not None
        one = assembled.interaction
        assert (one.cost, one.confidence, one.input_tokens, one.output_tokens) == (None, None, 0, 0)


class TestClocks:
    @pytest.mark.parametrize("days", [1, 3, 300])
    def test_a_clock_that_is_ahead_is_put_right(self, days):
        ahead = int(timedelta(days=days).total_seconds() * 1e9)
        made = request(
            start_time_unix_nano=NOW + ahead - 2_000_000_000, end_time_unix_nano=NOW + ahead
        )
        span = traces(made.SerializeToString()).spans[0]
        assert (span.start, span.end) == (NOW - 2_000_000_000, NOW)
        assert span.attributes[SKEW_ATTRIBUTE] == days * 86_400
        assembled = assemble([span])
        assert assembled is not None
        assert assembled.interaction.flags == ("clock-skew",)

    def test_spans_of_one_sender_keep_their_distance(self):
        ahead = 86_400 * 10**9
        made = request(start_time_unix_nano=NOW + ahead, end_time_unix_nano=NOW + ahead + 5)
        other = made.resource_spans[0].scope_spans[0].spans.add()
        other.CopyFrom(made.resource_spans[0].scope_spans[0].spans[0])
        other.start_time_unix_nano += 1
        first, second = traces(made.SerializeToString()).spans
        assert second.start - first.start == 1

    def test_some_minutes_ahead_stay_as_they_are(self):
        span = traces(request(end_time_unix_nano=NOW + 60 * 10**9).SerializeToString()).spans[0]
        assert span.end == NOW + 60 * 10**9


class TestBodies:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ("application/x-protobuf", Encoding.PROTOBUF),
            ("Application/X-Protobuf; charset=utf-8", Encoding.PROTOBUF),
            ("application/json;charset=UTF-8", Encoding.JSON),
        ],
    )
    def test_media_types_are_parsed(self, given, expected):
        assert encoding_of(given) is expected

    @pytest.mark.parametrize("given", ["", "text/plain", "application/grpc", "json"])
    def test_other_media_types_are_not_taken(self, given):
        with pytest.raises(NotTaken, match="application/x-protobuf"):
            encoding_of(given)

    @pytest.mark.parametrize("given", ["br", "zstd", "deflate", "gzip, gzip"])
    def test_other_compressions_are_not_taken(self, given):
        with pytest.raises(NotTaken, match="gzip"):
            compression_of(given)

    def test_gzip_is_opened_also_in_several_members(self):
        data = gzip.compress(b"one") + gzip.compress(b"two")
        assert content(Body(Encoding.JSON, "gzip", data), 100) == b"onetwo"

    def test_a_bomb_is_stopped_before_it_is_held(self):
        stream = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = b"".join(stream.compress(bytes(MEGABYTE)) for _ in range(300)) + stream.flush()
        with pytest.raises(TooLarge, match="20 MiB"):
            content(Body(Encoding.PROTOBUF, "gzip", bomb), 20 * MEGABYTE)

    def test_the_limit_is_exact(self):
        data = gzip.compress(bytes(1_000))
        assert len(content(Body(Encoding.JSON, "gzip", data), 1_000)) == 1_000
        with pytest.raises(TooLarge):
            content(Body(Encoding.JSON, "gzip", data), 999)
        with pytest.raises(TooLarge):
            content(Body(Encoding.JSON, "", bytes(1_000)), 999)

    @pytest.mark.parametrize("cut", [1, 5, 15, 30])
    def test_gzip_that_is_cut_or_none_is_invalid(self, cut):
        with pytest.raises(InvalidInput, match="gzip"):
            content(Body(Encoding.JSON, "gzip", gzip.compress(os.urandom(40))[:-cut]), 1_000)
        with pytest.raises(InvalidInput, match="gzip"):
            content(Body(Encoding.JSON, "gzip", b"plain text"), 1_000)


def test_status_is_what_google_defines():
    # Status has the fields 1 (code) and 2 (message); so has this message, by number and type.
    told = status_body(Encoding.PROTOBUF, 400, "ä" * 100)
    assert told[:2] == b"\x08\x03"
    assert told[2] == 0x12
    assert told[5:].decode() == "ä" * 100
    assert json.loads(status_body(Encoding.JSON, 429, "later")) == {"code": 8, "message": "later"}
