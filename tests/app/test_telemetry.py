"""Telemetry through a real server: its client, what machines read, and kill -9 in the middle."""

import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.sync.client import connect

from groundwatch.client import Client, Event, Interaction, Options
from groundwatch.domain.clock import system_clock
from groundwatch.domain.documents import document_id
from groundwatch.store.events import open_events
from groundwatch.store.settings import StoreSettings
from tests.app.deployment import PATIENCE, SOURCE, Deployment
from tests.ports import free_port
from tests.telemetry.export.collector import collecting
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]
FAST = Options(interval=0.02, timeout=5)


def settings() -> dict[str, Any]:
    return {
        "embedder": {"kind": "none"},
        "server": {"port": free_port(), "limits": {"requests_per_minute": 1_000_000}},
        "business": {"monthly_budget": 0.1},
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    root = tmp_path_factory.mktemp("telemetry")
    (root / "models").mkdir()
    with Deployment(root, root / "models", settings=settings()) as deployment:
        yield deployment.start()


def url(server: Deployment) -> str:
    return str(server.http.base_url).rstrip("/")


def scraped(server: Deployment) -> dict[tuple[str, ...], float]:
    reply = server.ask("ada", "GET", "/metrics")
    assert reply.status_code == 200
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_what_the_client_tells_is_shown_counted_and_live(server: Deployment) -> None:
    client = Client(url(server), server.key("eve"), "shop", options=FAST)
    with client.observing("How long is leave?") as seen:
        seen.passages = ["Leave lasts 480 days."]
        seen.response = "480 days."
        seen.cost = 0.25
    with pytest.raises(ValueError, match="broken"), client.observing("And now?"):
        raise ValueError("broken")
    client.event(Event("deploy", "release 12", metrics={"queue_wait": 0.5}))
    assert client.close(PATIENCE).sent == 3

    shown = server.ask("eve", "GET", f"/v1/interactions/{seen.id}?wait=20").json()
    assert (shown["application"], shown["response"]) == ("shop", "480 days.")
    assert shown["attributes"]["recorded_by"] == "eve"
    assert server.ask("bob", "GET", f"/v1/interactions/{seen.id}").status_code == 404
    (event,) = server.ask("ada", "GET", "/v1/events?application=shop").json()["events"]
    assert event["metrics"] == {"queue_wait": 0.5}
    assert "custom.queue_wait" in server.cli("metrics", "--json").stdout

    numbers = scraped(server)
    assert numbers["groundwatch_requests_total", "shop", "answered"] == 1
    assert numbers["groundwatch_requests_total", "shop", "failed"] == 1
    assert numbers["rag_requests_total", "/v1/interactions", "POST", "200"] >= 1
    until(lambda: scraped(server)["groundwatch_ingest_spans_total", "accepted"] == 3, PATIENCE)

    host = urlsplit(url(server)).netloc
    headers = {"Authorization": f"Bearer {server.key('ada')}"}
    with connect(f"ws://{host}/v1/live", additional_headers=headers) as listener:
        update = json.loads(listener.recv(timeout=PATIENCE))
        assert update["type"] == "dashboard_update"
        assert update["data"]["performance"]["queries"] >= 2
        (limit,) = update["data"]["capacity"]["near"]
        assert (limit["resource"], limit["reach"], limit["limit"]) == ("budget", "reached", 0.1)


def test_every_part_is_well_and_one_that_dies_is_named(server: Deployment) -> None:
    health = server.ask("ada", "GET", "/v1/health").json()
    parts = {part["name"]: part for part in health["parts"]}
    assert parts.keys() == {
        "store", "events", "index", "embedder", "sources", "queues", "watch", "disk", "memory",
    }  # fmt: skip
    assert not parts["store"]["critical"]
    assert "a search takes" in parts["index"]["detail"]
    assert server.ask("bob", "GET", "/v1/health").status_code == 403
    worker = server.child("worker")
    worker.suspend()
    try:

        def sources() -> dict[str, Any]:
            told = server.ask("ada", "GET", "/v1/health").json()
            return next(part for part in told["parts"] if part["name"] == "sources")

        until(lambda: sources()["critical"], PATIENCE)
    finally:
        worker.resume()
    until(lambda: not sources()["critical"], PATIENCE)


EXACTLY = {
    "rag_requests": ("counter", {"method", "endpoint", "status"}),
    "rag_request_duration_seconds": ("histogram", {"method", "endpoint"}),
    "rag_active_connections": ("gauge", {"service"}),
    "rag_queue_size": ("gauge", {"queue_type"}),
    "rag_response_quality": ("histogram", {"query_type"}),
    "rag_retrieval_accuracy": ("histogram", {"retrieval_method"}),
    "rag_errors": ("counter", {"error_type", "service"}),
}
"""Families that others rely on; the parser leaves `_total` out of their names."""


def test_prometheus_reads_exactly_what_is_promised_with_labels_that_are_few(
    server: Deployment,
) -> None:
    strange = "someone-nobody-knows"
    answer = server.question("ada", "How many days does parental leave last?", session=strange)
    assert answer.status_code == 200
    for path in (f"/v1/{strange}", f"/{strange}?q={strange}", f"/v1/documents/{strange}"):
        server.ask("ada", "GET", path)
    until(lambda: ("rag_response_quality_count", "answers") in scraped(server), PATIENCE)
    text = server.ask("ada", "GET", "/metrics").text
    found = {
        family.name: family
        for family in text_string_to_metric_families(text)
        if family.name.startswith("rag_")
    }
    assert found.keys() == EXACTLY.keys()
    for name, (kind, labels) in EXACTLY.items():
        family = found[name]
        assert family.type == kind
        assert {frozenset(each.labels.keys() - {"le"}) for each in family.samples} <= {
            frozenset(labels)
        }, name
    for name in ("rag_response_quality", "rag_retrieval_accuracy"):
        bounds = [float(x.labels["le"]) for x in found[name].samples if x.name.endswith("_bucket")]
        assert bounds[:20] == pytest.approx([0.05 * step for step in range(1, 21)])
    assert {x.labels["service"] for x in found["rag_active_connections"].samples} <= {
        "api", "mcp", "telemetry", "pages", "probes",
    }  # fmt: skip
    assert answer.json()["id"] not in text
    assert not [word for word in (strange, "ada", "leave.md") if f'"{word}"' in text]
    assert strange not in text


def test_the_machine_is_looked_at(server: Deployment) -> None:
    name = "groundwatch_system_used_ratio"
    until(lambda: (name, "memory") in scraped(server), PATIENCE)
    until(lambda: scraped(server).get(("groundwatch_probe_success_sum",), 0) >= 1, PATIENCE)
    until(lambda: scraped(server).get(("groundwatch_store_commit_seconds_count",), 0), PATIENCE)
    until(lambda: ("groundwatch_scoring_lag_seconds",) in scraped(server), PATIENCE)
    assert scraped(server)["groundwatch_scoring_lag_seconds",] >= 0
    assert scraped(server)["groundwatch_connector_last_success_timestamp_seconds", SOURCE] > 1e9
    assert scraped(server)["groundwatch_ingest_open_traces",] == 0
    assert 0 < scraped(server)[name, "memory"] <= 1


def test_an_answer_is_withheld_when_its_document_may_not_be_read_any_more(
    server: Deployment,
) -> None:
    asked = server.question("hana", "What is the salary of the managing director?").json()
    assert asked["outcome"] == "answered"
    path = f"/v1/interactions/{asked['id']}?wait=1"
    before = server.ask("hana", "GET", path)
    assert "7,400" in before.text
    assert all(each["readable"] for each in before.json()["passages"])
    acl = f"/v1/documents/{document_id(SOURCE, 'hr/salaries.md')}/acl"
    server.ask("ada", "PUT", acl, json={"allow": ["user:ada"]}).raise_for_status()
    after = server.ask("hana", "GET", path)
    assert after.json()["response_withheld"]
    assert "7,400" not in after.text
    assert "alaries" not in after.text.replace(asked["id"], "")


def test_nothing_acknowledged_is_lost_at_kill_9_and_the_client_goes_on(
    server: Deployment,
) -> None:
    patient = Options(interval=0.02, timeout=5, queue_bytes=400_000_000)
    client = Client(url(server), server.key("eve"), "killed", options=patient)
    done = threading.Event()
    told: list[str] = []

    def load() -> None:
        while not done.is_set():
            told.append(client.observe(Interaction("q", "a" * 500)))
            done.wait(0.005)

    thread = threading.Thread(target=load)
    thread.start()
    until(lambda: client.counts().sent > 200, PATIENCE)
    server.end(signal.SIGKILL, group=True)
    server.start()
    before = client.counts().sent
    until(lambda: client.counts().sent > before + 200, PATIENCE)
    done.set()
    thread.join()
    flushed = client.close(PATIENCE)
    assert flushed.complete, flushed
    assert flushed.sent == len(told)
    with server.database() as database:
        events = open_events(StoreSettings(), server.data, database, system_clock)
        missing = [each for each in told if events.get(each) is None]
        days = events.days()
        wrong = sum(events.recount(day) for day in days)
        events.close()
    assert missing == []
    assert wrong == 0


def test_our_answers_leave_with_their_scores_and_numbers_and_without_their_texts(
    tmp_path: Path,
) -> None:
    (tmp_path / "models").mkdir()
    with collecting() as collector:
        export = {"otlp_export": {"url": collector.url, "interval": 0.2}}
        parts = settings() | export
        with Deployment(tmp_path / "own", tmp_path / "models", settings=parts) as deployment:
            deployment.start()
            asked = deployment.question("bob", "How long does parental leave last?").json()
            until(lambda: len({path for path, _, _ in collector.posts}) == 3, PATIENCE)
            until(lambda: "retrieval" in {each.kind.value for each in collector.spans()}, PATIENCE)
            until(lambda: b"gen_ai.evaluation.result" in collector.sent(), PATIENCE)
            until(lambda: b"gen_ai.workflow.duration" in collector.sent(), PATIENCE)
    assert {span.trace_id for span in collector.spans()} == {asked["id"]}
    assert b"480 days" not in collector.sent()
    assert b"bob" not in collector.sent()
