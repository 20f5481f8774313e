"""A real server in a process of its own: `python peer.py SOCKET`; ends when its input closes."""

import os
import sys
import threading
import time
from pathlib import Path

from groundwatch import errors
from groundwatch.wire.server import Server


def raise_(payload):
    kind = getattr(errors, payload["class"])
    raise kind(*payload["arguments"])


def crash_once(payload):
    marker = Path(payload["marker"])
    if not marker.exists():
        marker.touch()
        os._exit(9)
    return {"pid": os.getpid()}


def hold(payload):
    time.sleep(payload["seconds"])
    return {}


def break_(payload):
    raise RuntimeError("secret detail")


def main():
    handlers = {
        "echo": lambda payload: payload,
        "pid": lambda payload: {"pid": os.getpid(), "thread": threading.get_ident()},
        "raise": raise_,
        "crash-once": crash_once,
        "hold": hold,
        "break": break_,
        "unspeakable": lambda payload: {"value": object()},
    }
    with Server(Path(sys.argv[1]), handlers):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
