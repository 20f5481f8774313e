"""Numbers of our answers over OTLP: the names and boundaries of the conventions, read back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Stage
from groundwatch.store.events import Entry
from groundwatch.telemetry.export.instruments import (
    OPT_IN,
    SECONDS,
    TOKENS,
    Names,
    instruments,
    names_of,
)
from groundwatch.telemetry.export.measured import Measured
from groundwatch.telemetry.export.posting import Backend
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.decode import NO_METRICS, decode
from groundwatch.telemetry.otlp.decoded import Limits
from groundwatch.telemetry.otlp.sender import Sender
from groundwatch.telemetry.prometheus.growing import Growing
from tests.store.events.samples import NOW, ONE
from tests.telemetry.export.collector import collecting

pytestmark = pytest.mark.integration
STAGES = (Stage("embed", 0.0, 0.015), Stage("search", 0.01, 0.03), Stage("generate", 0.03, 0.2))
OWN = replace(
    ONE, application="groundwatch", stages=STAGES, started_at=NOW, duration=0.25, first_token=0.05
)


class Time:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def collector():
    with collecting() as collector:
        yield collector


@pytest.fixture
def measured(events, collector, time):
    def make(names=Names.STABLE):
        backend = Backend(collector.url, {"Authorization": "Bearer secret"}, timeout=2)
        shown = instruments(names, "groundwatch")
        return Measured(Growing(events, time), shown, backend, time)

    return make


def received(collector):
    """Data points of the last request by metric and attributes."""
    path, authorization, body = collector.posts[-1]
    assert (path, authorization) == ("/v1/metrics", "Bearer secret")
    (resource,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    assert {each.key: each.value.string_value for each in resource.resource.attributes} == {
        "service.name": "groundwatch"
    }
    (scope,) = resource.scope_metrics
    assert len({metric.name for metric in scope.metrics}) == len(scope.metrics)
    found = {}
    for metric in scope.metrics:
        shape = getattr(metric, metric.WhichOneof("data"))
        assert shape.aggregation_temporality == 2  # cumulative
        for point in shape.data_points:
            assert point.start_time_unix_nano <= point.time_unix_nano
            said = {each.key: each.value.string_value for each in point.attributes}
            found[metric.name, *sorted(said.items())] = point
    return found


def operation(found, name, kind, **more):
    points = [
        point
        for (metric, *said), point in found.items()
        if metric == name
        and dict(said)["gen_ai.operation.name"] == kind
        and more.items() <= dict(said).items()
    ]
    (point,) = points
    return point


def test_durations_tokens_and_first_chunks(events, measured, collector):
    failed = replace(OWN, id="i2", outcome=Outcome.FAILED, error_type="X", duration=7.0)
    events.record([Entry(OWN), Entry(failed), Entry(replace(OWN, id="i3", application="shop"))])
    assert measured().send()
    found = received(collector)
    name = "gen_ai.client.operation.duration"
    for kind, upto in (("embeddings", 0.02), ("retrieval", 0.04), ("chat", 0.32)):
        point = operation(found, name, kind, **{"gen_ai.provider.name": "groundwatch"})
        assert tuple(point.explicit_bounds) == SECONDS
        assert (point.count, sum(point.bucket_counts)) == (2, 2)  # those of the shop are not ours
        assert len(point.bucket_counts) == len(SECONDS) + 1
        assert point.bucket_counts[SECONDS.index(upto)] == 2
    chat = operation(found, name, "chat")
    assert chat.sum == pytest.approx(0.4)
    usage = "gen_ai.client.token.usage"
    for kind, tokens in (("input", 900), ("output", 120)):
        wanted = {"gen_ai.token.type": kind, "gen_ai.request.model": "m-large"}
        point = operation(found, usage, "chat", **wanted)
        assert tuple(point.explicit_bounds) == TOKENS
        assert point.sum == pytest.approx(2 * tokens)
    first = operation(found, "gen_ai.client.operation.time_to_first_chunk", "chat")
    assert first.sum == pytest.approx(0.1)
    whole = {
        dict(said).get("error.type", ""): point
        for (metric, *said), point in found.items()
        if metric == "gen_ai.workflow.duration"
    }
    assert {kind: point.count for kind, point in whole.items()} == {"": 1, "_OTHER": 1}
    assert list(whole["_OTHER"].bucket_counts)[:4] == [0, 0, 1, 0]  # 7 s: over 5, up to 10
    assert list(whole[""].explicit_bounds)[:3] == [1, 5, 10]


def test_newer_names_when_they_are_asked_for(events, measured, collector):
    assert OPT_IN == "OTEL_SEMCONV_STABILITY_OPT_IN"
    assert names_of("http, gen_ai_latest_experimental") is Names.LATEST
    assert names_of("") is names_of("http") is Names.STABLE
    events.record([Entry(OWN)])
    assert measured(Names.LATEST).send()
    found = received(collector)
    assert {key[0] for key in found} == {
        "gen_ai.client.inference.duration",
        "gen_ai.client.operation.duration",
        "gen_ai.client.inference.operation.input_tokens",
        "gen_ai.client.inference.operation.output_tokens",
        "gen_ai.client.inference.usage.input_tokens",
        "gen_ai.client.inference.usage.output_tokens",
        "gen_ai.client.inference.time_to_first_chunk",
        "gen_ai.invoke_workflow.duration",
    }
    spent = operation(found, "gen_ai.client.inference.usage.input_tokens", "chat")
    assert spent.as_int == 900
    assert not [key for key in found if "gen_ai.token.type" in dict(key[1:])]


def test_our_own_reader_reads_it(events, measured):
    events.record([Entry(OWN)])
    body = measured().body()
    assert body is not None
    now = int(NOW.timestamp() * 1e9)
    read = decode(Signal.METRICS, Encoding.PROTOBUF, body, Sender(), limits=Limits(), now=now)
    # three operations, two kinds of tokens, the first chunk, and the whole
    assert read.rejected == {NO_METRICS: 7}


def test_nothing_is_sent_before_there_is_a_number(measured, collector):
    assert not measured().send()
    assert collector.posts == []


def test_what_could_not_be_sent_is_in_the_next_and_nothing_shrinks(
    events, measured, collector, time
):
    sender = measured()
    events.record([Entry(OWN)])
    collector.status = 503
    assert not sender.send()
    collector.status = 200
    time.now = NOW + timedelta(hours=3)
    events.record([Entry(replace(OWN, id="late", started_at=time.now))])
    assert sender.send()
    name = "gen_ai.client.operation.duration"
    before = operation(received(collector), name, "chat")
    assert before.count == 2
    events.record([Entry(replace(OWN, id="late", started_at=time.now, stages=()))])
    assert sender.send()
    after = operation(received(collector), name, "chat")
    assert (after.count, list(after.bucket_counts)) == (2, list(before.bucket_counts))
    assert after.start_time_unix_nano == before.start_time_unix_nano


def test_a_backend_that_is_away_raises_nothing(events, time):
    events.record([Entry(OWN)])
    backend = Backend("http://127.0.0.1:9", {}, timeout=1)
    shown = instruments(Names.STABLE, "groundwatch")
    assert not Measured(Growing(events, time), shown, backend, time).send()
