"""One SQLite file a day: `events/2026-11-20.sqlite` in the data folder."""

import os
import sqlite3
from collections import OrderedDict
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from threading import Lock

from groundwatch.errors import Unusable
from groundwatch.store.events.histogram import added
from groundwatch.store.events.session import Row, Session
from groundwatch.store.events.squeezing import Squeezer
from groundwatch.store.events.tables import ADDED_LATER, LAYOUT, sqlite_statements
from groundwatch.store.faults import translate
from groundwatch.store.journal import write_ahead

FOLDER = "events"
_ENDING = ".sqlite"
_ADD_CELL = (
    "INSERT INTO cells (at, amount, weight, total, buckets) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (at) DO UPDATE SET amount = amount + excluded.amount, "
    "weight = weight + excluded.weight, total = total + excluded.total, "
    "buckets = added(buckets, excluded.buckets)"
)
_KEPT_OPEN = 40
"""Connections that nobody uses just now and that stay open: what asks every day for something does
not open a month of files each time."""
_KEPT_OF_A_DAY = 3
_WAL_BYTES = 4 << 20
"""What stays of a log once all of it is in the file."""
_PRAGMAS = (
    "PRAGMA page_size = 8192",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -2000",
    f"PRAGMA journal_size_limit = {_WAL_BYTES}",
)


class FileSession:
    """A transaction on a file."""

    def __init__(self, connection: sqlite3.Connection, squeezer: Squeezer) -> None:
        self._connection = connection
        self._squeezer = squeezer

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        self._connection.executemany(sql, rows)

    def squeezed(self, plain: bytes) -> bytes:
        return self._squeezer.squeezed(plain)

    def expanded(self, data: bytes) -> bytes:
        return self._squeezer.expanded(self, data)

    def add_cells(self, rows: Sequence[Row]) -> None:
        self._connection.executemany(_ADD_CELL, rows)


class FileDays:
    """The files of a folder; several processes may use them at once.

    Args:
        busy_seconds: how long a writer waits for writers of other processes.
    """

    def __init__(self, data: Path, busy_seconds: float, squeezer: Squeezer) -> None:
        self._squeezer = squeezer
        self.folder = data / FOLDER
        self._busy_seconds = busy_seconds
        self._idle: OrderedDict[int, tuple[Path, int, sqlite3.Connection]] = OrderedDict()
        self._newest = Path()
        self._lock = Lock()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unusable(
                f"the folder {self.folder} cannot be made: {error.strerror}; "
                "choose another with `data`, or give this user the right to write there"
            ) from error

    def present(self) -> list[date]:
        return sorted(self._present(), reverse=True)

    def _present(self) -> Iterator[date]:
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.endswith(_ENDING):
                    with suppress(ValueError):
                        yield date.fromisoformat(entry.name.removesuffix(_ENDING))

    @contextmanager
    def read(self, day: date) -> Generator[Session | None]:
        path = self._path(day)
        if not path.exists():
            yield None
            return
        with self._connection(path) as connection:
            connection.execute("BEGIN")
            try:
                yield FileSession(connection, self._squeezer)
            finally:
                connection.execute("COMMIT")

    @contextmanager
    def write(self, day: date) -> Generator[Session]:
        path = self._path(day)
        with self._connection(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield FileSession(connection, self._squeezer)
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def go_on(self, session: Session) -> None:
        """SQLite counts on from the highest key."""

    def rest(self, day: date) -> None:
        """Bring the log of a day that is over into its file, unless somebody reads or writes it."""
        path = self._path(day)
        log = path.with_name(f"{path.name}-wal")
        with suppress(FileNotFoundError):
            if log.stat().st_size:
                with self._connection(path) as connection:
                    connection.execute("PRAGMA busy_timeout = 0")
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    connection.execute(f"PRAGMA busy_timeout = {self._busy_seconds * 1000:.0f}")

    def drop(self, day: date) -> None:
        """Remove a day's file; whoever still reads it reads on what is no longer there."""
        path = self._path(day)
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        _sync_folder(self.folder)

    def close(self) -> None:
        with self._lock:
            idle = list(self._idle.values())
            self._idle.clear()
        for _, _, connection in idle:
            connection.close()

    def _path(self, day: date) -> Path:
        return self.folder / f"{day.isoformat()}{_ENDING}"

    @contextmanager
    def _connection(self, path: Path) -> Generator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile; one that failed is not used again."""
        try:
            connection = self._take(path) or self._open(path)
            inode = _inode(path)
            try:
                yield connection
            except sqlite3.Error:
                connection.close()
                raise
            except BaseException:
                self._give_back(path, inode, connection)
                raise
            self._give_back(path, inode, connection)
        except sqlite3.Error as error:
            known = translate(error, str(path))
            if known is None:
                raise
            raise known from error

    def _take(self, path: Path) -> sqlite3.Connection | None:
        """An idle connection to this very file: one of that name may be another by now."""
        with self._lock:
            for number in reversed(self._idle):
                if self._idle[number][0] == path:
                    _, inode, connection = self._idle.pop(number)
                    break
            else:
                return None
        if _inode(path) == inode:
            return connection
        connection.close()
        return None

    def _give_back(self, path: Path, inode: int, connection: sqlite3.Connection) -> None:
        """Keep a connection for whoever comes next.

        Only those to the newest day keep pages in memory: theirs are asked for all the time.
        """
        with self._lock:
            self._newest = max(self._newest, path)
            is_newest = path == self._newest
        if not is_newest:
            connection.execute("PRAGMA shrink_memory")
        with self._lock:
            self._idle[id(connection)] = (path, inode, connection)
            too_many = [number for number, (of, _, _) in self._idle.items() if of == path][
                :-_KEPT_OF_A_DAY
            ]
            if not too_many and len(self._idle) > _KEPT_OPEN:
                too_many = [next(iter(self._idle))]
            closing = [self._idle.pop(number)[2] for number in too_many]
        for each in closing:
            each.close()

    def _open(self, path: Path) -> sqlite3.Connection:
        new = not path.exists()
        connection = sqlite3.connect(
            path,
            timeout=self._busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            connection.create_function("added", 2, added, deterministic=True)
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            write_ahead(connection, self._busy_seconds)
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        if new:
            path.chmod(0o600)
            _sync_folder(self.folder)
        return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables unless they are there; several processes may try at once."""
    if _layout(connection, path) == LAYOUT:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _layout(connection, path)
        if found != LAYOUT:
            for statement in ADDED_LATER if found else sqlite_statements():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {LAYOUT}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _layout(connection: sqlite3.Connection, path: Path) -> int:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > LAYOUT:
        raise Unusable(
            f"the file {path} has layout {found}, this program knows layouts up to {LAYOUT}; "
            "install the newer Groundwatch that made it"
        )
    return found


def _inode(path: Path) -> int:
    """Which file a name stands for; 0 when it was dropped meanwhile."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _sync_folder(folder: Path) -> None:
    """Make the folder's list of files durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
