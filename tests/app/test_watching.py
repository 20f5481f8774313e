"""The watch process behind a real server: other people's applications, and what kills it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundwatch.domain.clock import system_clock
from groundwatch.store.events import Recorded, open_events
from groundwatch.store.settings import StoreSettings
from tests.app.deployment import PATIENCE, Deployment
from tests.llm_stub import LLMStub
from tests.telemetry.otlp.cases import TRACE, case
from tests.waiting import until

APPLICATIONS = Path(__file__).parent / "applications"
QUESTION = "How long is parental leave?"
PROTOBUF = "application/x-protobuf"
PRICES = {"tiny": {"input": 1_000_000, "output": 2_000_000}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    root = tmp_path_factory.mktemp("watched")
    (root / "models").mkdir()
    settings: dict[str, Any] = {
        "embedder": {"kind": "none"},
        "otlp": {"quiet_seconds": 0.3, "window_seconds": 20, "settle_seconds": 0.1},
        "llm": {"endpoints": ["http://127.0.0.1:9/v1"], "model": "tiny", "prices": PRICES},
    }
    with Deployment(root, root / "models", settings=settings) as deployment:
        yield deployment.start(indexed=False)


def stored(server: Deployment, trace_id: str) -> Recorded | None:
    with server.database() as database:
        events = open_events(StoreSettings(), server.data, database, system_clock)
        try:
            return events.get(trace_id)
        finally:
            events.close()


def recorded(server: Deployment, trace_id: str) -> Recorded:
    """The interaction of a trace, as soon as it is there."""
    found: list[Recorded] = []

    def look() -> bool:
        one = stored(server, trace_id)
        found[:] = [one] if one is not None else []
        return bool(found)

    until(look, PATIENCE)
    return found[0]


def run(server: Deployment, application: str, model_url: str) -> str:
    """Run an application to its end; returns the id of its trace."""
    told = [str(server.http.base_url).rstrip("/"), server.key("eve"), model_url, QUESTION]
    done = subprocess.run(
        [sys.executable, str(APPLICATIONS / application), *told],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={"PATH": os.defpath, "TRACELOOP_TELEMETRY": "false", "HOME": str(server.root)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("script", "name", "conventions"),
    [
        ("openinference_app.py", "handbook", "openinference"),
        ("traceloop_app.py", "support", "openllmetry"),
    ],
)
def test_an_instrumented_application_appears_without_configuration(
    server: Deployment, script: str, name: str, conventions: str
):
    with LLMStub() as model:
        trace_id = run(server, script, model.url)
    one = recorded(server, trace_id).interaction
    assert one.application == name
    assert one.query == QUESTION
    assert one.response == QUESTION  # the stub echoes
    assert one.user == "anna"
    assert one.model == "tiny"
    assert one.input_tokens > 0
    assert one.cost == one.input_tokens + 2 * one.output_tokens
    assert [stage.name for stage in one.stages] == ["search", "generate"]
    (passage,) = one.passages
    assert (passage.document_id, passage.text) == ("leave", "Leave lasts 480 days.")
    assert passage.score == (0.9 if name == "handbook" else -0.2)
    assert conventions in one.attributes["conventions"]
    assert "incomplete" not in one.flags


def test_the_watch_gives_way_to_answers(server: Deployment):
    assert server.child("watch").nice() >= 10
    assert server.child("engine").nice() < 10


def test_what_was_acknowledged_is_there_after_kills(server: Deployment):
    """The watch is killed three times while four senders send; each sends again what failed."""
    acknowledged: list[str] = []
    failures: list[int] = []
    stop = threading.Event()
    key = server.key("eve")
    body = case("openinference").traces_protobuf()

    def send(sender: int) -> None:
        with httpx.Client(base_url=server.http.base_url, timeout=30) as client:
            number = 0
            while not stop.is_set():
                trace = f"{sender:08x}{number:024x}"
                data = body.replace(bytes.fromhex(TRACE), bytes.fromhex(trace))
                headers = {"Authorization": f"Bearer {key}", "Content-Type": PROTOBUF}
                reply = client.post("/v1/traces", content=data, headers=headers)
                if reply.status_code == 200:
                    acknowledged.append(trace)
                    number += 1
                else:
                    assert reply.status_code in (429, 503), reply.content
                    assert reply.headers["retry-after"]
                    failures.append(reply.status_code)

    senders = [threading.Thread(target=send, args=(number,)) for number in range(1, 5)]
    for sender in senders:
        sender.start()
    try:
        for kill in range(1, 4):
            least = kill * 40
            until(lambda: len(acknowledged) > least, PATIENCE)  # noqa: B023  it is done at once
            watch = server.child("watch")
            watch.kill()
            watch.wait(PATIENCE)
        until(lambda: len(acknowledged) > 200, PATIENCE)
    finally:
        stop.set()
        for sender in senders:
            sender.join(PATIENCE)
    with server.database() as database:
        events = open_events(StoreSettings(), server.data, database, system_clock)
        counts = {trace: events.span_count(trace) for trace in acknowledged}
        events.close()
    assert set(counts.values()) == {3}
    last = recorded(server, acknowledged[-1])
    assert last.interaction.query == "How long is parental leave?"


def test_open_traces_are_settled_by_the_next_watch(server: Deployment):
    trace = "f" * 32
    data = case("genai").traces_protobuf().replace(bytes.fromhex(TRACE), bytes.fromhex(trace))
    reply = server.ask(
        "eve", "POST", "/v1/traces", content=data, headers={"Content-Type": PROTOBUF}
    )
    assert reply.status_code == 200
    watch = server.child("watch")
    watch.kill()
    watch.wait(PATIENCE)
    assert recorded(server, trace).interaction.response == "480 days for each child."


def test_what_is_wrong_is_in_the_log_of_the_watch_without_content(server: Deployment):
    reply = server.ask(
        "eve", "POST", "/v1/traces", content=b"secret", headers={"Content-Type": PROTOBUF}
    )
    assert reply.status_code == 400
    until(lambda: "telemetry refused" in server.log("watch"), PATIENCE)
    assert "Traceback" not in server.log("watch")
    assert "secret" not in server.log("watch")
