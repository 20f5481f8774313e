"""Opening, transactions, and what goes wrong with databases."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.store.samples import meta, put

from groundwatch.domain.clock import system_clock
from groundwatch.errors import Unavailable, Unusable
from groundwatch.store import database as database_module
from groundwatch.store import values
from groundwatch.store.database import open_database
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.settings import StoreSettings


def open_sqlite(folder):
    return open_database(StoreSettings(), folder, system_clock)


def value(database, name="name"):
    with database.read() as c:
        return values.get(c, name)


def test_a_transaction_is_kept_whole(database):
    with database.write() as c:
        values.put(c, "name", "kept")
    assert value(database) == "kept"


def test_a_transaction_that_raises_is_undone_whole(database):
    def half_done():
        with database.write() as c:
            put(c, meta(), "text")
            values.put(c, "name", "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert value(database) is None
    with database.read() as c:
        assert c.execute(text("SELECT count(*) FROM chunks")).scalar() == 0


def test_what_is_written_while_reading_is_undone(database):
    with database.read() as c:
        values.put(c, "name", "lost")
    assert value(database) is None


def test_a_snapshot_does_not_move(database):
    with database.snapshot() as c:
        assert values.get(c, "name") is None
        with database.write() as other:
            values.put(other, "name", "new")
        assert values.get(c, "name") is None
    assert value(database) == "new"


def test_a_mistake_of_the_program_stays_one(database):
    with pytest.raises(DBAPIError, match="no_such_table"):
        run(database, "SELECT * FROM no_such_table")


def run(database, statement):
    with database.write() as c:
        c.execute(text(statement))


def test_many_threads_write_without_losing_anything(database):
    def count():
        for _ in range(20):
            with database.write() as c:
                if c.dialect.name == "postgresql":
                    c.execute(text("LOCK TABLE stored_values"))
                values.put(c, "name", str(int(values.get(c, "name") or 0) + 1))

    threads = [threading.Thread(target=count) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(database) == "100"


def test_ping_answers(database):
    database.ping()


def test_a_database_is_opened_by_many_processes_at_once(tmp_path):
    script = (
        "import sys; from pathlib import Path\n"
        "from groundwatch.store.database import open_database\n"
        "from groundwatch.store.settings import StoreSettings\n"
        "from groundwatch.store import values\n"
        "from groundwatch.domain.clock import system_clock\n"
        "database = open_database(StoreSettings(), Path(sys.argv[1]), system_clock)\n"
        "with database.write() as c: values.put(c, sys.argv[2], 'here')\n"
        "database.close()\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, tmp_path, str(number)],
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    assert [process.communicate(timeout=60)[1] for process in started] == [b""] * 4
    database = open_sqlite(tmp_path)
    assert [value(database, str(number)) for number in range(4)] == ["here"] * 4
    database.close()


class TestSqlite:
    @pytest.fixture
    def folder(self, tmp_path, sqlite_template):
        shutil.copy(sqlite_template, tmp_path / FILE_NAME)
        return tmp_path

    def test_acknowledged_means_on_the_disk(self, folder):
        database = open_sqlite(folder)
        with database.write() as c:
            pragmas = ("journal_mode", "synchronous", "foreign_keys")
            found = [c.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]
        assert found == ["wal", 2, 1]
        database.close()

    def test_a_locked_file_is_said_and_heals(self, folder, monkeypatch):
        monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
        database = open_sqlite(folder)
        other = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match=r"groundwatch\.db is locked by another process"):
            run(database, "SELECT 1")
        assert value(database) is None
        other.execute("ROLLBACK")
        run(database, "SELECT 1")
        other.close()
        database.close()

    def test_a_writer_of_this_process_that_hangs_is_said(self, folder, monkeypatch):
        monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
        database = open_sqlite(folder)
        with database.write(), pytest.raises(Unavailable, match="busy with another write"):
            run(database, "SELECT 1")
        database.close()

    @pytest.mark.parametrize("content", [b"hello, this is no database" * 100, b"\0" * 5000])
    def test_a_file_that_is_no_database_is_said(self, tmp_path, content):
        (tmp_path / FILE_NAME).write_bytes(content)
        with pytest.raises(Unusable, match="is not a database; move the file away"):
            open_sqlite(tmp_path)

    def test_a_damaged_file_is_said(self, folder):
        database = open_sqlite(folder)
        with database.write() as c:
            put(c, meta(), "x" * 500_000, 1000)
        database.close()
        size = (folder / FILE_NAME).stat().st_size
        with (folder / FILE_NAME).open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (size - 4096))
        with pytest.raises(Unusable, match="is damaged; restore"):
            open_and_read(folder)

    def test_a_folder_that_cannot_be_made_is_said(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(Unusable, match="cannot be made: Not a directory"):
            open_sqlite(tmp_path / "file" / "data")

    @pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root")
    def test_a_read_only_folder_is_said(self, folder, mounted):
        mounted(folder, "bind", "ro")
        with pytest.raises(Unusable, match="cannot be written"):
            open_sqlite(folder)

    @pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root")
    def test_a_full_disk_is_said_and_loses_nothing(self, tmp_path, sqlite_template, mounted):
        mounted(tmp_path, "tmpfs", "size=3m")
        shutil.copy(sqlite_template, tmp_path / FILE_NAME)
        database = open_sqlite(tmp_path)
        acknowledged: list[int] = []
        with pytest.raises(Unavailable, match="the disk is full"):
            fill_disk(database, acknowledged)
        assert acknowledged
        with database.read() as c:
            kept = c.execute(text("SELECT id FROM chunks")).scalars().all()
        assert set(acknowledged) <= set(kept)
        database.close()


def fill_disk(database, acknowledged):
    for number in range(1000):
        with database.write() as c:
            ids = put(c, meta(f"{number}"), "x" * 50_000, 1000)
        acknowledged += ids


def open_and_read(folder):
    database = open_sqlite(folder)
    try:
        with database.read() as c:
            c.execute(text("SELECT count(text) FROM chunks")).scalar()
            c.execute(text("PRAGMA quick_check")).all()
            put(c, meta("other"), "text")
    finally:
        database.close()


@pytest.fixture
def mounted():
    """Mounts something over a folder until the test ends."""
    folders: list[Path] = []

    def command(*words):
        subprocess.run(words, check=True)

    def mount(folder, kind, options):
        if kind == "bind":
            command("mount", "--bind", folder, folder)
            folders.append(folder)
            command("mount", "-o", f"remount,{options},bind", folder)
        else:
            command("mount", "-t", kind, "-o", options, kind, folder)
            folders.append(folder)

    yield mount
    for folder in reversed(folders):
        command("umount", folder)
