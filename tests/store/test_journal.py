"""Opening a new file while another opens it."""

import sqlite3
from pathlib import Path

import pytest

from groundwatch.store.journal import write_ahead


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_who_opens_a_new_file_waits_for_another_who_does(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "new"), opened(tmp_path / "new")
    first.execute("BEGIN IMMEDIATE")
    tried: list[str] = []

    def told(statement: str) -> None:
        tried.append(statement)
        if len(tried) == 3:
            first.execute("COMMIT")

    second.set_trace_callback(told)
    write_ahead(second, 60)
    assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    first.close()
    second.close()


def test_a_file_that_stays_locked_is_told(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "new"), opened(tmp_path / "new")
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write_ahead(second, 0)
    first.close()
    second.close()
