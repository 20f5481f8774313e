"""Export and import of everything: a zip with one JSONL file a table, alike from both databases.

What is watched is beside it, a folder of such files for each day (`events/`); files of format 1
held interactions and feedback as tables, which move to their days once they are read.
`manifest.json` names the format, the schema's revision, each table's columns and number of rows,
and how far each counter has come, so that ids are not used again. A row is a JSON array in the
order of the columns; bytes are base64. Left out is what is of use for moments only: leases, and
vectors kept for renames.
"""

import base64
import json
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from groundwatch.errors import Conflict, InvalidInput
from groundwatch.store.columns import FreeText, Key, Moment, Words
from groundwatch.store.counters import counters, set_counters
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore, earlier
from groundwatch.store.migrations import HEAD
from groundwatch.store.schema import leases, metadata, spare_vectors

FORMAT = 2
"""Raised when the layout of the file changes."""
_AT_ONCE = 1000
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class _Part:
    """A table as a file holds it."""

    table: sa.TableClause
    columns: list[str]
    rows: int

    @property
    def file(self) -> str:
        return f"tables/{self.table.name}.jsonl"

    @property
    def binary(self) -> list[int]:
        """Places of the columns that hold bytes; none of them may be NULL."""
        types = [self.table.c[name].type for name in self.columns]
        return [place for place, type_ in enumerate(types) if isinstance(type_, sa.LargeBinary)]


def export_store(database: Database, events: EventStore, path: Path) -> dict[str, int]:
    """Write everything to a file that does not exist yet; returns the rows of each table.

    The file is one moment's state, whatever is written meanwhile; each day of events is that of a
    moment after it. It has its name only once it is whole.

    Raises:
        Conflict: the file exists.
    """
    if path.exists():
        raise Conflict(f"{path} exists already; remove it, or export to another file")
    partial = path.with_name(f"{path.name}.partial")
    try:
        with database.snapshot() as c, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as file:
            rows = {table.name: _export_table(c, file, table) for table in _tables()}
            manifest = _manifest(c, rows) | {"events": events.export_to(file)}
            file.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        partial.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return rows


def import_store(database: Database, events: EventStore, path: Path) -> dict[str, int]:
    """Read such a file into an empty store, all of it or nothing; returns the rows of each table.

    Raises:
        InvalidInput: the file is not an export, is damaged, or was written by a newer program.
        Conflict: the store is not empty.
    """
    try:
        with ExitStack() as undo, zipfile.ZipFile(path) as file:
            with database.write() as c:
                manifest = _read_manifest(file, path)
                _refuse_filled(c, database.name)
                parts = _parts(manifest, path)
                for part in parts:
                    _import_table(c, file, part)
                set_counters(c, manifest["counters"])
                days = manifest.get("events", {})
                events.import_from(file, days)
                undo.callback(events.undo_import, days)
            undo.pop_all()
        earlier.move(database, events)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError) as error:
        raise InvalidInput(
            f"{path} cannot be imported: it is not an export of Groundwatch, or it is damaged"
        ) from error
    return {part.table.name: part.rows for part in parts}


def _tables() -> list[sa.TableClause]:
    """Every table that is exported, in an order in which rows may refer to earlier ones."""
    transient = {leases.name, spare_vectors.name}
    return [_stored(table) for table in metadata.sorted_tables if table.name not in transient]


def _stored(table: sa.Table) -> sa.TableClause:
    """The table with its values as they are stored, not as the program sees them."""
    return sa.table(table.name, *(sa.column(c.name, _stored_type(c.type)) for c in table.columns))


def _stored_type(kind: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    match kind:
        case Moment():
            return sa.BigInteger()
        case FreeText() | Words() | Key():
            return sa.Text()
        case _:
            return kind


def _manifest(c: Connection, rows: dict[str, int]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "schema": HEAD,
        "tables": {
            table.name: {"columns": list(table.c.keys()), "rows": rows[table.name]}
            for table in _tables()
        },
        "counters": counters(c),
    }


def _export_table(c: Connection, file: zipfile.ZipFile, table: sa.TableClause) -> int:
    part = _Part(table, list(table.c.keys()), 0)
    rows = c.execution_options(yield_per=_AT_ONCE).execute(sa.select(table))
    count = 0
    with file.open(part.file, "w", force_zip64=True) as lines:
        for count, row in enumerate(rows, 1):  # noqa: B007  the last one is returned
            values = list(row)
            for place in part.binary:
                values[place] = base64.b64encode(values[place]).decode()
            lines.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
    return count


def _read_manifest(file: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(file.read(_MANIFEST))
    if manifest["format"] > FORMAT or manifest["schema"] > HEAD:
        raise InvalidInput(
            f"{path} was exported by a newer Groundwatch (format {manifest['format']}, schema "
            f"{manifest['schema']}); this program reads format {FORMAT}, schema {HEAD}"
        )
    return manifest


def _refuse_filled(c: Connection, name: str) -> None:
    for table in _tables():
        if c.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise Conflict(
                f"the database {name} is not empty (table {table.name}); import into a new data "
                "folder or database"
            )


def _parts(manifest: dict[str, Any], path: Path) -> list[_Part]:
    """The tables of a file; one of an older schema may lack tables and columns."""
    known = {table.name: table for table in _tables()}
    for name, said in manifest["tables"].items():
        if name not in known or set(said["columns"]) - set(known[name].c.keys()):
            raise InvalidInput(f"{path} holds a table {name!r} that this program does not know")
    return [
        _Part(table, list(manifest["tables"][name]["columns"]), manifest["tables"][name]["rows"])
        for name, table in known.items()
        if name in manifest["tables"]
    ]


def _import_table(c: Connection, file: zipfile.ZipFile, part: _Part) -> None:
    count = 0
    with file.open(part.file) as lines:
        while batch := [_row(part, line) for line in islice(lines, _AT_ONCE)]:
            c.execute(sa.insert(part.table), batch)
            count += len(batch)
    if count != part.rows:
        raise ValueError(f"{part.file} has {count} rows, the manifest says {part.rows}")


def _row(part: _Part, line: bytes) -> dict[str, object]:
    values = json.loads(line)
    for place in part.binary:
        values[place] = base64.b64decode(values[place])
    return dict(zip(part.columns, values, strict=True))
