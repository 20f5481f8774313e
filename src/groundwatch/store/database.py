"""One database, SQLite or PostgreSQL, opened once for each process."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from groundwatch.domain.clock import Clock
from groundwatch.errors import Unavailable
from groundwatch.store import engines, migrate
from groundwatch.store.backup import back_up
from groundwatch.store.faults import translate
from groundwatch.store.migrate import PRESENT, Scripts
from groundwatch.store.settings import StoreSettings

BUSY_SECONDS = 10.0
"""How long a writer waits for others before it gives up."""


class Database:
    """Transactions on the store; safe to share between threads, not between processes.

    Errors that the database raises inside `read` and `write` leave them as errors of the tree:
    `Unavailable` when a retry may help, `Unusable` when the file is damaged, `Conflict` when a
    write contradicts what is stored.

    Attributes:
        name: what messages call it: the path, or the URL without its password.
        dialect: `sqlite` or `postgresql`.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self.dialect = engine.dialect.name
        self._engine = engine
        self._turn = Lock() if self.dialect == "sqlite" else None

    @contextmanager
    def read(self) -> Generator[Connection]:
        """One consistent view on SQLite, committed reads on PostgreSQL; writes are undone."""
        with self._translated(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[Connection]:
        """One transaction: durable once the block has ended, undone when it raises."""
        with self._translated(), self._in_turn(), self._engine.connect() as connection:
            connection.execution_options(**engines.WRITING)
            with connection.begin():
                yield connection

    @contextmanager
    def snapshot(self) -> Generator[Connection]:
        """The state of one moment, whatever others write meanwhile; on both databases."""
        with self._translated(), self._engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def ping(self) -> None:
        """Ask the database for an answer; raises Unavailable."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every connection; the last process to close folds the write-ahead log in."""
        self._engine.dispose()

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            known = translate(error, self.name)
            if known is None:
                raise
            raise known from error

    @contextmanager
    def _in_turn(self) -> Generator[None]:
        """Queue the writing threads of this process: SQLite itself would make them poll."""
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise Unavailable(f"the database {self.name} is busy with another write; try again")
        try:
            yield
        finally:
            self._turn.release()


def open_database(
    settings: StoreSettings, data: Path, clock: Clock, scripts: Scripts = PRESENT
) -> Database:
    """Open the store and bring its schema up to date; an older SQLite file is backed up first.

    The SQLite file and its backups live in the data folder; `scripts` are the migrations.

    Raises:
        Unavailable: it does not answer, or is locked by another process.
        Unusable: the folder cannot be written, the file is damaged, its schema is newer than this
            program, or the database itself is too old.
    """
    if settings.url:
        engine, name = engines.postgresql(settings.url)
    else:
        engine, name = engines.sqlite(data, BUSY_SECONDS)
    database = Database(engine, name)
    try:
        _bring_up_to_date(database, data, clock, scripts)
    except BaseException:
        database.close()
        raise
    return database


def _bring_up_to_date(database: Database, data: Path, clock: Clock, scripts: Scripts) -> None:
    with database.read() as connection:
        engines.check_version(connection, database.name)
        if migrate.revision(connection) == scripts.head:
            return

    def back_up_file(revision: str) -> None:
        if database.dialect == "sqlite":
            back_up(data / engines.FILE_NAME, data / "backups", f"schema-{revision}", clock())

    with database.write() as connection:
        migrate.upgrade(connection, database.name, back_up_file, scripts)
