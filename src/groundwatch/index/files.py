"""Small files written whole or not at all, and the proof that big ones are still whole."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from groundwatch.errors import Unusable

_TRANSIENT = "tracker_journal.dat"
_WAL = "wal"


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a file atomically and durably."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote.

    Raises:
        Unusable: it is missing or damaged.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unusable(f"{path} is missing or damaged") from error
    if not isinstance(value, dict):
        raise Unusable(f"{path} does not hold an object")
    return value


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sizes(shard: Path) -> dict[str, int]:
    """Sizes of the files of a flushed shard that only ever grow."""
    return {str(path.relative_to(shard)): path.stat().st_size for path in _growing(shard)}


def check_sizes(shard: Path, sealed: Mapping[str, int]) -> None:
    """Refuse a shard of which a file is missing or was cut short.

    A memory-mapped file that was cut would end the process when it is read, not raise.

    Raises:
        Unusable: names the file.
    """
    present = sizes(shard)
    for name, size in sealed.items():
        if present.get(name, -1) < size:
            raise Unusable(
                f"{shard / name} should hold {size} bytes and holds {present.get(name, 'none')}"
            )


def total_bytes(folder: Path) -> int:
    """What the files below a folder take on the disk (sparse files count what is allocated)."""
    taken = 0
    for path in _files(folder):
        with contextlib.suppress(FileNotFoundError):
            taken += path.stat().st_blocks * 512
    return taken


def files_with(folder: Path, marker: bytes) -> list[Path]:
    """Files below a folder whose bytes hold the marker: the proof of an erasure."""
    return sorted(path for path in _files(folder) if _holds(path, marker))


def _holds(path: Path, marker: bytes, block: int = 1 << 20) -> bool:
    with path.open("rb") as file:
        tail = b""
        while data := file.read(block):
            if marker in tail + data:
                return True
            tail = data[-len(marker) :]
    return False


def _growing(shard: Path) -> Iterator[Path]:
    for path in _files(shard):
        inside = path.relative_to(shard).parts
        if inside[0] != _WAL and path.name != _TRANSIENT:
            yield path


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; one that a builder removes meanwhile is no error."""
    for root, _, names in os.walk(folder):
        yield from (Path(root, name) for name in names)
