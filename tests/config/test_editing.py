from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from groundwatch.config import SourceSettings, add_source, load, remove_source
from groundwatch.errors import ConfigInvalid, Conflict, InvalidInput, NotFound
from groundwatch.sources.filesystem import PathRule

NEW = SourceSettings(
    name="new", path=Path("new"), permissions=(PathRule(path="**", allow=("everyone",)),)
)


@pytest.fixture
def path(folder: Path) -> Path:
    (folder / "new").mkdir()
    path = folder / "groundwatch.yaml"
    path.write_text("sources:\n  - {name: docs, path: docs}\n")
    return path


def _cases() -> list[Any]:
    cases = YAML(typ="safe", pure=True).load(Path(__file__).with_name("editing.yaml"))
    return [pytest.param(case, id=case["about"]) for case in cases]


@pytest.mark.parametrize("case", _cases())
def test_only_the_lines_that_change_are_touched(case: dict[str, str], path: Path):
    path.write_bytes(case["before"].encode())

    added = add_source(path, NEW, {})

    assert case["added"].encode() == path.read_bytes()
    assert added == load(path, {})
    assert added.sources[-1] == NEW.model_copy(update={"path": path.parent / "new"})

    removed = remove_source(path, "new", {})

    assert case.get("removed", case["before"]).encode() == path.read_bytes()
    assert removed == load(path, {})
    assert "new" not in {source.name for source in removed.sources}


def test_removing_from_the_middle_keeps_the_others(path: Path):
    before = "sources:\n  - {name: docs, path: docs}\n  # two\n  - name: other\n    path: other\n"
    path.write_text(before)
    add_source(path, NEW, {})

    remove_source(path, "docs", {})
    remove_source(path, "new", {})

    assert path.read_text() == "sources:\n  # two\n  - name: other\n    path: other\n"


@pytest.mark.parametrize("name", ["docs", "other", "new"])
def test_removing_from_one_line(path: Path, name: str):
    path.write_text("sources: [{name: docs, path: docs}, {name: other, path: other}]\n")
    add_source(path, NEW, {})

    config = remove_source(path, name, {})

    assert [source.name for source in config.sources] == [
        kept for kept in ("docs", "other", "new") if kept != name
    ]


def test_all_settings_are_written(path: Path):
    rule = PathRule(path="[a: #", allow=(), deny=("everyone",), tags=("yes", "1", "a, b"))
    settings = SourceSettings(name="new", path=Path("new"), include=("*.md",), permissions=(rule,))

    config = add_source(path, settings, {})

    assert config.sources[-1] == settings.model_copy(update={"path": path.parent / "new"})


def test_a_source_that_does_not_fit_is_refused(path: Path):
    before = path.read_bytes()

    with pytest.raises(ConfigInvalid, match=r"sources\[1\].name is \"docs\", as is"):
        add_source(path, NEW.model_copy(update={"name": "docs"}), {})

    assert path.read_bytes() == before


def test_a_file_that_does_not_load_is_not_edited(path: Path):
    path.write_text("sever: {}\n")

    with pytest.raises(ConfigInvalid, match="sever"):
        add_source(path, NEW, {})

    assert path.read_text() == "sever: {}\n"


def test_a_layout_that_cannot_be_edited_is_left_alone(path: Path):
    before = "{sources: [{name: docs, path: docs}], users: {a: &u {}, b: *u}}\n"
    path.write_text(before.replace("sources: [{name: docs, path: docs}], ", ""))
    before = path.read_text()

    with pytest.raises(InvalidInput):
        add_source(path, NEW, {})

    assert path.read_text() == before


def test_removing_what_is_not_there(path: Path):
    with pytest.raises(NotFound, match='no source "nope"; it has: docs'):
        remove_source(path, "nope", {})


def test_a_missing_file_is_begun(path: Path):
    path.unlink()

    config = add_source(path, NEW, {})

    assert [source.name for source in config.sources] == ["new"]
    assert set(config.users) == {"admin"}
    assert path.read_text().startswith("# Groundwatch.")
    assert config == load(path, {})


def test_removing_from_a_missing_file(path: Path):
    path.unlink()

    with pytest.raises(ConfigInvalid, match="no such file"):
        remove_source(path, "docs", {})


def test_a_change_in_between_is_not_lost(path: Path, monkeypatch: pytest.MonkeyPatch):
    from groundwatch.config import editing

    def parse_while_somebody_saves(text, at, environment):
        path.write_text("users: {}\n")
        return load(path, environment)

    monkeypatch.setattr(editing, "parse", parse_while_somebody_saves)

    with pytest.raises(Conflict):
        add_source(path, NEW, {})

    assert path.read_text() == "users: {}\n"


def test_mode_and_links_stay(path: Path):
    path.chmod(0o640)
    link = path.with_name("link.yaml")
    link.symlink_to(path)

    add_source(link, NEW, {})

    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in path.parent.glob(".*")] == []
