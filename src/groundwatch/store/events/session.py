"""What the statements of the event store need of a database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Protocol, TypeVar

from groundwatch.store.statements import batches

T = TypeVar("T")
Row = tuple[Any, ...]
AT_ONCE = 512
"""Values in one statement."""


class Session(Protocol):
    """One transaction on the tables of one day; placeholders are question marks."""

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]: ...

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Change something; returns how many rows."""

    def many(self, sql: str, rows: Sequence[Sequence[object]]) -> None: ...

    def squeezed(self, plain: bytes) -> bytes:
        """Compress."""

    def expanded(self, data: bytes) -> bytes:
        """Undo `squeezed`."""

    def add_cells(self, rows: Sequence[Row]) -> None:
        """Add key, amount, weight, total and packed buckets to cells; keys only once."""


class Days(Protocol):
    """The tables of each day: files of SQLite, or partitions of PostgreSQL."""

    def present(self) -> list[date]:
        """The days there are, newest first."""

    def read(self, day: date) -> AbstractContextManager[Session | None]:
        """The state of one moment; None when there is no such day."""

    def write(self, day: date) -> AbstractContextManager[Session]:
        """One transaction, durable once it has ended; the day is made when it is not there."""

    def go_on(self, session: Session) -> None:
        """Let counted keys go on above those that were put in by hand."""

    def rest(self, day: date) -> None:
        """Give back what only a day that is written to needs."""

    def drop(self, day: date) -> None: ...

    def close(self) -> None: ...


def padded(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists of few different sizes, so that few statements have to be parsed.

    What is missing to a size is the last value again.
    """
    for some in batches(values, AT_ONCE):
        size = 1 << (len(some) - 1).bit_length()
        yield some + some[-1:] * (size - len(some))


def marks(count: int) -> str:
    """`?, ?, ?`."""
    return ", ".join("?" * count)


def tuples(count: int, width: int) -> str:
    """`VALUES (?, ?), (?, ?)` of so many rows."""
    return "VALUES " + ", ".join([f"({marks(width)})"] * count)
