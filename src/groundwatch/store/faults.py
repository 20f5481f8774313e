"""What the databases report, as errors of the tree."""

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from groundwatch.errors import Conflict, GroundwatchError, Unavailable, Unusable

_SQLITE = {
    sqlite3.SQLITE_BUSY: (
        Unavailable,
        "is locked by another process; try again, or stop what keeps it locked",
    ),
    sqlite3.SQLITE_LOCKED: (Unavailable, "is locked by another connection; try again"),
    sqlite3.SQLITE_FULL: (
        Unavailable,
        "cannot grow: the disk is full; free some space, nothing acknowledged is lost",
    ),
    sqlite3.SQLITE_IOERR: (
        Unavailable,
        "cannot be read or written: the disk reports an error or is full",
    ),
    sqlite3.SQLITE_READONLY: (
        Unavailable,
        "cannot be written; make the file and its folder writable for this user",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        Unavailable,
        "cannot be opened; check that its folder exists and may be read and written by this user",
    ),
    sqlite3.SQLITE_CORRUPT: (
        Unusable,
        "is damaged; restore the newest file of the `backups` folder beside it",
    ),
    sqlite3.SQLITE_NOTADB: (
        Unusable,
        "is not a database; move the file away or restore the newest file of `backups`",
    ),
}

_POSTGRESQL = {
    "53100": "cannot grow: its disk is full; free some space, nothing acknowledged is lost",
    "53300": "has no free connection; raise max_connections or stop some clients",
    "25006": "is read-only; point `store.url` at the primary server",
    "40001": "was changed by another transaction at the same time; try again",
    "40P01": "was changed by another transaction at the same time; try again",
    "55P03": "is locked by another transaction; try again",
    "57014": "took too long; try again",
}
_LOST = ("08", "57P")


def translate(error: Exception, name: str) -> GroundwatchError | None:
    """The error of the tree for what a database raised, or None for a mistake of the program.

    `name` is what the message calls the database: its path, or its URL without the password.
    """
    if isinstance(error, PoolTimeout):
        return Unavailable(f"the database {name} has no free connection; try again")
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(error, name)
    if not isinstance(error, DBAPIError):
        return None
    if isinstance(error, IntegrityError):
        return Conflict(f"the database {name} refused a write: it contradicts what is stored")
    if isinstance(error.orig, sqlite3.Error):
        return _from_sqlite(error.orig, name)
    return _from_postgresql(error, name)


def _from_sqlite(error: sqlite3.Error, name: str) -> GroundwatchError | None:
    primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary_code not in _SQLITE:
        return None
    kind, way_out = _SQLITE[primary_code]
    return kind(f"the database {name} {way_out}")


def _from_postgresql(error: DBAPIError, name: str) -> GroundwatchError | None:
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRESQL:
        return Unavailable(f"the database {name} {_POSTGRESQL[state]}")
    lost = error.connection_invalidated or (state or "").startswith(_LOST)
    if lost or (state is None and type(error.orig).__name__ == "OperationalError"):
        return Unavailable(f"the database {name} does not answer; check that it runs")
    return None
