"""OTLP over HTTP, down to a real store."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.telemetry.otlp.cases import TRACE, at, case
from tests.waiting import until

from groundwatch.errors import Unavailable
from groundwatch.serving.api import create_api
from groundwatch.store.database import open_database
from groundwatch.store.events import EventStore, open_events
from groundwatch.store.settings import StoreSettings
from groundwatch.telemetry.admission import Admission
from groundwatch.telemetry.otlp.counting import IntakeCounts
from groundwatch.telemetry.otlp.delivery import Delivery, Reply
from groundwatch.telemetry.otlp.edge import OtlpEdge
from groundwatch.telemetry.otlp.intake import Intake
from groundwatch.telemetry.settings import OtlpSettings

MEGABYTE = 1 << 20
MOST = 2 * MEGABYTE
PROTOBUF = "application/x-protobuf"
NOW = datetime.fromtimestamp(at(60) / 1e9, UTC)
GOOD = case("openinference").traces_protobuf()


@dataclass
class Otlp:
    """A server that keeps telemetry, and what lies behind it."""

    store: EventStore
    admission: Admission
    is_away: bool = False
    hold: threading.Event | None = None
    url: str = ""

    def deliver(self, delivery: Delivery) -> Reply:
        if self.is_away:
            raise Unavailable("nobody serves /secret/watch.sock")
        if self.hold is not None:
            self.hold.wait(20)
        return self._intake().take(delivery)

    def _intake(self) -> Intake:
        counts = IntakeCounts(self.store.add_points, lambda: NOW)
        settings = OtlpSettings(body_megabytes=MOST // MEGABYTE)
        return Intake(self.store, lambda: NOW, settings, counts, Admission(64 * MEGABYTE))

    def post(
        self, data: bytes, path: str = "/v1/traces", user: str = "ben", **headers: str
    ) -> httpx.Response:
        told = {name.replace("_", "-"): each for name, each in headers.items()}
        if user:
            told["authorization"] = f"Bearer gw_{user}"
        sent = {"content-type": PROTOBUF, **told}
        return httpx.post(f"{self.url}{path}", content=data, headers=sent, timeout=30)


@pytest.fixture
def otlp(tmp_path: Path) -> Iterator[Otlp]:
    database = open_database(StoreSettings(), tmp_path, lambda: NOW)
    store = open_events(StoreSettings(), tmp_path, database, lambda: NOW)
    here = Otlp(store, Admission(8 * MEGABYTE))
    edge = OtlpEdge(here.deliver, here.admission, MOST)
    with served(create_api(replace(world().services(), otlp=edge))) as here.url:
        yield here
    store.close()
    database.close()


def status(response: httpx.Response) -> tuple[int, str]:
    """Code and message of a `google.rpc.Status`."""
    assert response.headers["content-type"] == PROTOBUF
    body = response.content
    assert (body[0], body[2]) == (0x08, 0x12)
    length = body[3] if body[3] < 0x80 else body[3] & 0x7F | body[4] << 7
    text = body[4 if body[3] < 0x80 else 5 :]
    assert len(text) == length
    return body[1], text.decode()


@pytest.mark.parametrize("prefix", ["", "/otlp"])
class TestTaken:
    def test_spans_in_protobuf(self, otlp, prefix):
        response = otlp.post(GOOD, f"{prefix}/v1/traces")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["content-type"] == PROTOBUF
        assert otlp.store.span_count(TRACE) == 3

    def test_spans_in_json_with_parameters_in_the_type(self, otlp, prefix):
        data = case("openinference").traces_json()
        response = otlp.post(
            data, f"{prefix}/v1/traces", content_type="Application/JSON; charset=utf-8"
        )
        assert (response.status_code, response.json()) == (200, {})
        assert response.headers["content-type"].startswith("application/json")
        assert otlp.store.span_count(TRACE) == 3

    def test_gzip(self, otlp, prefix):
        response = otlp.post(gzip.compress(GOOD), f"{prefix}/v1/traces", content_encoding="gzip")
        assert response.status_code == 200
        assert otlp.store.span_count(TRACE) == 3

    def test_logs(self, otlp, prefix):
        response = otlp.post(case("evaluation-log").logs_protobuf(), f"{prefix}/v1/logs")
        assert response.status_code == 200
        assert ExportLogsServiceResponse.FromString(response.content).ByteSize() == 0
        assert otlp.store.span_count(TRACE) == 1

    def test_metrics_are_answered_and_counted(self, otlp, prefix):
        made = ExportMetricsServiceRequest()
        metric = made.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
        metric.sum.data_points.add(as_int=1)
        response = otlp.post(made.SerializeToString(), f"{prefix}/v1/metrics")
        assert response.status_code == 200
        told = ExportMetricsServiceResponse.FromString(response.content).partial_success
        assert told.rejected_data_points == 1
        assert "metrics are not kept" in told.error_message


class TestApplication:
    @pytest.mark.parametrize(
        ("headers", "expected"),
        [
            ({"x_project_name": "from-header"}, "from-header"),
            ({"x_mlflow_experiment_id": "7"}, "shop"),
            ({"x_project_name": "groundwatch"}, "external-groundwatch"),
            ({"x_project_name": ""}, "shop"),
        ],
    )
    def test_the_header_wins(self, otlp, headers, expected):
        assert otlp.post(GOOD, **headers).status_code == 200
        assert {span.application for span in otlp.store.spans(TRACE)} == {expected}

    def test_the_experiment_counts_when_nobody_else_says(self, otlp):
        otlp.post(case("genai").traces_protobuf(), x_mlflow_experiment_id="7")
        assert {span.application for span in otlp.store.spans(TRACE)} == {"experiment-7"}


class TestRefused:
    @pytest.mark.parametrize("path", ["/v1/traces", "/v1/logs", "/v1/metrics", "/otlp/v1/traces"])
    def test_only_who_may_send_may_send(self, otlp, path):
        code, _ = status(otlp.post(GOOD, path, user=""))
        assert code == 16
        response = otlp.post(GOOD, path, user="anna")
        assert response.status_code == 403
        code, message = status(response)
        assert code == 7
        assert "telemetry:write" in message
        assert otlp.store.span_count(TRACE) == 0

    def test_what_does_not_decode(self, otlp):
        response = otlp.post(GOOD[:-3])
        assert response.status_code == 400
        code, message = status(response)
        assert code == 3
        assert "cut off" in message
        assert "retry-after" not in response.headers

    def test_errors_in_json_are_json(self, otlp):
        response = otlp.post(b"{", content_type="application/json")
        assert response.status_code == 400
        assert response.json()["code"] == 3
        assert "not JSON" in response.json()["message"]

    def test_logs_sent_as_traces(self, otlp):
        response = otlp.post(case("evaluation-log").logs_protobuf())
        assert response.status_code == 400
        assert "/v1/logs" in status(response)[1]

    @pytest.mark.parametrize(
        "headers",
        [{"content_type": "text/plain"}, {"content_type": ""}, {"content_encoding": "br"}],
    )
    def test_unknown_encodings(self, otlp, headers):
        assert otlp.post(GOOD, **headers).status_code == 415

    def test_a_body_over_the_limit(self, otlp):
        response = otlp.post(bytes(MOST + 1))
        assert response.status_code == 413
        assert status(response)[0] == 3

    def test_a_hundred_megabytes_without_a_length_are_cut_early(self, otlp):
        address = urlsplit(otlp.url)
        assert address.hostname
        assert address.port
        sent = 0
        with socket.create_connection((address.hostname, address.port), 20) as connection:
            connection.sendall(
                b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer gw_ben\r\n"
                b"Content-Type: application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            piece = b"%x\r\n" % MEGABYTE + bytes(MEGABYTE) + b"\r\n"
            connection.settimeout(20)
            try:
                while sent < 100:
                    connection.sendall(piece)
                    sent += 1
            except (ConnectionError, TimeoutError):
                pass
            else:
                assert b" 413 " in connection.recv(100)
        assert otlp.admission.waiting == 0
        assert otlp.post(GOOD).status_code == 200

    def test_a_bomb(self, otlp):
        bomb = gzip.compress(bytes(100 * MEGABYTE))
        response = otlp.post(bomb, content_encoding="gzip")
        assert response.status_code == 413
        assert "2 MiB without compression" in status(response)[1]

    def test_bad_spans_leave_the_good_ones(self, otlp):
        data = json.loads(case("openinference").traces_json())
        data["resourceSpans"][0]["scopeSpans"][0]["spans"][2]["traceId"] = "0" * 32
        response = otlp.post(json.dumps(data).encode(), content_type="application/json")
        assert response.status_code == 200
        assert response.json()["partialSuccess"]["rejectedSpans"] == "1"
        assert otlp.store.span_count(TRACE) == 2

    def test_spans_that_are_too_old_are_said(self, otlp):
        data = json.loads(case("own-wins").traces_json())
        span = data["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        month = 40 * 86_400 * 10**9
        span["startTimeUnixNano"] = str(at(0) - month)
        span["endTimeUnixNano"] = str(at(1) - month)
        response = otlp.post(json.dumps(data).encode(), content_type="application/json")
        assert response.json()["partialSuccess"]["rejectedSpans"] == "1"
        assert "still kept" in response.json()["partialSuccess"]["errorMessage"]


class TestLater:
    def test_overload_is_429_for_the_whole_request(self, otlp):
        otlp.admission.take(8 * MEGABYTE)
        response = otlp.post(GOOD)
        assert response.status_code == 429
        assert 1 <= int(response.headers["retry-after"]) <= 3
        assert status(response)[0] == 8
        assert otlp.store.span_count(TRACE) == 0
        otlp.admission.give_back(8 * MEGABYTE)
        assert otlp.post(GOOD).status_code == 200

    def test_bodies_on_their_way_count(self, otlp):
        otlp.hold = threading.Event()
        first = threading.Thread(target=otlp.post, args=(GOOD,))
        first.start()
        until(lambda: otlp.admission.waiting == len(GOOD))
        otlp.hold.set()
        first.join(20)
        until(lambda: otlp.admission.waiting == 0)

    def test_a_watch_that_is_away_is_503_with_retry_after(self, otlp):
        otlp.is_away = True
        response = otlp.post(GOOD)
        assert response.status_code == 503
        assert response.headers["retry-after"] == "2"
        assert "secret" not in status(response)[1]

    def test_a_server_without_a_watch_says_so(self):
        with served(create_api(world().services())) as url:
            response = httpx.post(
                f"{url}/v1/traces",
                content=GOOD,
                headers={"authorization": "Bearer gw_ben", "content-type": PROTOBUF},
            )
        assert response.status_code == 503


def test_the_answer_to_spans_is_an_export_response(otlp):
    data = case("openinference").traces_protobuf() + case("reserved-name").traces_protobuf()
    told = ExportTraceServiceResponse.FromString(otlp.post(data).content).partial_success
    assert told.rejected_spans == 0
    assert "external-groundwatch" in told.error_message
