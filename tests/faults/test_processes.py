"""Processes that are killed, and processes that are asked to end."""

import signal
import sqlite3
import threading
import time
from contextlib import closing
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from groundwatch.domain.answers import Outcome
from groundwatch.store.engines import FILE_NAME
from tests.app.deployment import PATIENCE, SOURCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

MANY = 150
WAITS_FOR_ENGINE = 4.0
"""Seconds that a call waits at least for an engine which is being restarted."""


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {"indexing": {"lease_seconds": 3}}


class Askers:
    """Threads that ask without a pause, and what each was told after how long."""

    def __init__(self, server: Deployment, count: int = 3) -> None:
        self.told: list[tuple[httpx.Response, float]] = []
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def _ask(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            reply = self._server.question("bob", "How long does parental leave last?")
            self.told.append((reply, time.monotonic() - began))

    def __enter__(self) -> "Askers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_a_killed_engine_costs_waiting_and_no_answer(server: Deployment) -> None:
    server.key("bob")
    killed = server.child("engine")
    forked = killed.cmdline()[0]
    with Askers(server) as askers:
        until(lambda: len(askers.told) > 5, PATIENCE)
        killed.kill()
        count = len(askers.told)
        until(lambda: any(reply.is_success for reply, _ in askers.told[count + 3 :]), PATIENCE)
    assert server.child("engine").pid != killed.pid
    assert forked == "groundwatch", "the first engine is a copy of the server's own process"
    for reply, seconds in askers.told:
        if reply.status_code == 200:
            assert reply.json()["text"].startswith("Parental leave lasts 480 days")
        else:
            problem(reply, 503)
            assert seconds > WAITS_FOR_ENGINE, "no caller is sent away while the engine starts"
    until(server.is_ready, PATIENCE)
    until(lambda: len(server.interactions()) >= len(askers.told), PATIENCE)
    recorded = server.interactions()
    assert len(recorded) == len(askers.told), "one question is one interaction"
    failures = [each for each in recorded if each.outcome is not Outcome.ANSWERED]
    assert len(failures) == sum(not reply.is_success for reply, _ in askers.told)
    assert {each.outcome for each in failures} <= {Outcome.FAILED, Outcome.TIMED_OUT}

    server.save("after.md", "After the engine came back the gull was counted.")
    until(lambda: server.finds("bob", "the gull was counted"), PATIENCE)
    assert server.verified().checked == 4


def test_a_worker_killed_in_the_middle_of_indexing_leaves_nothing_out_or_twice(
    server: Deployment,
) -> None:
    for number in range(MANY):
        server.save(f"many/{number}.md", f"# Crate {number}\n\nCrate {number} holds cinnamon.\n")
    until(lambda: 0 < written(server) < MANY, PATIENCE)
    worker = server.child("worker")
    parsers = worker.children(recursive=True)
    worker.kill()
    _, alive = psutil.wait_procs(parsers, PATIENCE)
    assert not alive, "a parser ends with its worker"
    until(lambda: len(listed(server)) == MANY, PATIENCE)
    until(server.is_settled, PATIENCE)
    assert server.verified().agrees
    assert chunks_twice(server) == []
    one = [each["text"] for each in server.search("bob", "Crate 77 holds cinnamon")]
    assert sum("Crate 77 holds" in text for text in one) == 1


def test_a_killed_server_takes_its_children_along_and_comes_back(server: Deployment) -> None:
    asked = ask(server)
    until(lambda: asked in [each.id for each in server.interactions()], PATIENCE)
    server.end(signal.SIGKILL)
    assert server.folder.address.exists(), "nobody was left to remove it"
    server.save("meanwhile.md", "While the server was down the buoy broke loose.")
    (server.docs / "many/0.md").unlink()
    server.start(anew=True)
    assert server.finds("bob", "the buoy broke loose")
    assert not server.previews("bob", "many/0.md")
    assert len(listed(server)) == MANY - 1
    assert (
        server.question("bob", "How long does parental leave last?").json()["outcome"] == "answered"
    )
    assert server.verified().agrees


def test_a_second_server_on_the_same_data_is_refused(server: Deployment) -> None:
    refused = server.cli("serve", "--port", "0", code=1)
    assert "another server already uses" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert server.finds("bob", "480 days")


def test_a_server_that_is_asked_to_end_writes_down_everything(server: Deployment) -> None:
    ids = [ask(server) for _ in range(5)]
    children = server.children()
    assert server.end(signal.SIGTERM) == 0
    assert not any(child.is_running() for child in children)
    assert not server.folder.address.exists()
    assert set(ids) <= {each.id for each in server.interactions()}

    starting = server.launch(anew=True)
    until(server.children, PATIENCE)
    server.end(signal.SIGTERM)
    assert starting.returncode in (0, -signal.SIGTERM), "also before it serves"
    assert not server.folder.address.exists()
    assert "Traceback" not in server.log("server")


def test_an_interrupt_of_the_whole_group_ends_it_in_order(server: Deployment) -> None:
    """As Ctrl-C does, which every process of the terminal receives."""
    server.start(anew=True)
    asked = ask(server)
    assert server.end(signal.SIGINT, group=True) in (0, 130)
    assert asked in [each.id for each in server.interactions()]
    assert "restarting" not in last_run(server.log("server"))
    for process in ("server", "engine", "worker"):
        assert "Traceback" not in server.log(process)


def ask(server: Deployment) -> str:
    """Ask a question; returns the interaction's id."""
    return str(server.question("bob", "How long does parental leave last?").json()["id"])


def last_run(log: str) -> str:
    return log.rsplit('"url":', 1)[-1]


def listed(server: Deployment) -> list[str]:
    """Documents of the folder `many`, page by page."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        query = {"prefix": "many/", "source": SOURCE, "limit": "200", **after}
        page = server.ask("bob", "GET", "/v1/documents", params=query).json()
        found += [each["path"] for each in page["documents"]]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}


def written(server: Deployment) -> int:
    """How many of the folder `many` are in the store; quick enough to see it grow."""
    with closing(sqlite3.connect(server.data / FILE_NAME)) as connection:
        sql = "SELECT count(*) FROM documents WHERE path LIKE 'many/%'"
        count: int = connection.execute(sql).fetchone()[0]
    return count


def chunks_twice(server: Deployment) -> list[object]:
    """Documents with more chunks than the one that these have."""
    with closing(sqlite3.connect(server.data / FILE_NAME)) as connection:
        return connection.execute(
            "SELECT document_id, count(*) FROM chunks GROUP BY document_id HAVING count(*) > 1"
        ).fetchall()
