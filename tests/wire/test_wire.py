"""Calls between real processes."""

import contextlib
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groundwatch import errors
from groundwatch.wire import address
from groundwatch.wire.client import Client
from groundwatch.wire.server import Server

PEER = Path(__file__).parent / "peer.py"


@contextlib.contextmanager
def peer(path):
    """A server process on `path`, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, str(PEER), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def calling(path, patience=60.0):
    client = Client(path, patience)
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def socket_path():
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        yield Path(folder) / "engine.sock"


@pytest.fixture(scope="module")
def shared():
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:
        path = Path(folder) / "engine.sock"
        with peer(path), calling(path) as client:
            yield client


def test_a_call_returns_what_the_handler_returned(shared):
    payload = {"text": "naïve", "bytes": b"\x00\xff", "list": [1, 2.5, None], "map": {"a": {}}}
    assert payload == shared.call("echo", payload)


def test_the_handler_ran_in_the_other_process(shared):
    assert os.getpid() != shared.call("pid", {})["pid"]


@pytest.mark.parametrize("size", [0, 1, 262_140, 262_144, 5_000_000])
def test_payloads_of_any_size_cross(shared, size):
    data = os.urandom(size)
    assert data == shared.call("echo", {"data": data})["data"]


def test_many_threads_get_their_own_answers(shared):
    def ask(number):
        return shared.call("echo", {"number": number, "pad": b"x" * (number * 37 % 9000)})["number"]

    with ThreadPoolExecutor(16) as pool:
        assert list(range(800)) == list(pool.map(ask, range(800)))


def test_a_slow_call_does_not_hold_up_others(shared):
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(shared.call, "hold", {"seconds": 1.0})
        shared.call("echo", {})
        assert not slow.done()
        slow.result()


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("NotFound", ["document 12"]),
        ("Conflict", ["it changed"]),
        ("Overloaded", ["queue of 10", 7.5]),
        ("ConfigInvalid", [["a: wrong", "b: missing"]]),
        ("DocumentRejected", ["parse", "encrypted", "needs a password"]),
        ("ModelUnusable", ["384 dimensions wanted"]),
    ],
)
def test_errors_of_the_tree_arrive_as_their_class(shared, kind, arguments):
    expected = getattr(errors, kind)(*arguments)
    with pytest.raises(errors.GroundwatchError) as caught:
        shared.call("raise", {"class": kind, "arguments": arguments})
    assert type(expected) is type(caught.value)
    assert str(expected) == str(caught.value)
    assert vars(expected) == vars(caught.value)


@pytest.mark.parametrize("name", ["break", "unspeakable"])
def test_any_other_error_arrives_without_its_text(shared, name):
    with pytest.raises(errors.Unavailable, match="failed; see the server's log") as caught:
        shared.call(name, {})
    assert "secret" not in str(caught.value)


def test_an_unknown_call_is_said_to_be_unknown(shared):
    with pytest.raises(errors.Unavailable, match="has no call 'nothing'"):
        shared.call("nothing", {})


def test_no_answer_in_time_is_unavailable_and_spoils_no_later_call(shared):
    with pytest.raises(errors.Unavailable, match=r"no answer to 'hold' within 0\.1 s"):
        shared.call("hold", {"seconds": 0.6}, timeout=0.1)
    assert shared.call("echo", {"next": 1}) == {"next": 1}


def test_a_server_killed_and_restarted_costs_no_call(socket_path):
    with calling(socket_path) as client:
        with peer(socket_path):
            first = client.call("pid", {})["pid"]
        with peer(socket_path):
            assert first != client.call("pid", {})["pid"]


def test_a_call_waits_for_a_server_that_is_being_restarted(socket_path):
    with calling(socket_path) as client, ThreadPoolExecutor(1) as pool:
        with peer(socket_path):
            client.call("pid", {})
        waiting = pool.submit(client.call, "echo", {"a": 1})
        with peer(socket_path):
            assert waiting.result(timeout=60) == {"a": 1}


def test_a_call_during_which_the_server_dies_is_sent_once_more(socket_path, tmp_path):
    payload = {"marker": str(tmp_path / "crashed")}
    with calling(socket_path) as client, ThreadPoolExecutor(1) as pool:
        with peer(socket_path) as first:
            waiting = pool.submit(client.call, "crash-once", payload)
            assert first.wait(timeout=60) == 9
        with peer(socket_path) as second:
            assert second.pid == waiting.result(timeout=60)["pid"]


def test_nobody_there_is_unavailable(socket_path):
    with (
        calling(socket_path, patience=0.1) as client,
        pytest.raises(errors.Unavailable, match="nobody serves"),
    ):
        client.call("echo", {})


def test_the_socket_is_its_owners_alone(socket_path):
    with Server(socket_path, {}):
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o600
        assert [entry.name for entry in socket_path.parent.iterdir()] == ["engine.sock"]
    assert not socket_path.exists()


def test_a_stale_socket_file_is_replaced(socket_path):
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(socket_path))
    with Server(socket_path, {"echo": lambda payload: payload}), calling(socket_path) as client:
        assert client.call("echo", {"a": 1}) == {"a": 1}


def test_a_second_server_on_the_same_path_is_refused(socket_path):
    with Server(socket_path, {}), pytest.raises(errors.Conflict, match="served by another"):
        Server(socket_path, {})


def test_a_late_close_does_not_remove_the_successors_socket(socket_path):
    old = Server(socket_path, {})
    socket_path.unlink()
    with Server(socket_path, {"echo": lambda payload: payload}), calling(socket_path) as client:
        old.close()
        assert client.call("echo", {}) == {}


def test_a_path_too_long_for_a_socket_still_works(tmp_path):
    path = tmp_path / ("d" * 120) / "engine.sock"
    path.parent.mkdir()
    assert len(os.fsencode(path)) > 107
    with (
        Server(path, {"echo": lambda payload: payload}),
        calling(path) as client,
    ):
        place = address.resolve(path)
        assert client.call("echo", {"a": 1}) == {"a": 1}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert not path.exists()
    assert not place.parent.exists()


def test_closing_lets_the_call_under_way_finish(socket_path):
    entered, leave = threading.Event(), threading.Event()

    def slow(payload):
        entered.set()
        leave.wait(10)
        return {"done": True}

    server = Server(socket_path, {"slow": slow})
    with calling(socket_path) as client, ThreadPoolExecutor(2) as pool:
        answer = pool.submit(client.call, "slow", {})
        entered.wait(10)
        closing = pool.submit(server.close)
        leave.set()
        closing.result(10)
        assert answer.result(10) == {"done": True}


@pytest.mark.parametrize("junk", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1", b"GET / HTTP/1.1"])
def test_junk_on_the_socket_disturbs_nobody(socket_path, junk):
    with Server(socket_path, {"echo": lambda payload: payload}), calling(socket_path) as client:
        with socket.socket(socket.AF_UNIX) as stranger:
            stranger.connect(str(socket_path))
            stranger.sendall(junk)
            stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(4096):
                pass
        assert client.call("echo", {}) == {}
