"""Days written to a zip and read from it: a folder each, a JSONL file a table.

A row is a JSON array in the order of the columns; bytes are base64. Both databases write alike.
"""

# ruff: noqa: S608  what is put into statements are names of our own and question marks

import base64
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice

from groundwatch.errors import Conflict
from groundwatch.store.events.room import Room
from groundwatch.store.events.session import Row, Session, marks
from groundwatch.store.events.tables import TABLES, Table

Counts = dict[str, dict[str, int]]
"""Rows by day and table."""
_AT_ONCE = 1000


def export_days(room: Room, file: zipfile.ZipFile) -> Counts:
    """Write every day, each as it is at one moment; returns the rows of each table."""
    return {
        day.isoformat(): {table.name: _export(session, file, day, table) for table in TABLES}
        for day, session in room.reading(reversed(room.days.present()))
    }


def import_days(room: Room, file: zipfile.ZipFile, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Read days that `export_days` wrote, all of them or none.

    Raises:
        Conflict: there are days already.
        ValueError: the file does not hold what its manifest says.
    """
    if room.days.present():
        raise Conflict("events are recorded already; import into a new data folder or database")
    made: list[date] = []
    try:
        for name, tables in counts.items():
            made.append(date.fromisoformat(name))
            _import_day(room, file, made[-1], tables)
    except BaseException:
        for day in made:
            room.days.drop(day)
        raise


def undo(room: Room, counts: Mapping[str, object]) -> None:
    """Take away what `import_days` has read, when the rest could not be."""
    for name in counts:
        room.days.drop(date.fromisoformat(name))


def _import_day(room: Room, file: zipfile.ZipFile, day: date, counts: Mapping[str, int]) -> None:
    with room.days.write(day) as session:
        for table in TABLES:
            if table.name in counts:
                session.run(f"DELETE FROM {table.name}")
                _import(session, file, day, table, counts[table.name])
        room.days.go_on(session)


def _member(day: date, table: Table) -> str:
    return f"events/{day.isoformat()}/{table.name}.jsonl"


def _binary(table: Table) -> list[int]:
    return [place for place, (_, kind) in enumerate(table.columns) if kind == "bytes"]


def _export(session: Session, file: zipfile.ZipFile, day: date, table: Table) -> int:
    count = 0
    with file.open(_member(day, table), "w", force_zip64=True) as lines:
        for row in _rows(session, table):
            values = list(row)
            for place in _binary(table):
                values[place] = base64.b64encode(values[place]).decode()
            lines.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _rows(session: Session, table: Table) -> Iterator[Row]:
    """Every row by its key, some at a time."""
    names = [name for name, _ in table.columns]
    key = table.key or tuple(name for name, kind in table.columns if kind == "serial")
    places = [names.index(name) for name in key]
    spelled = ", ".join(key)
    select = f"SELECT {', '.join(names)} FROM {table.name}"
    order = f"ORDER BY {spelled} LIMIT {_AT_ONCE}"
    rows = session.rows(f"{select} {order}")
    while rows:
        yield from rows
        last = [rows[-1][place] for place in places]
        rows = session.rows(f"{select} WHERE ({spelled}) > ({marks(len(key))}) {order}", last)


def _import(
    session: Session, file: zipfile.ZipFile, day: date, table: Table, expected: int
) -> None:
    names = ", ".join(name for name, _ in table.columns)
    sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks(len(table.columns))})"
    count = 0
    with file.open(_member(day, table)) as lines:
        while some := [_values(table, line) for line in islice(lines, _AT_ONCE)]:
            session.many(sql, some)
            count += len(some)
    if count != expected:
        raise ValueError(f"{_member(day, table)} has {count} rows, the manifest says {expected}")


def _values(table: Table, line: bytes) -> list[object]:
    values: list[object] = json.loads(line)
    for place in _binary(table):
        values[place] = base64.b64decode(str(values[place]))
    if len(values) != len(table.columns):
        raise ValueError(f"a row of {table.name} has {len(values)} values")
    return values
