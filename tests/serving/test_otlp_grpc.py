"""OTLP over gRPC, with OpenTelemetry's own client and exporter."""

import socket
from collections.abc import Iterator

import grpc  # type: ignore[import-untyped]
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from tests.serving.worlds import world
from tests.telemetry.otlp.cases import case

from groundwatch.errors import Overloaded, Unavailable
from groundwatch.serving.otlp_grpc import grpc_listening
from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.otlp.body import Encoding, Signal
from groundwatch.telemetry.otlp.decode import decode, respond
from groundwatch.telemetry.otlp.decoded import Limits
from groundwatch.telemetry.otlp.delivery import Delivery, Reply
from groundwatch.telemetry.otlp.edge import OtlpEdge
from groundwatch.telemetry.otlp.status import refusal

MEGABYTE = 1 << 20
KEY = (("authorization", "Bearer gw_ben"),)


class Watch:
    """Decodes as the watch does, and remembers."""

    def __init__(self) -> None:
        self.taken: list[Delivery] = []
        self.names: list[str] = []
        self.error: Exception | None = None

    def deliver(self, delivery: Delivery) -> Reply:
        if self.error is not None:
            raise self.error
        now = 1_900_000_000 * 10**9
        try:
            out = decode(
                delivery.signal,
                Encoding.PROTOBUF,
                delivery.data,
                delivery.sender,
                limits=Limits(),
                now=now,
            )
        except Exception as error:  # noqa: BLE001  every refusal is of the tree
            return refusal(delivery.encoding, error)  # type: ignore[arg-type]
        self.taken.append(delivery)
        self.names += [span.name for span in out.spans]
        return Reply(200, respond(delivery.signal, Encoding.PROTOBUF, out), Encoding.PROTOBUF)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def address(watch: Watch) -> Iterator[str]:
    edge = OtlpEdge(watch.deliver, Admission(64 * MEGABYTE), 2 * MEGABYTE)
    with grpc_listening(edge, world().authentication, "127.0.0.1", 0) as port:
        yield f"127.0.0.1:{port}"


@pytest.fixture
def channel(address: str) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(address) as opened:
        yield opened


def request(name: str = "genai") -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    made.ParseFromString(case(name).traces_protobuf())
    return made


def test_all_three_signals(watch, channel):
    told = TraceServiceStub(channel).Export(request(), metadata=KEY, timeout=60)
    assert not told.HasField("partial_success")
    logs = ExportLogsServiceRequest.FromString(case("evaluation-log").logs_protobuf())
    LogsServiceStub(channel).Export(logs, metadata=KEY, timeout=60)
    metrics = ExportMetricsServiceRequest()
    metrics.resource_metrics.add().scope_metrics.add().metrics.add().gauge.data_points.add()
    told = MetricsServiceStub(channel).Export(metrics, metadata=KEY, timeout=60)
    assert told.partial_success.rejected_data_points == 1
    assert [each.signal for each in watch.taken] == [Signal.TRACES, Signal.LOGS, Signal.METRICS]


def test_the_project_comes_as_metadata(watch, channel):
    metadata = (*KEY, ("x-project-name", "shop"))
    TraceServiceStub(channel).Export(request(), metadata=metadata, timeout=60)
    assert watch.taken[0].sender.project == "shop"


def test_gzip(watch, channel):
    stub = TraceServiceStub(channel)
    stub.Export(request(), metadata=KEY, timeout=60, compression=grpc.Compression.Gzip)
    assert len(watch.names) == 3


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ((), "UNAUTHENTICATED"),
        ((("authorization", "Bearer wrong"),), "UNAUTHENTICATED"),
        ((("authorization", "Bearer session-ben"),), "UNAUTHENTICATED"),
        ((("authorization", "Bearer gw_anna"),), "PERMISSION_DENIED"),
    ],
)
def test_only_who_may_send_may_send(watch, channel, metadata, code):
    with pytest.raises(grpc.RpcError) as caught:
        TraceServiceStub(channel).Export(request(), metadata=metadata, timeout=60)
    assert caught.value.code() is getattr(grpc.StatusCode, code)
    assert watch.taken == []


def test_what_does_not_decode(channel):
    call = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
    with pytest.raises(grpc.RpcError) as caught:
        call(b"\xff\xff", metadata=KEY, timeout=60)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "not an OTLP request" in caught.value.details()


@pytest.mark.parametrize("error", [Overloaded("full", 2.0), Unavailable("away")])
def test_what_is_to_come_again_is_told_when(watch, channel, error):
    watch.error = error
    with pytest.raises(grpc.RpcError) as caught:
        TraceServiceStub(channel).Export(request(), metadata=KEY, timeout=60)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    status_pb2 = pytest.importorskip("google.rpc.status_pb2")
    retry = pytest.importorskip("google.rpc.error_details_pb2").RetryInfo()
    (given,) = status_pb2.Status.FromString(details).details
    assert given.Unpack(retry)
    assert retry.retry_delay.seconds == 2


def test_a_message_over_the_limit_is_refused(watch, channel):
    large = request()
    span = large.resource_spans[0].scope_spans[0].spans[0]
    span.attributes.add(key="big").value.string_value = "x" * (3 * MEGABYTE)
    stub = TraceServiceStub(channel)
    for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
        with pytest.raises(grpc.RpcError) as caught:
            stub.Export(large, metadata=KEY, timeout=60, compression=compression)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert watch.taken == []


def test_the_exporter_of_the_sdk(watch, address):
    exporter = OTLPSpanExporter(address, insecure=True, headers=KEY)
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    with provider.get_tracer("test").start_as_current_span("answer"):
        pass
    provider.shutdown()
    assert watch.names == ["answer"]


def test_a_port_that_is_taken_is_said(watch):
    edge = OtlpEdge(watch.deliver, Admission(MEGABYTE), MEGABYTE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(Unavailable, match=r"otlp\.grpc_port"),
            grpc_listening(edge, world().authentication, "127.0.0.1", port),
        ):
            pass
