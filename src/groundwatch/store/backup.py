"""Backups of the SQLite file."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

KEPT = 5
"""Backups that are kept; older ones are removed."""
_PATTERN = "groundwatch-*.db"


def back_up(file: Path, folder: Path, label: str, now: datetime) -> Path:
    """Copy the database, as it was last committed, into a folder; readers and a writer go on.

    The copy has its name only once it is whole. Returns it; its name holds the time and `label`.

    Raises:
        sqlite3.Error, OSError: it could not be written; nothing is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = folder / f"groundwatch-{stamp}-{label}.db"
    partial = target.with_suffix(".partial")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    for old in sorted(folder.glob(_PATTERN))[:-KEPT]:
        old.unlink()
    return target
