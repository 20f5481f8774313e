"""One process of a kind for a data folder."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundwatch.errors import Conflict


@contextmanager
def only_one(lock: Path, what: str) -> Generator[None]:
    """Hold a lock file while the process runs; the kernel lets go of it when the process dies.

    Raises:
        Conflict: another process holds it.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"another {what} already uses {lock.parent.parent}") from error
        yield
    finally:
        os.close(descriptor)
