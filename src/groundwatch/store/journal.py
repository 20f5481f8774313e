"""How a file of SQLite keeps its journal: a write-ahead log, so that readers wait for nobody."""

import sqlite3
import time

_PAUSE = 0.01


def write_ahead(connection: sqlite3.Connection, seconds: float) -> None:
    """Keep a write-ahead log; waits for others who open a new file at the same moment.

    SQLite refuses this change at once where it would wait for any other.

    Raises:
        sqlite3.OperationalError: the file is still locked after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return
