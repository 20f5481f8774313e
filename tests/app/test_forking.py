"""Processes forked from a server's first one; each test runs in a process without other threads."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from groundwatch.app.forking import can_fork

START = """
import json, os, sys, threading
from pathlib import Path
from subprocess import TimeoutExpired
from groundwatch.app.forking import Forked, can_fork

log = Path(sys.argv[1])
told = {}
"""


def told_by(tmp_path: Path, code: str) -> dict[str, Any]:
    """Run code that fills `told` with what it found."""
    script = f"{START}\n{code}\nprint(json.dumps(told))"
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "child.log")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stderr == ""
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_forked_process_holds_nothing_of_its_parent_but_its_pipe_and_log(tmp_path: Path) -> None:
    code = """
held = os.open(log.with_name("held"), os.O_CREAT | os.O_RDWR)
def main():
    print(json.dumps(sorted(os.listdir("/proc/self/fd"))))
    print(Path("/proc/self/cmdline").read_text().rstrip("\\0").replace("\\0", " "))
    print(os.getpgid(0) == os.getpid())
    print(os.read(0, 1))
forked = Forked(["groundwatch", "run", "engine"], log, main)
told["before"] = forked.poll()
forked.stdin.close()
told["code"] = forked.wait(30)
"""
    told = told_by(tmp_path, code)
    lines = (tmp_path / "child.log").read_text().splitlines()
    assert told == {"before": None, "code": 0}
    assert json.loads(lines[0]) == ["0", "1", "2", "3"], "the last is the folder being listed"
    assert lines[1:] == ["groundwatch run engine", "True", "b''"]


def test_a_long_command_line_is_cut_to_the_room_there_is(tmp_path: Path) -> None:
    code = """
forked = Forked(["x" * 100_000], log, lambda: print(Path("/proc/self/cmdline").read_text()))
told["code"] = forked.wait()
"""
    assert told_by(tmp_path, code) == {"code": 0}
    assert set((tmp_path / "child.log").read_text().strip()) == {"x", "\0"}


def test_how_it_ended_is_told_and_why_is_in_its_log(tmp_path: Path) -> None:
    code = """
def fail():
    raise RuntimeError("no index")
def leave():
    raise SystemExit(2)
told["failed"] = Forked(["a"], log, fail).wait()
told["left"] = Forked(["b"], log, leave).wait()
"""
    assert told_by(tmp_path, code) == {"failed": 1, "left": 2}
    log = (tmp_path / "child.log").read_text()
    assert log.count("Traceback") == 1
    assert "RuntimeError: no index" in log


def test_it_is_waited_for_and_killed(tmp_path: Path) -> None:
    code = """
forked = Forked(["a"], log, lambda: os.read(0, 1))
try:
    forked.wait(0.05)
except TimeoutExpired:
    told["waited"] = True
forked.kill()
told["code"] = forked.wait()
forked.kill()
told["again"] = [forked.poll(), forked.wait(0)]
"""
    assert told_by(tmp_path, code) == {"waited": True, "code": -9, "again": [-9, -9]}


def test_a_process_with_threads_is_not_forked(tmp_path: Path) -> None:
    code = """
told["alone"] = can_fork()
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
told["with_another"] = can_fork()
stop.set()
thread.join()
"""
    assert told_by(tmp_path, code) == {"alone": sys.platform == "linux", "with_another": False}
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    assert not can_fork()
    stop.set()
    thread.join()
