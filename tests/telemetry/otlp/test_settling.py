"""From deliveries to interactions, over a real store."""

import json
from dataclasses import replace
from time import process_time

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from groundwatch.domain.answers import Outcome
from groundwatch.domain.spans import Span, SpanKind
from groundwatch.store.events import Entry
from groundwatch.telemetry import intake
from groundwatch.telemetry.otlp.assemble import assemble
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.scores_in import external_scores
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.sampling import Sampling
from groundwatch.telemetry.settings import OtlpSettings
from tests.telemetry.otlp.cases import TRACE, Case, at, case, cases
from tests.telemetry.otlp.conftest import Here
from tests.telemetry.test_recorder import interaction


def part(name: str, *ids: str) -> bytes:
    """Some of the spans of a case."""
    whole = case(name)
    spans = [each for each in whole.data["spans"] if each["id"] in ids]
    return replace(whole, data={**whole.data, "spans": spans}).traces_protobuf()


def large(number: int) -> bytes:
    """A span of 400 kB."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    span = scope.spans.add(name="large", end_time_unix_nano=at(1))
    span.trace_id, span.span_id = bytes.fromhex(TRACE), (number + 1).to_bytes(8)
    for part_ in range(4):
        span.attributes.add(key=f"part-{part_}").value.string_value = "x" * 100_000
    return bytes(request.SerializeToString())


class TestWhen:
    def test_a_trace_at_rest_becomes_an_interaction(self, here: Here):
        here.send_case(case("openinference"))
        assert here.settle(after=9) == 0
        assert here.get(TRACE) is None
        assert here.settle(after=1) == 1
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.query == "How long is parental leave?"
        assert found.state == "pending"
        assert here.settle(after=60) == 0

    def test_a_root_that_comes_last_from_elsewhere_is_waited_for(self, here: Here):
        here.send(part("openinference", "b", "c"))
        assert here.settle(after=30) == 0
        here.send(part("openinference", "a"))
        assert here.settle() == 1
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.flags == ()
        assert found.interaction.response == "480 days for each child."

    def test_without_a_root_the_window_ends_it(self, here: Here):
        here.send(part("openinference", "b", "c"))
        assert here.settle(after=59) == 0
        assert here.settle(after=1) == 1
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.flags == ("incomplete",)

    def test_a_late_span_makes_it_anew_and_numbers_follow(self, here: Here):
        here.send(part("openinference", "a", "b"))
        here.settle()
        assert here.total("tokens.input") == 0
        here.send(part("openinference", "c"))
        assert here.settle(after=9) == 0
        assert here.settle(after=1) == 1
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.input_tokens == 100
        assert here.total("tokens.input") == 100
        assert here.total("requests") == 1
        assert here.total("intake", "outcome", "late") == 1

    def test_what_was_open_is_made_by_the_next_process(self, here: Here):
        here.send_case(case("genai"))
        here.restart()
        assert here.settle() == 1
        assert here.get(TRACE) is not None


class TestTwice:
    def test_the_same_batch_again_changes_nothing(self, here: Here):
        for _ in range(3):
            here.send_case(case("openinference"))
        here.settle()
        here.send_case(case("openinference"))
        here.settle()
        assert here.total("requests") == 1
        assert here.total("cost") == 0.01
        assert here.total("intake", "outcome", "accepted") == 3
        assert here.total("intake", "outcome", "duplicate") == 9
        assert here.store.span_count(TRACE) == 3

    def test_the_same_span_id_twice_in_one_request_is_one(self, here: Here):
        request = ExportTraceServiceRequest.FromString(case("openinference").traces_protobuf())
        spans = request.resource_spans[0].scope_spans[0].spans
        spans.add().CopyFrom(spans[0])
        assert here.send(request.SerializeToString()).status == 200
        assert here.store.span_count(TRACE) == 3

    def test_ending_between_recording_and_closing_records_it_once(
        self, here: Here, monkeypatch: pytest.MonkeyPatch
    ):
        here.send_case(case("openinference"))
        here.time.pass_by(10)
        with monkeypatch.context() as patch:
            patch.setattr(here.store, "settled", lambda *_: None)
            here.settler._round(here.store.traces_to_settle(here.time()))
        here.restart()
        assert here.settle(after=0) == 1
        assert here.total("requests") == 1


class TestScores:
    def test_a_score_before_its_trace_is_kept_for_it(self, here: Here):
        both = case("evaluation-log")
        here.send(both.logs_protobuf(), Signal.LOGS)
        here.settle(after=5)
        here.send(both.traces_protobuf())
        here.settle()
        self._has_relevance(here)

    def test_a_score_long_after_its_trace_opens_it_again(self, here: Here):
        both = case("evaluation-log")
        here.send(both.traces_protobuf())
        here.settle(after=3_600)
        here.send(both.logs_protobuf(), Signal.LOGS)
        here.settle()
        self._has_relevance(here)

    def test_a_score_that_names_a_response_alone_finds_its_trace(self, here: Here):
        here.send(self._of_response("r1"), Signal.LOGS)
        assert here.settle(after=11) == 0
        here.send_case(case("genai"))
        here.settle(after=11)
        here.settle(after=11)
        self._has_relevance(here)
        assert here.total("requests") == 1
        assert here.total("intake", "outcome", "unmatched") == 0

    def test_a_score_that_never_matches_is_counted(self, here: Here):
        here.send(self._of_response("nobody's"), Signal.LOGS)
        assert here.settle(after=30) == 0
        assert here.settle(after=30) == 1
        assert here.settle(after=60) == 0
        assert here.total("intake", "outcome", "unmatched") == 1
        assert here.total("requests") == 0

    def test_a_score_of_a_trace_that_never_comes_is_counted(self, here: Here):
        here.send(case("evaluation-log").logs_protobuf(), Signal.LOGS)
        assert here.settle(after=60) == 1
        assert here.get(TRACE) is None
        assert here.total("intake", "outcome", "unmatched") == 1

    def test_what_a_person_said_is_feedback(self, here: Here):
        here.send_case(case("annotations"))
        here.settle()
        found = here.get(TRACE)
        assert found is not None
        (given,) = found.feedback
        assert (given.user, given.thumb) == ("anna", -1)
        assert here.total("satisfaction") == 0
        assert len(external_scores(found.interaction)) == 2

    def _of_response(self, response: str) -> bytes:
        log = {
            "event": "gen_ai.evaluation.result",
            "at": 1.5,
            "trace": "",
            "attributes": {
                "gen_ai.evaluation.name": "relevance",
                "gen_ai.evaluation.score.value": 0.9,
                "gen_ai.response.id": response,
            },
        }
        return Case("score", {"spans": [], "logs": [log]}).logs_protobuf()

    def _has_relevance(self, here: Here) -> None:
        found = here.get(TRACE)
        assert found is not None
        (score,) = external_scores(found.interaction)
        assert (score.name, score.score) == ("relevance", 0.9)


class TestSampling:
    def test_what_is_sampled_out_counts_and_is_not_kept(self, here: Here):
        here.sampling = Sampling(rate=0.0)
        here.restart()
        here.send_case(case("openinference"))
        here.settle()
        assert here.get(TRACE) is None
        assert here.total("requests") == 1
        assert here.total("tokens.input") == 100
        assert here.store.spans(TRACE) == []

    def test_what_comes_late_to_it_changes_nothing(self, here: Here):
        here.sampling = Sampling(rate=0.0)
        here.restart()
        here.send_case(case("openinference"))
        here.settle()
        here.send_case(case("openinference"))
        assert here.settle() == 0
        assert here.get(TRACE) is None
        assert here.store.spans(TRACE) == []
        assert (here.total("requests"), here.total("tokens.input")) == (1, 100)

    def test_a_failure_is_always_kept(self, here: Here):
        here.sampling = Sampling(rate=0.0)
        here.restart()
        here.send_case(case("error-exception"))
        here.settle()
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.outcome is Outcome.FAILED
        assert found.weight == 1.0


class TestLarge:
    def test_a_trace_of_ten_thousand_spans_is_one_interaction(self, here: Here):
        request = ExportTraceServiceRequest()
        scope = request.resource_spans.add().scope_spans.add()
        for number in range(10_000):
            span = scope.spans.add(name="rag" if not number else "step")
            span.trace_id = bytes.fromhex(TRACE)
            span.span_id = (number + 1).to_bytes(8)
            span.parent_span_id = number.to_bytes(8) if number else b""
            span.start_time_unix_nano, span.end_time_unix_nano = at(0), at(1)
            span.attributes.add(key="gen_ai.usage.input_tokens").value.int_value = 1
            span.attributes.add(key="gen_ai.operation.name").value.string_value = (
                "chat" if number == 9_999 else "plan"
            )
        assert here.send(request.SerializeToString()).status == 200
        here.settle()
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.input_tokens == 1
        assert found.interaction.attributes["spans"] == "10000"

    @pytest.mark.parametrize("is_deep", [True, False])
    def test_thousands_of_calls_are_put_together_in_moments(self, here: Here, is_deep: bool):
        spans = [
            Span(
                TRACE,
                f"{number:016x}",
                f"{number - 1 if is_deep else 0:016x}" if number else "",
                "load",
                "call",
                SpanKind.LLM,
                at(0),
                at(1),
                attributes={"gen_ai.usage.input_tokens": 1},
            )
            for number in range(10_000)
        ]
        began = process_time()
        made = assemble(spans)
        assert process_time() - began < 5
        assert made is not None
        assert made.interaction.input_tokens == (1 if is_deep else 9_999)

    def test_a_trace_that_is_too_long_is_rejected_from_there_on(self, here: Here):
        here.settings = OtlpSettings(trace_spans=10)
        here.restart()
        here.send_case(case("openinference"))
        request = ExportTraceServiceRequest()
        scope = request.resource_spans.add().scope_spans.add()
        for number in range(9):
            span = scope.spans.add(name="more", end_time_unix_nano=at(1))
            span.trace_id = bytes.fromhex(TRACE)
            span.span_id = (number + 1).to_bytes(8)
        reply = here.send(request.SerializeToString())
        assert reply.status == 200
        assert b"more than 10 spans" in reply.body
        assert here.store.span_count(TRACE) == 3
        assert here.total("intake", "outcome", "rejected") == 9

    def test_a_trace_that_is_too_large_is_rejected_from_there_on(self, here: Here):
        here.settings = OtlpSettings(trace_megabytes=1)
        here.restart()
        replies = [here.send(large(number)) for number in range(4)]
        assert [b"or 1 MiB" in reply.body for reply in replies] == [False, False, True, True]
        assert here.store.span_count(TRACE) == 2
        assert here.send(large(1)).status == 200

    def test_a_batch_that_was_sent_again_and_again_does_not_fill_its_trace(self, here: Here):
        here.settings = OtlpSettings(trace_spans=10)
        here.restart()
        for _ in range(8):
            reply = here.send(case("openinference").traces_protobuf())
            assert (reply.status, reply.body) == (200, b"")


def test_every_case_goes_through_the_store(here: Here):
    """Whatever conventions say, the store takes it and gives it back."""
    for number, each in enumerate(cases()):
        trace = f"{number + 1:032x}"
        here.send(each.traces_protobuf().replace(bytes.fromhex(TRACE), bytes.fromhex(trace)))
    here.settle(after=60)
    for number, each in enumerate(cases()):
        found = here.get(f"{number + 1:032x}")
        assert found is not None, each.name
        if "query" in each.expected and "logs" not in each.data:
            assert found.interaction.query == each.expected["query"]


def test_nothing_of_what_cannot_be_put_together_holds_up_the_rest(here: Here, monkeypatch):
    def broken(spans, price):
        if spans[0].trace_id == TRACE:
            raise RuntimeError("a fault of ours")
        return assemble(spans, price)

    monkeypatch.setattr("groundwatch.telemetry.otlp.settling.assemble", broken)
    here.send_case(case("genai"))
    other = "1" * 32
    here.send(
        case("openinference").traces_protobuf().replace(bytes.fromhex(TRACE), bytes.fromhex(other))
    )
    assert here.settle() == 2
    assert here.get(TRACE) is None
    assert here.get(other) is not None
    assert here.total("intake", "outcome", "dropped") == 3


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\udcff\U0001f600"])
def test_text_that_no_encoding_has_is_kept_as_far_as_it_goes(here: Here, text: str):
    data = json.loads(case("own-wins").traces_json())
    span = data["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    for each in span["attributes"]:
        if "stringValue" in each["value"]:
            each["value"]["stringValue"] += text
    span["name"] += text
    span["status"]["message"] = text
    span["attributes"].append({"key": f"key{text}", "value": {"stringValue": text}})
    span["events"] = [{"name": text, "timeUnixNano": 1, "attributes": span["attributes"]}]
    reply = here.send(json.dumps(data).encode(), encoding=Encoding.JSON)
    assert (reply.status, reply.body) == (200, b"{}")
    here.settle()
    found = here.get(TRACE)
    assert found is not None
    assert found.interaction.query.startswith("How long is parental leave?")


def test_a_refused_delivery_is_counted_and_said(here: Here):
    reply = here.send(b"\xff\xff\xff")
    assert reply.status == 400
    assert b"not an OTLP request" in reply.body
    reply = here.send(b"not gzip", compression="gzip")
    assert reply.status == 400
    assert here.total("intake", "outcome", "refused") == 2


def test_overload_is_429_before_any_write(here: Here):
    here.admission.take(60 << 20)
    body = json.dumps({"resourceSpans": []}).encode().ljust(5 << 20)
    reply = here.send(body)
    assert reply.status == 429
    assert 1 <= reply.retry_after <= 3
    here.admission.give_back(60 << 20)
    assert here.send(case("genai").traces_protobuf()).status == 200
    assert here.admission.waiting == 0


class TestWhose:
    def test_an_answer_of_ours_is_not_replaced_by_a_trace_of_its_id(self, here: Here):
        ours = replace(interaction(1), id=TRACE, application="groundwatch", started_at=here.time())
        here.store.record([Entry(ours)])
        here.send_case(case("openinference"))
        assert here.settle() == 1
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction == ours
        assert here.total("intake", "outcome", "rejected") == 1

    def test_who_sent_the_root_is_who_handed_it_in(self, here: Here):
        here.send(case("openinference").traces_protobuf(), sender=Sender(user="eve"))
        here.settle()
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.attributes[intake.SENDER] == "eve"

    def test_nobody_says_so_for_somebody_else(self, here: Here):
        forged = case("own-wins")
        data = {**forged.data, "resource": {"groundwatch.sender": "ada"}}
        here.send(replace(forged, data=data).traces_protobuf(), sender=Sender(user="eve"))
        here.settle()
        found = here.get(TRACE)
        assert found is not None
        assert found.interaction.attributes[intake.SENDER] == "eve"
