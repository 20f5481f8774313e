"""The parser process: `python -m groundwatch.indexing.parse.child`.

It reads files from its standard input and writes parsed documents to its standard output. Bytes go
in and text comes out; it opens no file and no connection, and ends when its parent does.
"""

import os
import resource
import signal
import sys
import threading
import time
from typing import Any

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse import formats, frames

_SPARE_CPU_SECONDS = 5
_SPARE_MEGABYTES = 256
_ORPHAN_CHECK_SECONDS = 1.0
_IDLE_POLL_SECONDS = 3600.0


def main(megabytes: int, cpu_seconds: int, idle_seconds: float) -> None:
    """Parse one file after the other until the parent hangs up or nothing came for a while.

    Args:
        megabytes: memory the process may hold.
        cpu_seconds: processor time for one file.
        idle_seconds: how long to wait for the next file.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = _own_pipes()
    _limit(megabytes)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        while True:
            message = frames.receive(requests, _idle_deadline(idle_seconds))
            _limit_processor(cpu_seconds)
            frames.send(answers, _answer(message), lambda: _IDLE_POLL_SECONDS)
    except (frames.PipeClosed, _IdleTooLong):
        return


class _IdleTooLong(Exception):
    """No file came for a while."""


def _answer(message: dict[str, Any]) -> dict[str, Any]:
    try:
        return frames.pack_parsed(formats.parse(message["name"], message["data"]))
    except DocumentRejected as error:
        return frames.pack_rejected(error)


def _own_pipes() -> tuple[int, int]:
    """Take the pipes for ourselves, so that nothing a library prints gets between the messages."""
    requests, answers = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return requests, answers


def _limit(megabytes: int) -> None:
    # The parent looks at the memory in use; this stops what grows faster than it looks.
    _lower(resource.RLIMIT_DATA, (megabytes + _SPARE_MEGABYTES) * 1024 * 1024)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)


def _limit_processor(seconds: int) -> None:
    used = int(time.process_time())
    _lower(resource.RLIMIT_CPU, used + seconds + _SPARE_CPU_SECONDS)


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    within = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (within, hard))


def _idle_deadline(seconds: float) -> frames.Wait:
    deadline = time.monotonic() + seconds

    def wait() -> float:
        left = deadline - time.monotonic()
        if left <= 0:
            raise _IdleTooLong
        return left

    return wait


def _end_with(parent: int) -> None:
    """End at once when the parent is gone, even in the middle of a file."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_CHECK_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
