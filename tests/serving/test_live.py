"""Live numbers over a real websocket: to those who may, as fast as they take them."""

import json
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from tests.serving.company import NOW
from tests.serving.fake_telemetry import LIVE
from tests.serving.servers import served
from tests.serving.worlds import world
from tests.waiting import until
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from groundwatch.errors import Unavailable
from groundwatch.serving.api import create_api
from groundwatch.serving.routes import live as route

pytestmark = pytest.mark.integration


@contextmanager
def watched(**changes):
    here = world()
    here.watch.live = replace(LIVE, **changes)
    app = create_api(here.services())
    with served(app) as url:
        yield here, url, app.state.server.live


def listen(url, user="cleo", query="", **more):
    """Listen; whatever is not asked for is taken too, or closing would wait for it."""
    host = urlsplit(url).netloc
    headers = {"Authorization": f"Bearer gw_{user}"} if user else {}
    return connect(
        f"ws://{host}/v1/live{query}", additional_headers=headers, max_queue=None, **more
    )


def update(listener):
    return json.loads(listener.recv(timeout=60))


def take_all(listener, timeout):
    while True:
        listener.recv(timeout=timeout)


def code_of(listener):
    with pytest.raises(ConnectionClosed) as closed:
        take_all(listener, timeout=60)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_updates_come_at_the_interval_with_all_topics():
    reads = []

    def read():
        reads.append(time.monotonic())
        return LIVE.read()

    with watched(read=read) as (_, url, _), listen(url) as listener:
        first = update(listener)
        assert first == {
            "type": "dashboard_update",
            "data": {
                "timestamp": NOW.isoformat(),
                "performance": {"queries": 7},
                "quality": {"overall": None},
            },
        }
        for _ in range(4):
            update(listener)
        assert reads[4] - reads[0] > 0.1


def test_topics_narrow_from_the_start_and_later():
    with watched() as (_, url, _), listen(url, query="?topics=quality") as listener:
        assert update(listener)["data"].keys() == {"timestamp", "quality"}
        listener.send(json.dumps({"topics": ["performance"]}))
        until(lambda: update(listener)["data"].keys() == {"timestamp", "performance"})
        listener.send(json.dumps({"topics": []}))
        until(lambda: len(update(listener)["data"]) == 3)


@pytest.mark.parametrize(
    "message", ["nonsense", "7", '{"topics": "all"}', '{"topics": ["x"]}', "{}"]
)
def test_a_message_that_means_nothing_ends_it_with_a_code(message):
    with watched() as (_, url, _), listen(url) as listener:
        listener.send(message)
        assert code_of(listener) == route.REFUSED


def test_an_unknown_topic_is_refused_with_a_code():
    with watched() as (_, url, _), listen(url, query="?topics=weather") as listener:
        assert code_of(listener) == route.REFUSED


@pytest.mark.parametrize("user", ["", "nobody", "anna", "ben", "nemo"])
def test_only_those_who_may_watch_listen(user):
    with (
        watched() as (_, url, _),
        pytest.raises(InvalidStatus, match="403"),
        listen(url, user),
    ):
        pass


def test_a_session_listens_from_our_own_page_only():
    with watched() as (_, url, _):
        host = urlsplit(url).netloc
        cookie = {"Cookie": "groundwatch_session=session-cleo"}
        address = f"ws://{host}/v1/live"
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(address, origin=Origin("https://evil.example"), additional_headers=cookie),
        ):
            pass
        with connect(address, origin=Origin(url), additional_headers=cookie) as listener:
            assert update(listener)["type"] == "dashboard_update"


def test_one_too_many_is_refused_with_a_code_until_somebody_leaves():
    with watched(most=2) as (_, url, hub), ExitStack() as stack:
        first = stack.enter_context(listen(url))
        stack.enter_context(listen(url))
        until(lambda: hub.listeners == 2)
        with listen(url) as third:
            assert code_of(third) == route.FULL
        first.close()
        until(lambda: hub.listeners == 1)
        with listen(url) as third:
            assert update(third)["type"] == "dashboard_update"


def test_a_hundred_listen_and_the_numbers_are_read_once_for_all():
    reads = []

    def read():
        reads.append(time.monotonic())
        return LIVE.read()

    with watched(read=read, most=100, seconds=0.2) as (_, url, hub), ExitStack() as stack:
        listeners = [stack.enter_context(listen(url)) for _ in range(100)]
        until(lambda: hub.listeners == 100)
        for listener in listeners:
            assert update(listener)["data"]["performance"] == {"queries": 7}
        assert len(reads) <= (reads[-1] - reads[0]) / 0.2 + 2


def test_nothing_is_read_while_nobody_listens():
    reads = []

    def read():
        reads.append(1)
        return LIVE.read()

    with watched(read=read) as (_, url, hub):
        assert reads == []
        with listen(url) as listener:
            update(listener)
        until(lambda: hub.listeners == 0)
        until(hub._task.done)
        known = len(reads)
        with listen(url) as listener:
            update(listener)
        assert len(reads) > known


def test_who_takes_too_slowly_is_let_go_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(route, "SLOW_SECONDS", 0.5)
    large = {"timestamp": NOW, "performance": {"text": "x" * 2_000_000}, "quality": {}}
    counts = []

    def read():
        counts.append(hub.listeners)
        return large

    with watched(read=read, seconds=0.02) as (_, url, hub):
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname, parts.port)) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.sendall(
                f"GET /v1/live HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Authorization: Bearer gw_cleo\r\n\r\n".encode()
            )
            with listen(url, query="?topics=quality") as quick:
                until(lambda: 2 in counts)
                until(lambda: hub.listeners == 1)
                assert update(quick)["data"]["quality"] == {}


def test_a_key_that_ends_ends_listening(monkeypatch):
    monkeypatch.setattr(route, "LOOK_SECONDS", 0.05)
    with watched() as (here, url, _), listen(url) as listener:
        update(listener)
        here.authentication.end("gw_cleo")
        assert code_of(listener) == route.REFUSED


def test_numbers_that_cannot_be_read_now_come_again():
    is_away = threading.Event()

    def read():
        if is_away.is_set():
            raise Unavailable("the store is away")
        return LIVE.read()

    with watched(read=read) as (_, url, _), listen(url) as listener:
        update(listener)
        is_away.set()
        with pytest.raises(TimeoutError):
            take_all(listener, timeout=0.3)
        is_away.clear()
        assert update(listener)["type"] == "dashboard_update"


def test_a_server_that_closes_says_so():
    with ExitStack() as stack:
        with watched() as (_, url, _):
            listener = stack.enter_context(listen(url))
            update(listener)
        assert code_of(listener) in (1001, 1012)
