"""The counters behind the ids that are never used again."""

from collections.abc import Mapping

from sqlalchemy import Connection, Table, text

from groundwatch.store.schema import metadata


def counters(c: Connection) -> dict[str, int]:
    """The highest number each table has used, also for rows that are gone."""
    if c.dialect.name == "sqlite":
        rows = c.execute(text("SELECT name, seq FROM sqlite_sequence"))
        used: dict[str, int] = {row[0]: row[1] for row in rows}
        return {table.name: used.get(table.name, 0) for table in _counted()}
    return {table.name: _postgresql_counter(c, table) for table in _counted()}


def set_counters(c: Connection, used: Mapping[str, int]) -> None:
    """Let every counter go on above a number."""
    for table in _counted():
        number = int(used.get(table.name, 0))
        if number > 0:
            _set(c, table, number)


def _set(c: Connection, table: Table, number: int) -> None:
    if c.dialect.name == "sqlite":
        c.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        statement = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"
        c.execute(text(statement), {"name": table.name, "number": number})
    else:
        statement = "SELECT setval(CAST(:name AS regclass), :number)"
        c.execute(text(statement), {"name": _sequence(c, table), "number": number})


def _postgresql_counter(c: Connection, table: Table) -> int:
    row = c.execute(text(f"SELECT last_value, is_called FROM {_sequence(c, table)}")).one()  # noqa: S608
    return int(row[0]) if row[1] else 0


def _sequence(c: Connection, table: Table) -> str:
    names = {"table": table.name, "column": _counter(table)}
    found = c.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
    return str(found.scalar_one())


def _counter(table: Table) -> str:
    return next(iter(table.primary_key)).name


def _counted() -> list[Table]:
    return [
        table for table in metadata.sorted_tables if any(c.identity is not None for c in table.c)
    ]
