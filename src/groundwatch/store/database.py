"""One database, SQLite or PostgreSQL, opened once for each process."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from groundwatch.domain.clock import Clock
from groundwatch.errors import Unavailable
from groundwatch.store import engines
from groundwatch.store.faults import translate
from groundwatch.store.schema import metadata
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
        except SQLAlchemyError as error:
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


def open_database(settings: StoreSettings, data: Path, clock: Clock) -> Database:  # noqa: ARG001
    """Open the store and bring its schema up to date; an older SQLite file is backed up first.

    The SQLite file and its backups live in the data folder.

    Raises:
        Unavailable: it does not answer, or is locked by another process.
        Unusable: the folder cannot be written, or the file is damaged or of a newer version.
    """
    if settings.url:
        engine, name = engines.postgresql(settings.url)
    else:
        engine, name = engines.sqlite(data, BUSY_SECONDS)
    database = Database(engine, name)
    with database.write() as connection:
        metadata.create_all(connection)
    return database
