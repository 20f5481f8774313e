from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from groundwatch.access.authentication import Authenticator
from groundwatch.access.credentials import Credentials
from groundwatch.access.directory import Directory
from groundwatch.access.settings import GroupSettings, UserSettings
from groundwatch.store.database import Database

USERS = {
    "anna": UserSettings(name="Anna Lind", groups=("hr",), role="admin"),
    "bob": UserSettings(),
}
GROUPS = {"hr": GroupSettings()}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class CountedDatabase(Database):
    """Counts transactions."""

    def __init__(self, database: Database) -> None:
        super().__init__(database._engine, database.name)
        self.reads = 0
        self.writes = 0

    @contextmanager
    def read(self) -> Generator[Connection]:
        self.reads += 1
        with super().read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[Connection]:
        self.writes += 1
        with super().write() as connection:
            yield connection


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory() -> Directory:
    return Directory(USERS, GROUPS)


@pytest.fixture
def counted(new_database: Callable[[str], Database]) -> CountedDatabase:
    return CountedDatabase(new_database("sqlite"))


@pytest.fixture
def authenticator(counted: CountedDatabase, directory: Directory, clock: Clock) -> Authenticator:
    return Authenticator(counted, directory, clock)


@pytest.fixture
def credentials(
    counted: CountedDatabase, directory: Directory, clock: Clock, authenticator: Authenticator
) -> Credentials:
    return Credentials(counted, directory, clock, authenticator=authenticator)


@pytest.fixture
def elsewhere(counted: CountedDatabase, directory: Directory, clock: Clock) -> Credentials:
    """Another process on the same store."""
    return Credentials(counted, directory, clock)
