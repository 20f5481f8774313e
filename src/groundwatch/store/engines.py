"""How a connection to either database is made."""

import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from groundwatch.errors import InvalidInput, Unusable
from groundwatch.store.journal import write_ahead

WRITING: Final = {"groundwatch_writing": True}
"""Execution options of a connection whose transaction writes."""
FILE_NAME: Final = "groundwatch.db"

_OLDEST = {"sqlite": (3, 35), "postgresql": (15,)}
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
)


def sqlite(data: Path, busy_seconds: float) -> tuple[Engine, str]:
    """An engine for the file in the data folder, and what messages call it."""
    path = data / FILE_NAME
    _check_writable(data, path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_size=16,
        max_overflow=32,
        pool_timeout=busy_seconds,
        connect_args={
            "timeout": busy_seconds,
            "isolation_level": None,
            "check_same_thread": False,
            "cached_statements": 256,
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:  # noqa: ARG001
        write_ahead(connection, busy_seconds)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("groundwatch_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine, str(path)


def postgresql(url: str) -> tuple[Engine, str]:
    """An engine for a PostgreSQL URL, and what messages call it."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidInput(
            "store.url is not a database URL; right is postgresql://user@host:5432/database"
        ) from None
    if parsed.get_backend_name() != "postgresql":
        raise InvalidInput(
            f"store.url names the database {parsed.get_backend_name()!r}; right is "
            "postgresql://user@host:5432/database, or no url for SQLite"
        )
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=8,
        max_overflow=16,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )
    return engine, parsed.render_as_string(hide_password=True)


def check_version(connection: Connection, name: str) -> None:
    """Raise Unusable when the database is older than what the store's statements need."""
    oldest = _OLDEST[connection.dialect.name]
    version = connection.dialect.server_version_info or ()
    if version < oldest:
        raise Unusable(
            f"the database {name} is {connection.dialect.name} {'.'.join(map(str, version))}; "
            f"{'.'.join(map(str, oldest))} or newer is needed"
        )


def _check_writable(data: Path, path: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(
            f"the data folder {data} cannot be made: {error.strerror}; "
            "choose another with `data`, or give this user the right to write there"
        ) from error
    targets = [data, path] if path.exists() else [data]
    for target in targets:
        if not os.access(target, os.W_OK):
            raise Unusable(
                f"the data folder {data} cannot be written: {target.name} is read-only; "
                "choose another with `data`, or give this user the right to write there"
            )
