"""The schema: made new, brought up to date from every release, and never half changed."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.store.events.opened import opened
from tests.store.filled import HR, TEXT
from tests.store.samples import NOW, meta

from groundwatch.domain.clock import system_clock
from groundwatch.errors import Unusable
from groundwatch.store import documents, keys, ledger, migrate, values
from groundwatch.store.backup import KEPT, back_up
from groundwatch.store.database import open_database
from groundwatch.store.engines import FILE_NAME
from groundwatch.store.events import earlier
from groundwatch.store.migrate import PRESENT, Scripts
from groundwatch.store.migrations import HEAD, VERSION_TABLE
from groundwatch.store.schema import metadata
from groundwatch.store.settings import StoreSettings

RELEASED = Path(__file__).parent / "released"
DUMPS = sorted(RELEASED.glob("*.sql"))


def shape(c):
    """Everything a schema consists of, comparable between two databases of a dialect."""
    inspector = sa.inspect(c)
    return {
        table: {
            "columns": [{**column, "type": str(column["type"])} for column in columns],
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": sorted(inspector.get_foreign_keys(table), key=str),
            "unique": sorted(inspector.get_unique_constraints(table), key=str),
            "indexes": sorted(map(spelled, inspector.get_indexes(table))),
            "options": inspector.get_table_options(table),
        }
        for table in inspector.get_table_names()
        if table != VERSION_TABLE
        for columns in [inspector.get_columns(table)]
    }


def spelled(index):
    options = {name: str(option) for name, option in index.get("dialect_options", {}).items()}
    return str(sorted((index | {"dialect_options": options}).items()))


def declared_shape(c):
    """The shape that `schema.py` declares, made in a schema or file of its own."""
    if c.dialect.name == "postgresql":
        c.execute(sa.text("CREATE SCHEMA declared"))
        c.execute(sa.text("SET LOCAL search_path TO declared"))
        metadata.create_all(c)
        made = shape(c)
        c.execute(sa.text("SET LOCAL search_path TO public"))
        return made
    with sa.create_engine("sqlite://").begin() as memory:
        metadata.create_all(memory)
        return shape(memory)


def is_declared(c):
    """Whether the schema is that of `schema.py`, as Alembic and as the database see it."""
    context = MigrationContext.configure(c, opts={"version_table": VERSION_TABLE})
    return compare_metadata(context, metadata) == [] and shape(c) == declared_shape(c)


def test_a_new_database_has_the_declared_schema(database):
    with database.read() as c:
        assert is_declared(c)


def test_sqlite_tables_are_made_as_declared():
    """AUTOINCREMENT and WITHOUT ROWID are in the statements only."""
    made, declared = (sa.create_engine("sqlite://").connect() for _ in range(2))
    migrate.upgrade(made, "memory", lambda _: None)
    metadata.create_all(declared)
    statements = [
        {
            name: sorted(part.strip() for part in statement.replace("CONSTRAINT", ",").split(","))
            for name, statement in c.execute(
                sa.text("SELECT name, sql FROM sqlite_master WHERE sql > ''")
            )
            if name != VERSION_TABLE
        }
        for c in (made, declared)
    ]
    for c in (made, declared):
        c.close()
    assert statements[0].keys() == statements[1].keys()
    for ending in ("AUTOINCREMENT", "WITHOUT ROWID"):
        having = [
            sorted(name for name, parts in found.items() if any(ending in part for part in parts))
            for found in statements
        ]
        assert having[0] == having[1]
        assert having[0]


def test_every_revision_was_released_with_a_dump():
    scripts = ScriptDirectory(str(PRESENT.folder))
    assert scripts.get_current_head() == HEAD
    revisions = sorted(script.revision for script in scripts.walk_revisions())
    expected = [
        f"{revision}.{dialect}.sql"
        for revision in revisions
        for dialect in ("postgresql", "sqlite")
    ]
    assert [dump.name for dump in DUMPS] == expected


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.name)
def released(request, tmp_path):
    """Opens a store that a released version has left, with the present version."""
    script = request.param.read_text()
    if request.param.name.endswith(".sqlite.sql"):
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
            connection.executescript(script)
        database = open_database(StoreSettings(), tmp_path, system_clock)
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgresql")
    name = server.create("template0")
    engine = sa.create_engine(server.url(name))
    with engine.begin() as connection:
        connection.connection.cursor().execute(script)
    engine.dispose()
    database = server.open(name)
    yield database
    database.close()
    server.drop(name)


def test_a_released_store_is_brought_up_to_date_and_keeps_everything(released):
    with released.write() as c:
        assert migrate.revision(c) == HEAD
        assert is_declared(c)
        content = documents.content(c, meta("hr/0.md").id)
        assert content
        assert (content.text, content.access) == (TEXT, HR)
        assert len(documents.page(c, principals=None)) == 4
        assert ledger.counts(c) == ledger.Counts(running=1, ready=1, done=1, quarantined=1)
        assert keys.find_key(c, "hash1", NOW)
        assert values.get(c, "position") == "7"
    with opened(released, NOW) as events:
        recorded = events.get("i1")
        assert recorded
        assert (recorded.interaction.response, recorded.feedback[0].comment) == ("Ich.", "gut")
        assert not earlier.move(released, events), "it has moved"


def test_a_database_that_is_up_to_date_is_left_alone(tmp_path):
    for _ in range(2):
        open_database(StoreSettings(), tmp_path, system_clock).close()
    assert not (tmp_path / "backups").exists()


def test_a_newer_schema_is_refused(database):
    with database.write() as c:
        c.execute(
            sa.table(VERSION_TABLE, sa.column("version_num")).update(), {"version_num": "9999"}
        )
        with pytest.raises(Unusable, match=r"has schema 9999, this program knows .* up to 0005"):
            migrate.upgrade(c, database.name, lambda _: None)


def test_tables_of_something_else_are_refused(tmp_path):
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("CREATE TABLE documents (id)")
    with pytest.raises(Unusable, match="has a table 'documents' but no schema version"):
        open_database(StoreSettings(), tmp_path, system_clock)


NEXT = """
from alembic import op
import sqlalchemy as sa
revision = "0006"
down_revision = "0005"
def upgrade():
    op.add_column("jobs", sa.Column("note", sa.Text()))
    op.execute("UPDATE stored_values SET value = value || '!'")
    {last}
"""


@pytest.fixture
def next_scripts(tmp_path):
    """The migrations with one more, which does something at its end."""

    def make(last):
        folder = tmp_path / "scripts"
        (folder / "versions").mkdir(parents=True)
        for name in (
            "env.py",
            "versions/r0001_first.py",
            "versions/r0002_rollups.py",
            "versions/r0003_alerts.py",
            "versions/r0004_findings.py",
            "versions/r0005_experiments.py",
        ):
            (folder / name).write_text((PRESENT.folder / name).read_text())
        (folder / "versions" / "r0006_next.py").write_text(NEXT.format(last=last))
        return Scripts(folder, "0006")

    return make


def old_store(folder):
    database = open_database(StoreSettings(), folder, system_clock)
    with database.write() as c:
        values.put(c, "name", "old")
    database.close()


def read_value(file):
    with closing(sqlite3.connect(file)) as connection:
        found: str = connection.execute("SELECT value FROM stored_values").fetchone()[0]
        return found


def test_a_file_is_backed_up_before_it_is_migrated(tmp_path, next_scripts):
    data = tmp_path / "data"
    old_store(data)
    database = open_database(StoreSettings(), data, lambda: NOW, next_scripts("pass"))
    with database.read() as c:
        assert values.get(c, "name") == "old!"
        assert migrate.revision(c) == "0006"
    database.close()
    (backup,) = (data / "backups").iterdir()
    assert backup.name == "groundwatch-20260301T120000.000000Z-schema-0005.db"
    assert read_value(backup) == "old"


def test_a_migration_that_fails_changes_nothing(tmp_path, next_scripts):
    data = tmp_path / "data"
    old_store(data)
    scripts = next_scripts("raise RuntimeError('half way')")
    with pytest.raises(RuntimeError, match="half way"):
        open_database(StoreSettings(), data, system_clock, scripts)
    database = open_database(StoreSettings(), data, system_clock)
    with database.read() as c:
        assert values.get(c, "name") == "old"
        assert is_declared(c)
    database.close()


def test_a_migration_of_postgresql_changes_all_or_nothing(new_database, next_scripts):
    database = new_database("postgresql")
    with database.write() as c:
        values.put(c, "name", "old")
    scripts = next_scripts("raise RuntimeError('half way')")

    def upgrade():
        with database.write() as c:
            migrate.upgrade(c, database.name, lambda _: None, scripts)

    with pytest.raises(RuntimeError, match="half way"):
        upgrade()
    (scripts.folder / "versions" / "r0006_next.py").write_text(NEXT.format(last="pass"))
    with database.read() as c:
        assert (values.get(c, "name"), migrate.revision(c)) == ("old", "0005")
    upgrade()
    with database.read() as c:
        assert (values.get(c, "name"), migrate.revision(c)) == ("old!", "0006")


def test_a_backup_is_whole_while_somebody_writes(tmp_path):
    old_store(tmp_path)
    database = open_database(StoreSettings(), tmp_path, system_clock)
    with database.write() as c:
        values.put(c, "name", "not committed")
        copy = back_up(tmp_path / FILE_NAME, tmp_path / "backups", "now", NOW)
    database.close()
    assert read_value(copy) == "old"


def test_only_the_newest_backups_are_kept(tmp_path):
    old_store(tmp_path)
    folder = tmp_path / "backups"
    made = [
        back_up(tmp_path / FILE_NAME, folder, "x", NOW + timedelta(seconds=number))
        for number in range(KEPT + 2)
    ]
    assert sorted(folder.iterdir()) == made[2:]


def test_a_backup_that_cannot_be_made_leaves_nothing(tmp_path):
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        back_up(tmp_path / "broken.db", tmp_path / "backups", "x", NOW)
    assert list((tmp_path / "backups").iterdir()) == []
