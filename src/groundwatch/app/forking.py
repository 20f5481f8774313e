"""Processes that begin as copies of this one: what it has imported, they share with it."""

import contextlib
import gc
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

Main = Callable[[], object]
"""What a process does until it ends; it fails by an exception."""

_AFTER_STANDARD = 3
_ARGUMENTS = slice(45, 47)
"""The fields of `/proc/self/stat`, after the name, that say where the command line lies."""


def can_fork() -> bool:
    """Whether a copy of this process would be whole, as other threads are missing in it.

    And whether the system tells when it ends: Linux does from 5.3 on, unless that is forbidden.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


class Forked:
    """A copy of this process that does something else; used like `subprocess.Popen`.

    It keeps no file and no socket of ours: its standard input is a pipe whose other end we hold,
    its output goes to a log.

    Args:
        arguments: the command line it shows.
        log: where its output goes.
        main: what it does.
    """

    def __init__(self, arguments: Sequence[str], log: Path, main: Main) -> None:
        reading, writing = os.pipe()
        gc.collect()
        gc.freeze()  # a page that the collector does not write to stays shared
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(_copy(arguments, reading, log, main))
        os.close(reading)
        self.stdin = os.fdopen(writing, "wb", buffering=0)
        self._life = os.pidfd_open(self.pid)
        self._code: int | None = None
        self._reaping = threading.Lock()

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        with self._reaping:
            if self._code is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self._code = os.waitstatus_to_exitcode(status) if pid else None
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns the exit code.

        Raises:
            subprocess.TimeoutExpired: it runs on.
        """
        waiting = select.poll()
        waiting.register(self._life, select.POLLIN)
        waiting.poll(None if timeout is None else timeout * 1000)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
        return code

    def kill(self) -> None:
        """End it by force."""
        with self._reaping:
            if self._code is None:
                os.kill(self.pid, signal.SIGKILL)


def _copy(arguments: Sequence[str], reading: int, log: Path, main: Main) -> int:
    """What happens in the copy; returns its exit code."""
    try:
        os.setpgid(0, 0)  # Ctrl-C is for the parent, which ends its children in order
        _redirect(reading, log)
        with contextlib.suppress(OSError, ValueError):
            _show(arguments)
        main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001  the end of a process: its log tells why
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _redirect(reading: int, log: Path) -> None:
    """Read from a pipe, write to a log, and let go of everything else."""
    writing = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for ours, standard in ((reading, 0), (writing, 1), (writing, 2)):
        os.dup2(ours, standard)
    os.closerange(_AFTER_STANDARD, os.sysconf("SC_OPEN_MAX"))


def _show(arguments: Sequence[str]) -> None:
    """Let `ps` show another command line, as far as there is room in the place of ours."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    first, end = (int(field) for field in fields[_ARGUMENTS])
    shown = "\0".join(arguments).encode()[: end - first - 1]
    with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
        memory.seek(first)
        memory.write(shown.ljust(end - first, b"\0"))
