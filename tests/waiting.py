"""Waiting for a condition instead of sleeping."""

import time
from collections.abc import Callable

PAUSE = 0.005
SHARE = 0.2
"""Of the time at most this much is spent on looking: it is taken from what is waited for."""


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Return as soon as the condition holds; fail when it never does."""
    deadline = time.monotonic() + seconds
    began = time.monotonic()
    while not condition():
        looked = time.monotonic()
        assert looked < deadline, f"{condition} did not hold within {seconds} s"
        time.sleep(max(PAUSE, (looked - began) * (1 / SHARE - 1)))
        began = time.monotonic()
