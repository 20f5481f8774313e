"""Small chores of a process, done again and again in a thread."""

import secrets
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import structlog
from structlog.contextvars import bound_contextvars

from groundwatch.errors import GroundwatchError


@contextmanager
def every(seconds: float, chore: Callable[[], object], *, at_once: bool = False) -> Generator[None]:
    """Do a chore every so many seconds until the block ends, and once more then."""
    stop = threading.Event()
    log = structlog.get_logger("chores")

    def once() -> None:
        try:
            with bound_contextvars(correlation_id=secrets.token_hex(8)):
                chore()
        except GroundwatchError as error:
            log.warning("chore not done, tried again later", error=str(error))
        except Exception:  # a thread's boundary
            log.exception("chore failed, tried again later")

    def repeat() -> None:
        if at_once:
            once()
        while not stop.wait(seconds):
            once()

    thread = threading.Thread(target=repeat, name="chores", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
        once()
