"""The processes a server is made of: started, watched, restarted, and ended with their parent."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from groundwatch.app.forking import Forked

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
_STANDARD_INPUT = 0
STABLE_SECONDS = 30.0
"""A child that lived so long was well; its next restart is quick again."""


def restart_pause(failures: int) -> float:
    """Seconds to wait before the restart after so many failures in a row."""
    return 0.0 if failures <= 1 else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (failures - 2))


@dataclass(frozen=True, slots=True)
class ChildState:
    """How a child is: its process id while it runs, and how often it was restarted."""

    name: str
    running: bool
    pid: int | None
    restarts: int


Process = subprocess.Popen[bytes] | Forked


def role_command(role: str, config_path: Path) -> list[str]:
    """The arguments of `groundwatch` that make a process of a role."""
    return ["run", role, "--config", str(config_path)]


def started(arguments: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start `python -m groundwatch` with arguments, its output into a log."""
    command = [sys.executable, "-m", "groundwatch", *arguments]
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603  our own interpreter and arguments
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            process_group=0,  # Ctrl-C is for the parent, which ends its children in order
        )


class Child:
    """One process; it ends by itself when our end of its standard input closes.

    Args:
        start: starts it, and later its successors.
    """

    def __init__(self, name: str, start: Callable[[], Process]) -> None:
        self.name = name
        self._start = start
        self._closing = threading.Event()
        self._restarts = 0
        self._process = start()
        self._thread = threading.Thread(target=self._watch, name=f"watch-{name}", daemon=True)

    def supervise(self) -> None:
        """Start it again whenever it ends, from now on."""
        self._thread.start()

    def state(self) -> ChildState:
        running = self._process.poll() is None
        pid = self._process.pid if running else None
        return ChildState(self.name, running, pid, self._restarts)

    def close(self, seconds: float = 15.0) -> None:
        """End the child: first by closing its input, after `seconds` by force."""
        self._closing.set()
        _end(self._process, seconds)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _watch(self) -> None:
        log = structlog.get_logger("supervisor")
        failures = 0
        while not self._closing.is_set():
            began = time.monotonic()
            code = self._process.wait()
            if self._closing.is_set():
                return
            failures = 1 if time.monotonic() - began > STABLE_SECONDS else failures + 1
            pause = restart_pause(failures)
            log.warning("process ended, restarting", process=self.name, code=code, pause=pause)
            if self._closing.wait(pause):
                return
            self._restarts += 1
            try:
                self._process = self._start()
            except OSError as error:
                log.warning("process does not start", process=self.name, error=error.strerror)
            if self._closing.is_set():
                _end(self._process, 5.0)


def _end(process: Process, seconds: float) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for_parent(stop: threading.Event) -> None:
    """Set `stop` when the parent closes our standard input or dies; returns at once."""

    def read_to_the_end() -> None:
        # Not through sys.stdin: its lock would be held by this thread when the process ends.
        while os.read(_STANDARD_INPUT, 4096):
            pass
        stop.set()

    threading.Thread(target=read_to_the_end, name="parent", daemon=True).start()
