"""Small pieces of SQL that several modules need."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Table, and_, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import SQLCoreOperations

T = TypeVar("T")

HIGHEST = "\U0010ffff"
"""Sorts after every other character."""
BATCH = 500
"""Ids in one statement; both databases take more, their planners do not profit."""

Insert = sqlite.Insert | postgresql.Insert


def insert(dialect: str, table: Table) -> Insert:
    """An INSERT that can say what happens on a conflict."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def replacing(dialect: str, table: Table) -> Insert:
    """An INSERT that overwrites every column of a row with the same primary key."""
    keys = [column.name for column in table.primary_key]
    statement = insert(dialect, table)
    rest = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def inside(path: SQLCoreOperations[str], prefix: str) -> ColumnElement[bool]:
    """Whether a path lies under a folder: `hr/` or `hr`; or is `hr/leave.md` itself."""
    folder = prefix if prefix.endswith("/") or not prefix else f"{prefix}/"
    under = and_(path >= folder, path < folder + HIGHEST)
    return under if folder == prefix else or_(path == prefix, under)


def beyond(columns: Sequence[SQLCoreOperations[str]], values: Sequence[str]) -> ColumnElement[bool]:
    """Whether the two columns sort after the two values."""
    first, second = columns
    return or_(first > values[0], and_(first == values[0], second > values[1]))
