"""Bringing the schema of a database up to date."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.sql import column, table

from groundwatch.errors import Unusable
from groundwatch.store.migrations import HEAD, VERSION_TABLE
from groundwatch.store.schema import metadata


@dataclass(frozen=True, slots=True)
class Scripts:
    """Where the migrations lie, and the revision they lead to."""

    folder: Path
    head: str


PRESENT = Scripts(Path(__file__).parent / "migrations", HEAD)
_LOCK_KEY = 0x67775F736368656D


def revision(c: Connection) -> str | None:
    """The revision of the schema; None when there is none yet."""
    if not inspect(c).has_table(VERSION_TABLE):
        return None
    return c.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()


def upgrade(
    c: Connection, name: str, back_up: Callable[[str], object], scripts: Scripts = PRESENT
) -> None:
    """Run the missing migrations in the connection's transaction: all of them, or none.

    `back_up` is called with the old revision before anything changes, unless the database is new;
    `name` is what messages call the database.

    Raises:
        Unusable: its schema is newer than this program, or not one of ours.
    """
    if c.dialect.name == "postgresql":
        c.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    current = revision(c)
    if current == scripts.head:
        return
    if current is None:
        _refuse_foreign_tables(c, name)
    else:
        _refuse_newer(current, name, scripts.head)
        back_up(current)
    _run_alembic(c, scripts.folder)


def _refuse_foreign_tables(c: Connection, name: str) -> None:
    foreign = sorted(metadata.tables.keys() & set(inspect(c).get_table_names()))
    if foreign:
        raise Unusable(
            f"the database {name} has a table {foreign[0]!r} but no schema version: it was not "
            "made by a released Groundwatch; use another database, or move this one away"
        )


def _refuse_newer(current: str, name: str, head: str) -> None:
    if current > head:
        raise Unusable(
            f"the database {name} has schema {current}, this program knows schemas up to {head}; "
            "install the newer Groundwatch that made it, or restore a backup"
        )


def _run_alembic(c: Connection, folder: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": c})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    command.upgrade(config, "head")
