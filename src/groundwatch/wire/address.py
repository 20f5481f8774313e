"""Where a socket really is.

A unix socket's path holds at most 107 bytes (103 on macOS). For a longer one the socket lies in a
private temporary folder, and the path asked for is a small file that names it.
"""

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

LIMIT = 100
"""Bytes of a path that every system takes for a socket, a temporary suffix included."""


def choose(path: Path) -> Path:
    """Where a server binds: beside `path`, or in a new private folder when that is too long."""
    candidate = path.with_name(f"{path.name}.{secrets.token_hex(3)}")
    if len(os.fsencode(candidate)) <= LIMIT:
        return candidate
    return Path(tempfile.mkdtemp(prefix="groundwatch-")) / "s"


def publish(bound: Path, path: Path) -> Path:
    """Make a listening socket reachable as `path`, atomically.

    Returns:
        The socket's final place: `path`, or `bound` where `path` only names it.
    """
    if bound.parent == path.parent:
        bound.replace(path)
        return path
    pointer = path.with_name(f"{path.name}.{secrets.token_hex(3)}")
    descriptor = os.open(pointer, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.fsencode(bound))
    pointer.replace(path)
    return bound


def resolve(path: Path) -> Path:
    """Where a client connects.

    Raises:
        FileNotFoundError: there is no socket and nothing that names one.
    """
    if stat.S_ISREG(path.stat().st_mode):
        return Path(os.fsdecode(path.read_bytes()))
    return path


def withdraw(path: Path) -> None:
    """Remove a socket that nobody serves, and its private folder."""
    with contextlib.suppress(OSError):
        place = resolve(path)
        if place != path:
            place.unlink(missing_ok=True)
            place.parent.rmdir()
    path.unlink(missing_ok=True)
