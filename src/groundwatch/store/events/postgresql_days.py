"""Days as partitions of PostgreSQL tables.

The parents are in the schema `watch`, each day's partitions in one of its own (`watch_20261120`):
with that on the search path the statements are those of a file, and dropping a day drops a schema.
"""

# ruff: noqa: S608  what is put into statements are names of our own

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from threading import Lock

from sqlalchemy import Connection, text

from groundwatch.store.database import Database
from groundwatch.store.events import cell_rows
from groundwatch.store.events.session import Row, Session
from groundwatch.store.events.squeezing import Squeezer
from groundwatch.store.events.tables import (
    ADDED_LATER,
    LAST_ADDED,
    TABLES,
    postgresql_parents,
    postgresql_partitions,
)

PARENTS = "watch"
_PREFIX = f"{PARENTS}_"
_LOCK_KEY = 0x67775F6576656E74


class PartitionSession:
    """A transaction on the partitions of a day."""

    def __init__(self, connection: Connection, squeezer: Squeezer) -> None:
        self._connection = connection
        self._squeezer = squeezer

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        found = self._connection.exec_driver_sql(_spelled(sql), tuple(values))
        return [tuple(row) for row in found]

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        return self._connection.exec_driver_sql(_spelled(sql), tuple(values)).rowcount

    def many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            self._connection.exec_driver_sql(_spelled(sql), [tuple(row) for row in rows])

    def squeezed(self, plain: bytes) -> bytes:
        return self._squeezer.squeezed(plain)

    def expanded(self, data: bytes) -> bytes:
        return self._squeezer.expanded(self, data)

    def add_cells(self, rows: Sequence[Row]) -> None:
        cell_rows.add_by_reading(self, rows)


class PartitionDays:
    """The days in a PostgreSQL database; several processes may use them at once."""

    def __init__(self, database: Database, squeezer: Squeezer) -> None:
        self._squeezer = squeezer
        self._database = database
        self._made: set[date] = set()
        self._lock = Lock()

    def present(self) -> list[date]:
        with self._database.read() as c:
            return sorted(_present(c), reverse=True)

    @contextmanager
    def read(self, day: date) -> Generator[Session | None]:
        self._prepare(day, make=False)
        with self._database.snapshot() as c:
            if _is_there(c, day):
                _choose(c, day)
                yield PartitionSession(c, self._squeezer)
            else:
                yield None

    @contextmanager
    def write(self, day: date) -> Generator[Session]:
        """One transaction; writers of the same day wait for each other."""
        self._prepare(day, make=True)
        with self._database.write() as c:
            _choose(c, day)
            c.execute(text("SELECT one FROM state FOR UPDATE"))
            yield PartitionSession(c, self._squeezer)

    def go_on(self, session: Session) -> None:
        for table in TABLES:
            for column in (name for name, kind in table.columns if kind == "serial"):
                counter = f"pg_get_serial_sequence('{table.name}', '{column}')"
                highest = f"SELECT max({column}) FROM {table.name}"
                session.rows(f"SELECT setval({counter}, ({highest})) WHERE ({highest}) > 0")

    def rest(self, day: date) -> None:
        """The server does what there is to do."""

    def drop(self, day: date) -> None:
        """Remove a day's partitions."""
        with self._lock:
            self._made.discard(day)
        with self._database.write() as c:
            c.execute(text(f'DROP SCHEMA IF EXISTS "{_schema(day)}" CASCADE'))

    def close(self) -> None:
        """Nothing of its own is open."""

    def _prepare(self, day: date, *, make: bool) -> None:
        """See that a day has all its parts; several processes may try at once."""
        with self._lock:
            if day in self._made:
                return
        with self._database.write() as c:
            if not _is_whole(c, day):
                c.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
                if _is_there(c, day):
                    _choose(c, day)
                    for statement in ADDED_LATER:
                        c.exec_driver_sql(statement)
                elif make:
                    _create(c, day)
                else:
                    return
        with self._lock:
            self._made.add(day)


def _create(c: Connection, day: date) -> None:
    c.execute(text(f"CREATE SCHEMA IF NOT EXISTS {PARENTS}"))
    c.execute(text(f"SET LOCAL search_path TO {PARENTS}"))
    for statement in postgresql_parents():
        c.exec_driver_sql(statement)
    c.execute(text(f'CREATE SCHEMA "{_schema(day)}"'))
    _choose(c, day)
    for statement in postgresql_partitions(PARENTS, int(f"{day:%Y%m%d}")):
        c.exec_driver_sql(statement)


def _choose(c: Connection, day: date) -> None:
    c.execute(text(f'SET LOCAL search_path TO "{_schema(day)}"'))


def _schema(day: date) -> str:
    return f"{_PREFIX}{day:%Y%m%d}"


def _present(c: Connection) -> list[date]:
    names = c.execute(
        text("SELECT nspname FROM pg_namespace WHERE nspname ~ :pattern"),
        {"pattern": f"^{_PREFIX}[0-9]{{8}}$"},
    )
    return [date.fromisoformat(name.removeprefix(_PREFIX)) for name in names.scalars()]


def _is_there(c: Connection, day: date) -> bool:
    statement = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
    return c.execute(statement, {"name": _schema(day)}).first() is not None


def _is_whole(c: Connection, day: date) -> bool:
    """Whether a day has what was added last."""
    statement = text("SELECT 1 FROM pg_indexes WHERE schemaname = :name AND indexname = :index")
    values = {"name": _schema(day), "index": LAST_ADDED}
    return c.execute(statement, values).first() is not None


@lru_cache(maxsize=1024)
def _spelled(sql: str) -> str:
    """The statement with the driver's placeholders."""
    return sql.replace("?", "%s")
