"""The tables of a day, as SQLite and PostgreSQL make them.

Text is compared by code point. Moments are microseconds since 1970, those of spans nanoseconds.
A cell's key is its minute since 1970 and its series in one number, so that the newest minute lies
together and a chart reads a series by as many look-ups as it has minutes.
"""

from dataclasses import dataclass

KEY_BITS = 32
LAYOUT = 2
"""The `user_version` of a file; raised when its tables change."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        columns: name and type; types are `int`, `real`, `text`, `bytes`, `serial` (a counted
            primary key, and then the first).
        key: the primary key, unless it is a serial.
        unique: columns that are unique together.
        indexes: columns and a condition that narrows, which may be empty.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    indexes: tuple[tuple[str, str], ...] = ()


def _columns(spelled: str) -> tuple[tuple[str, str], ...]:
    pairs = (each.rsplit(" ", 1) for each in spelled.split(", "))
    return tuple((name, kind) for name, kind in pairs)


TABLES = (
    Table("state", _columns("one int, sequence int"), key=("one",)),
    Table(
        "interactions",
        _columns(
            'n serial, id text, started_at int, application text, "user" text, session text, '
            '"group" text, model text, endpoint text, outcome text, severity text, duration real, '
            "state int, kept int, weight real, overall real, status text, flags text, trouble text"
        ),
        unique=("id",),
        indexes=(
            ("started_at, id", ""),
            ('"user", started_at', ""),
            ("started_at", "state = 1 AND kept = 1"),
            ("state, started_at", "state = 4 OR state = 5"),
        ),
    ),
    Table("bodies", _columns("n int, body bytes"), key=("n",)),
    Table("qualities", _columns("n int, body bytes"), key=("n",)),
    Table(
        "feedback",
        _columns(
            'interaction_id text, "user" text, given_at int, thumb int, rating int, comment text'
        ),
        key=("interaction_id", '"user"'),
    ),
    Table(
        "spans",
        _columns(
            "n serial, trace_id text, span_id text, parent_id text, application text, name text, "
            'kind text, started int, ended int, "error" text, marks int, body bytes'
        ),
        unique=("trace_id", "span_id"),
    ),
    Table(
        "traces",
        _columns(
            "trace_id text, application text, first_seen int, last_seen int, spans int, "
            "root_ended int, open int"
        ),
        key=("trace_id",),
        indexes=(("first_seen", "open = 1"),),
    ),
    Table(
        "events",
        _columns(
            "id text, at int, type text, severity text, application text, component text, "
            "correlation_id text, body bytes"
        ),
        key=("id",),
        indexes=(("at", ""),),
    ),
    Table(
        "series",
        _columns(
            "id serial, metric text, dimension text, label text, application text, origin int"
        ),
        unique=("metric", "dimension", "label", "application", "origin"),
    ),
    Table(
        "cells",
        _columns("at int, amount int, weight real, total real, buckets bytes"),
        key=("at",),
    ),
    Table("dictionaries", _columns("id int, body bytes"), key=("id",)),
    Table("hours", _columns("hour int, sequence int"), key=("hour",)),
)
"""`state.sequence` counts the transactions of a day; `hours` says in which one an hour's cells
were last changed."""

NULLABLE = frozenset({"overall", "thumb", "rating"})

_SQLITE = {
    "int": "INTEGER",
    "real": "REAL",
    "text": "TEXT",
    "bytes": "BLOB",
    "serial": "INTEGER PRIMARY KEY",
}
_POSTGRESQL = {
    "int": "bigint",
    "real": "double precision",
    "text": 'text COLLATE "C"',
    "bytes": "bytea",
    "serial": "bigint",
}


LAST_ADDED = "interactions_3"
ADDED_LATER = (
    f"CREATE INDEX IF NOT EXISTS {LAST_ADDED} ON interactions (state, started_at) "
    "WHERE state = 4 OR state = 5",
)
"""What days of layout 1 lack."""


def sqlite_statements() -> list[str]:
    """What makes the tables in a new file."""
    made: list[str] = []
    for table in TABLES:
        parts = [_column(each, _SQLITE) for each in table.columns]
        whole_key = len(table.key) == 1 and dict(table.columns)[table.key[0]] == "int"
        if table.key:
            parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
        if table.unique:
            parts.append(f"UNIQUE ({', '.join(table.unique)})")
        suffix = " WITHOUT ROWID" if table.key and not whole_key else ""
        made.append(f"CREATE TABLE {table.name} ({', '.join(parts)}){suffix}")
        made += _indexes(table)
    return [*made, "INSERT INTO state (one, sequence) VALUES (1, 0)"]


def postgresql_parents() -> list[str]:
    """What makes the partitioned tables, in the schema of the search path."""
    return [
        f"CREATE TABLE IF NOT EXISTS {table.name} (day bigint NOT NULL, "
        f"{', '.join(_column(each, _POSTGRESQL) for each in table.columns)}) "
        "PARTITION BY LIST (day)"
        for table in TABLES
    ]


def postgresql_partitions(parents: str, number: int) -> list[str]:
    """What makes one day's partitions, in the schema of the search path."""
    made: list[str] = []
    for table in TABLES:
        name = table.name
        made += [
            f"CREATE TABLE {name} PARTITION OF {parents}.{name} FOR VALUES IN ({number})",
            f"ALTER TABLE {name} ALTER COLUMN day SET DEFAULT {number}",
        ]
        serial = [column for column, kind in table.columns if kind == "serial"]
        for column in serial:
            counter = f"{name}_{column}_counter"
            made += [
                f"CREATE SEQUENCE {counter} OWNED BY {name}.{column}",
                f"ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT nextval('{counter}')",
            ]
        made.append(f"ALTER TABLE {name} ADD PRIMARY KEY ({', '.join(table.key or serial)})")
        if table.unique:
            made.append(f"ALTER TABLE {name} ADD UNIQUE ({', '.join(table.unique)})")
        made += _indexes(table)
    return [*made, "INSERT INTO state (one, sequence) VALUES (1, 0)"]


def _column(column: tuple[str, str], types: dict[str, str]) -> str:
    name, kind = column
    ending = "" if name in NULLABLE or (kind == "serial" and types is _SQLITE) else " NOT NULL"
    return f"{name} {types[kind]}{ending}"


def _indexes(table: Table) -> list[str]:
    return [
        f"CREATE INDEX {table.name}_{number} ON {table.name} ({columns})"
        + (f" WHERE {condition}" if condition else "")
        for number, (columns, condition) in enumerate(table.indexes)
    ]
