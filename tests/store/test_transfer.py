"""Export and import: nothing is lost between two stores of any kind."""

import base64
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import DIALECTS
from tests.store.events.opened import opened
from tests.store.filled import HR, TEXT, fill
from tests.store.samples import NOW, meta, put

from groundwatch.domain.documents import document_id
from groundwatch.errors import Conflict, InvalidInput
from groundwatch.store import changes, documents, keys, permissions, transfer, vectors
from groundwatch.store.events import CellQuery
from groundwatch.store.schema import metadata


def export_store(database, file):
    with opened(database, NOW) as events:
        return transfer.export_store(database, events, file)


def import_store(database, file):
    with opened(database, NOW) as events:
        return transfer.import_store(database, events, file)


def rows(database):
    """Every row of every exported table, as the program sees it."""
    with database.read() as c:
        return {
            name: sorted(map(repr, c.execute(table.select())))
            for name, table in metadata.tables.items()
            if name not in ("leases", "spare_vectors")
        }


@pytest.mark.parametrize("source", DIALECTS)
@pytest.mark.parametrize("target", DIALECTS)
def test_a_store_comes_back_whole(new_database, tmp_path, source, target):
    old, new = new_database(source), new_database(target)
    fill(old)
    exported = export_store(old, tmp_path / "all.zip")
    assert import_store(new, tmp_path / "all.zip") == exported
    assert rows(new) == rows(old)
    assert {name for name, number in exported.items() if not number} == {"interactions", "feedback"}
    with new.write() as c:
        content = documents.content(c, meta("hr/0.md").id)
        assert content
        assert (content.text, content.access) == (TEXT, HR)
        assert permissions.effective(c, [meta("hr/0.md").id])
        assert keys.find_key(c, "hash1", NOW)
    with opened(old, NOW) as one, opened(new, NOW) as two:
        assert two.get("i1") == one.get("i1") is not None


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ids_go_on_after_those_of_the_old_store(new_database, tmp_path, dialect):
    old, new = new_database(dialect), new_database(dialect)
    fill(old)
    with old.write() as c:
        gone = put(c, meta("gone"), TEXT)
        documents.delete(c, meta("gone").id, 2)
    export_store(old, tmp_path / "all.zip")
    import_store(new, tmp_path / "all.zip")
    with old.write() as one, new.write() as two:
        assert put(two, meta("new"), TEXT) == put(one, meta("new"), TEXT)
        assert changes.latest(two) == changes.latest(one)
        assert min(put(two, meta("newer"), TEXT)) > max(gone)


def test_an_empty_store_can_be_exported_too(database, new_database, tmp_path):
    export_store(database, tmp_path / "all.zip")
    new = new_database(database.dialect)
    assert not any(import_store(new, tmp_path / "all.zip").values())
    with new.write() as c:
        assert put(c, meta(), TEXT)[0] == 1


def test_a_file_that_exists_is_not_overwritten(database, tmp_path):
    (tmp_path / "all.zip").write_text("mine")
    with pytest.raises(Conflict, match=r"all\.zip exists already"):
        export_store(database, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(database, tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written: No such file"):
        export_store(database, tmp_path / "none" / "all.zip")


def test_a_store_that_is_not_empty_is_refused(database, tmp_path):
    fill(database)
    export_store(database, tmp_path / "all.zip")
    before = rows(database)
    with pytest.raises(Conflict, match="is not empty"):
        import_store(database, tmp_path / "all.zip")
    assert rows(database) == before


def rewritten(path, change):
    """A copy of an export whose members went through `change(name, data)`; None drops one."""
    copy = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return copy


def newer_format(name, data):
    return json.dumps(json.loads(data) | {"format": 3}) if name == "manifest.json" else data


def newer_schema(name, data):
    return json.dumps(json.loads(data) | {"schema": "9999"}) if name == "manifest.json" else data


def unknown_table(name, data):
    return data.replace(b'"vectors"', b'"wonders"') if name == "manifest.json" else data


def no_manifest(name, data):
    return None if name == "manifest.json" else data


def lost_row(name, data):
    return data.split(b"\n", 1)[1] if name == "tables/chunks.jsonl" else data


def broken_row(name, data):
    return data[:-9] if name == "tables/chunks.jsonl" else data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (newer_format, "newer Groundwatch"),
        (newer_schema, "newer Groundwatch"),
        (unknown_table, "does not know"),
        (no_manifest, "not an export"),
        (lost_row, "damaged"),
        (broken_row, "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(new_database, tmp_path, change, message):
    old, new = new_database("sqlite"), new_database("sqlite")
    fill(old)
    export_store(old, tmp_path / "all.zip")
    with pytest.raises(InvalidInput, match=message):
        import_store(new, rewritten(tmp_path / "all.zip", change))
    assert not any(rows(new).values())


@pytest.mark.parametrize("keep", [0, 100, 3000])
def test_a_file_that_was_cut_is_refused(new_database, tmp_path, keep):
    old, new = new_database("sqlite"), new_database("sqlite")
    fill(old)
    export_store(old, tmp_path / "all.zip")
    cut = tmp_path / "cut.zip"
    cut.write_bytes((tmp_path / "all.zip").read_bytes()[:keep])
    with pytest.raises(InvalidInput, match="damaged"):
        import_store(new, cut)


def test_vectors_are_found_again(new_database, tmp_path):
    old, new = new_database("sqlite"), new_database("sqlite")
    fill(old)
    export_store(old, tmp_path / "all.zip")
    import_store(new, tmp_path / "all.zip")
    ids = [document_id("files", "hr/0.md")]
    with old.read() as one, new.read() as two:
        assert changes.indexed(two, ids, "minilm") == changes.indexed(one, ids, "minilm")
        assert vectors.missing(two, "minilm", 10) == []


def of_format_1(path):
    """An export as the first release wrote it, of what its dump holds."""
    script = (Path(__file__).parent / "released" / "0001.sqlite.sql").read_text()
    with closing(sqlite3.connect(":memory:")) as c, zipfile.ZipFile(path, "w") as file:
        c.executescript(script)
        tables = {}
        names = [row[0] for row in c.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in sorted(metadata.tables.keys() & set(names) - {"leases", "spare_vectors"}):
            found = c.execute(f"SELECT * FROM {name}")  # noqa: S608
            columns = [each[0] for each in found.description]
            lines = [json.dumps([stored(value) for value in row]) for row in found]
            file.writestr(f"tables/{name}.jsonl", "".join(f"{line}\n" for line in lines))
            tables[name] = {"columns": columns, "rows": len(lines)}
        manifest = {"format": 1, "schema": "0001", "tables": tables, "counters": {}}
        file.writestr("manifest.json", json.dumps(manifest))
    return {name: said["rows"] for name, said in tables.items()}


def stored(value):
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_export_of_the_first_release_is_read(new_database, tmp_path, dialect):
    new = new_database(dialect)
    written = of_format_1(tmp_path / "old.zip")
    assert written["interactions"] == written["feedback"] == 1
    with opened(new, NOW) as events:
        assert transfer.import_store(new, events, tmp_path / "old.zip") == written
        recorded = events.get("i1")
        assert recorded
        assert (recorded.interaction.response, recorded.feedback[0].comment) == ("Ich.", "gut")
        at = recorded.interaction.started_at
        (cell,) = events.cells(CellQuery("requests", at, at + timedelta(minutes=1)))
        assert cell.count == 1
    with new.write() as c:
        content = documents.content(c, meta("hr/0.md").id)
        assert content
        assert (content.text, content.access) == (TEXT, HR)
    assert not rows(new)["interactions"]
    assert not rows(new)["feedback"]
    export_store(new, tmp_path / "all.zip")
    third = new_database("sqlite")
    import_store(third, tmp_path / "all.zip")
    with opened(third, NOW) as events:
        assert events.get("i1") == recorded
