"""The index is derived: whatever happens to its folder, it is built again from the store."""

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from groundwatch.wire.client import Client
from tests.app.deployment import PATIENCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def counts(server: Deployment) -> dict[str, int]:
    """What the engine's embedding cache did since the engine started."""
    client = Client(server.folder.engine_socket)
    found: dict[str, int] = client.call("embedder.cache", {})
    client.close()
    return found


def watched(server: Deployment) -> list[httpx.Response]:
    """Ask without a pause until the answer is there; everything that was told meanwhile."""
    told: list[httpx.Response] = []

    def search() -> bool:
        body = {"query": "parental leave 480 days"}
        told.append(server.ask("bob", "POST", "/v1/search", json=body))
        return told[-1].is_success and "480 days" in told[-1].text

    until(search, PATIENCE)
    return told


def damage(server: Deployment) -> None:
    """Cut every larger file of the index in half."""
    files = [file for file in server.folder.index.rglob("*") if file.is_file()]
    for file in files:
        if file.stat().st_size > 1:
            with file.open("r+b") as opened:
                opened.truncate(file.stat().st_size // 2)


def delete(server: Deployment) -> None:
    shutil.rmtree(server.folder.index)


def replaced(server: Deployment) -> None:
    """Something else lies where the index should be."""
    shutil.rmtree(server.folder.index)
    server.folder.index.mkdir()
    (server.folder.index / "current").write_text("not an index")


@pytest.mark.parametrize("harm", [delete, damage, replaced])
def test_an_index_harmed_while_stopped_is_rebuilt_and_nothing_is_embedded_again(
    server: Deployment, harm: Any
) -> None:
    server.end()
    harm(server)
    server.start(ready=False)
    for reply in watched(server):
        if not reply.is_success:
            problem(reply, 503)
    until(server.is_ready, PATIENCE)
    assert counts(server)["misses"] <= 2, "only the question, and the one that the watch asks"
    assert not server.finds("bob", "doubloons")
    assert server.finds("hana", "7,400 doubloons")


def test_the_index_agrees_with_the_store_after_all_that(server: Deployment) -> None:
    assert server.verified().agrees
    for process in ("server", "engine", "worker"):
        assert "Traceback" not in server.log(process)


@pytest.mark.parametrize("harm", [delete, damage])
def test_an_index_harmed_while_it_is_used_is_rebuilt(server: Deployment, harm: Any) -> None:
    harm(server)
    server.save("new.md", f"After {harm.__name__} somebody saw a cormorant.")
    told: list[httpx.Response] = []

    def found() -> bool:
        query = {"query": f"after {harm.__name__} somebody saw a cormorant"}
        told.append(server.ask("bob", "POST", "/v1/search", json=query))
        return told[-1].is_success and f"After {harm.__name__}" in told[-1].text

    until(found, PATIENCE)
    for reply in told:
        if not reply.is_success:
            problem(reply, 503)
    until(server.is_ready, PATIENCE)
    assert server.finds("bob", "480 days")
    assert server.verified().agrees
    engine = server.child("engine")
    engine.kill()
    engine.wait(PATIENCE)
    watched(server)
    assert server.finds("bob", f"After {harm.__name__} somebody saw")
    assert Path(server.folder.index).exists()
