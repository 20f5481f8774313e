"""The disk and the database as they are on a bad day."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from groundwatch.store.engines import FILE_NAME
from tests.app.deployment import PATIENCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

LEXICAL: dict[str, object] = {"embedder": {"kind": "none"}}
ROOM = 48_000_000


@pytest.fixture(scope="module")
def settings() -> dict[str, object]:
    return LEXICAL


def upload(server: Deployment, path: str, content: str) -> httpx.Response:
    return server.ask("eve", "POST", "/v1/documents", json={"path": path, "content": content})


@contextmanager
def locked(server: Deployment) -> Generator[None]:
    """Somebody else writes to the database and does not come to an end."""
    with closing(sqlite3.connect(server.data / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_while_the_database_is_locked_questions_are_answered_and_writes_wait(
    server: Deployment,
) -> None:
    server.key("eve"), server.key("bob")
    with ThreadPoolExecutor(1) as pool:
        with locked(server):
            waiting = pool.submit(upload, server, "lock.md", "The lock was picked by an octopus.")
            asked = server.question("bob", "How long does parental leave last?")
            assert asked.status_code == 200
            assert server.previews("bob", "leave.md")
            assert server.finds("bob", "480 days")
            server.save("while-locked.md", "Somebody saved this while a pelican watched.")
            assert not waiting.done()
        accepted = waiting.result(PATIENCE)
    assert server.finished("eve", accepted)["state"] == "done"
    assert server.finds("eve", "picked by an octopus")
    until(lambda: server.finds("bob", "while a pelican watched"), PATIENCE)
    until(lambda: asked.json()["id"] in [each.id for each in server.interactions()], PATIENCE)


def test_a_lock_that_lasts_is_a_clear_problem_and_heals(server: Deployment) -> None:
    with locked(server):
        began = time.monotonic()
        refused = upload(server, "long-locked.md", "The lock was never picked.")
        assert time.monotonic() - began > 5
        problem(refused, 503)
    accepted = upload(server, "long-locked.md", "The second attempt met a dolphin.")
    assert server.finished("eve", accepted)["state"] == "done"
    assert server.finds("eve", "met a dolphin")
    assert not server.finds("eve", "never picked")
    for process in ("server", "worker", "engine"):
        assert "Traceback" not in server.log(process)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or mount("-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)):
        pytest.skip("a small disk cannot be mounted here; it takes root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def mount(*arguments: str) -> int:
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True)  # noqa: S607
    return done.returncode


def fill(folder: Path) -> Path:
    """Leave no room on a disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return filler


def test_a_full_disk_refuses_writes_loses_nothing_and_heals(
    deploy: Callable[..., Deployment], small_disk: Path
) -> None:
    server = deploy(data=small_disk / "data", settings=LEXICAL)
    server.start()
    server.key("eve"), server.key("bob")
    kept = server.finished("eve", upload(server, "kept.md", "Before it was full we saw a puffin."))
    assert kept["state"] == "done"

    filler = fill(small_disk)
    refused = [upload(server, f"{n}.md", f"{n} crowded albatrosses. " * 20_000) for n in range(3)]
    assert {reply.status_code for reply in refused} == {503}
    for reply in refused:
        problem(reply, 503)
    server.save("while-full.md", "Somebody saved this while a petrel circled.")
    assert server.finds("eve", "we saw a puffin")
    assert server.question("bob", "How long does parental leave last?").status_code == 200
    assert server.http.get("/healthz").status_code == 200

    filler.unlink()
    until(lambda: server.finds("bob", "while a petrel circled"), PATIENCE)
    accepted = upload(server, "roomy.md", "With room again we saw a fulmar.")
    assert server.finished("eve", accepted)["state"] == "done"
    assert server.finds("eve", "we saw a fulmar")
    assert not server.finds("eve", "crowded albatrosses"), "what was refused is not there"
    server.restart()
    assert server.finds("eve", "we saw a puffin")
    assert server.finds("eve", "we saw a fulmar")
    assert server.verified().agrees

    server.end()
    assert mount("-o", "remount,ro", str(small_disk)) == 0
    try:
        for command in (["serve"], ["ask", "--as", "bob", "Who?"]):
            told = server.cli(*command, code=2).stderr.strip().splitlines()
            assert len(told) == 1, told
            assert f"{server.data} may not be written to by this user" in told[0]
    finally:
        mount("-o", "remount,rw", str(small_disk))
