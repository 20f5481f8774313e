"""Telling the worker that there is something to do."""

from collections.abc import Callable

from groundwatch.errors import Transient
from groundwatch.wire.client import Client

WAKE_SECONDS = 0.2
"""A hint: whoever handed something in does not wait for a worker that hangs or restarts."""


def waking(worker: Client) -> Callable[[], None]:
    """Wakes the worker; one that cannot be woken is no error, it looks for work by itself."""

    def wake() -> None:
        try:
            worker.call("wake", {}, timeout=WAKE_SECONDS)
        except Transient:
            return

    return wake
