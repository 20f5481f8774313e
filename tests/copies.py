"""Processes that begin as copies of one which has imported what they need.

Most of a start is imports. What a copy does from there on is what a process begun anew does.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

COPIES = multiprocessing.get_context("forkserver")
COPIES.set_forkserver_preload(["tests.imported"])


class Copy:
    """A command of `groundwatch` in a session of its own, its output in a log.

    Used like `subprocess.Popen`.
    """

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self._process = COPIES.Process(target=_run, args=(list(arguments), log))
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return self._process.exitcode

    def send_signal(self, how: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)


def _run(arguments: list[str], log: Path) -> None:
    from groundwatch.cli import main

    os.setsid()
    with Path(os.devnull).open("rb") as nothing, log.open("ab") as out:
        for ours, standard in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(ours.fileno(), standard)
    sys.argv = ["groundwatch", *arguments]
    main()


class Writer:
    """A function that writes, and tells the number of what it wrote, until it is killed.

    Args:
        function: its last argument tells a number.
    """

    def __init__(self, function: Callable[..., object], *arguments: Any) -> None:
        reading, writing = COPIES.Pipe(duplex=False)
        self._process = COPIES.Process(target=_tell, args=(function, arguments, writing))
        self._process.start()
        writing.close()
        self._lines = os.fdopen(os.dup(reading.fileno()))
        reading.close()

    def told(self, count: int) -> list[int]:
        """The next numbers, as soon as they are there."""
        return [int(next(self._lines)) for _ in range(count)]

    def kill(self) -> None:
        self._process.kill()

    def rest(self) -> list[int]:
        """What it told before it was killed."""
        with self._lines:
            found = [int(line) for line in self._lines if line.endswith("\n")]
        self._process.join()
        return found


def _tell(function: Callable[..., object], arguments: Sequence[Any], writing: Any) -> None:
    function(*arguments, lambda number: os.write(writing.fileno(), b"%d\n" % number))
