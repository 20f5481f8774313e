"""Workers that hang at slow files hold up neither deletions nor permissions."""

import signal
import time
from typing import Any

import pytest

from tests.app.deployment import PATIENCE, SOURCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SLOW = 12
PARSE_SECONDS = 90


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return {
        "embedder": {"kind": "none"},
        "indexing": {"workers": 1, "queue_limit": 8, "parse_seconds": PARSE_SECONDS},
    }


def page(number: int) -> str:
    return f"<html><body><p>Slow page {number} shows a tortoise.</p></body></html>"


def test_deletions_and_denials_overtake_everything_that_waits(server: Deployment) -> None:
    server.save("warm.html", page(-1))
    until(lambda: server.finds("bob", "Slow page -1 shows"), PATIENCE)
    (parser,) = server.child("worker").children()
    parser.send_signal(signal.SIGSTOP)
    try:
        for number in range(SLOW):
            server.save(f"slow/{number}.html", page(number))
        until(lambda: pending(server) >= SLOW, PATIENCE)
        server.ask("ada", "POST", f"/v1/sources/{SOURCE}/sync")
        began = time.monotonic()

        (server.docs / "leave.md").unlink()
        until(lambda: not server.previews("bob", "leave.md"), PATIENCE)
        assert not server.finds("bob", "480 days")
        before = server.settings["sources"]
        server.configure(sources=server.rules({"path": "travel.md", "allow": ["group:hr"]}))
        until(lambda: not server.previews("bob", "travel.md"), PATIENCE)
        assert not server.finds("bob", "52 euros")
        assert server.finds("hana", "52 euros")
        body = {"path": "more.md", "content": "There is no room for this one."}
        full = server.ask("eve", "POST", "/v1/documents", json=body)
        problem(full, 429)
        assert int(full.headers["Retry-After"]) >= 1
        assert time.monotonic() - began < PARSE_SECONDS, "nothing waited for the slow files"
        server.configure(sources=before)
    finally:
        if parser.is_running():
            parser.send_signal(signal.SIGCONT)
    until(lambda: server.finds("bob", f"Slow page {SLOW - 1} shows"), 2 * PATIENCE)
    until(server.is_settled, PATIENCE)
    listed = server.ask("bob", "GET", "/v1/documents?prefix=slow/").json()["documents"]
    assert len(listed) == SLOW
    assert server.verified().agrees


def pending(server: Deployment) -> int:
    return int(server.ask("ada", "GET", f"/v1/sources/{SOURCE}").json()["pending"])
