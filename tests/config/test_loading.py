import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from groundwatch.config import Config, default_config_text, load
from groundwatch.errors import ConfigInvalid
from groundwatch.index.settings import EmbeddedIndexSettings, QdrantIndexSettings
from groundwatch.models.settings import MiniLMSettings, NoEmbedderSettings


def _write(folder: Path, text: str) -> Path:
    path = folder / "groundwatch.yaml"
    path.write_text(text)
    return path


def _refused() -> list[Any]:
    cases = YAML(typ="safe", pure=True).load(Path(__file__).with_name("refused.yaml"))
    return [pytest.param(case, id=case["about"]) for case in cases]


@pytest.mark.parametrize("case", _refused())
def test_everything_wrong_is_told(case: dict[str, Any], folder: Path):
    path = _write(folder, case["text"])

    with pytest.raises(ConfigInvalid) as refused:
        load(path, case.get("environment", {}))

    told = [
        problem.removeprefix(f"{path}:").replace(str(folder), "~")
        for problem in refused.value.problems
    ]
    assert sorted(case["says"]) == sorted(told)
    assert told == sorted(told, key=lambda line: int(line.partition(":")[0]))
    assert case.get("never", "\0") not in str(refused.value)


def test_defaults(folder: Path):
    config = load(_write(folder, "users: {}\n"), {})

    assert config == Config(data=folder / "data")
    assert isinstance(config.index, EmbeddedIndexSettings)
    assert isinstance(config.embedder, MiniLMSettings)
    assert config.llm is None


def test_by_default_nobody_outside_this_machine_is_called(folder: Path):
    config = load(_write(folder, "users: {}\n"), {})

    named = re.findall(r"[a-z+]+://[^\s\"']+", config.model_dump_json())
    assert [url for url in named if "127.0.0.1" not in url and "localhost" not in url] == []
    assert config.server.host == "127.0.0.1"
    assert config.embedder.kind == "minilm"
    assert config.answers.answerer == "extractive"


def test_parts_without_content_are_not_given(folder: Path):
    text = "server:\nllm:\nsources:\nusers:\n  anna:\ngroups:\n  hr:\n"

    config = load(_write(folder, text), {})

    assert config.server.port == 8350
    assert set(config.users) == {"anna"}
    assert set(config.groups) == {"hr"}


def test_paths_are_relative_to_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch):
    sources = "sources: [{name: a, path: ./docs}, {name: b, path: ~/other}]"
    path = _write(folder / "other", f"data: ../data\n{sources.replace('./docs', '../docs')}\n")
    monkeypatch.chdir(folder / "other")
    (folder / "home" / "other").mkdir(parents=True)

    config = load(Path(path.name), {"HOME": str(folder / "home")})

    assert config.data == folder / "data"
    assert [source.path for source in config.sources] == [
        folder / "docs",
        folder / "home" / "other",
    ]


def test_secrets_come_from_the_environment_and_from_files(folder: Path):
    text = """
        llm: {endpoints: ["http://h/v1"], model: m, api_key: {env: KEY}}
        index: {engine: qdrant, url: "http://q:6333", api_key: {file: secret.txt}}
        store: {url: {env: DATABASE}}
    """

    config = load(_write(folder, text), {"KEY": "k3y", "DATABASE": "postgresql://me:pw@db/x"})

    assert config.llm is not None
    assert config.llm.api_key == "k3y"
    assert isinstance(config.index, QdrantIndexSettings)
    assert config.index.api_key == "s3cret"
    assert config.store.url == "postgresql://me:pw@db/x"
    assert not {"k3y", "s3cret", "pw@db"} & set(repr(config).split("'"))
    assert "k3y" not in repr(config)
    assert "pw@db" not in repr(config)


def test_a_database_without_password_may_stand_in_the_file(folder: Path):
    config = load(_write(folder, "store: {url: postgresql://db/x}\n"), {})

    assert config.store.url == "postgresql://db/x"


def test_kinds_that_are_chosen(folder: Path):
    config = load(_write(folder, "embedder: {kind: none}\n"), {})

    assert isinstance(config.embedder, NoEmbedderSettings)


def test_aliases_within_reason(folder: Path):
    text = """
        sources:
          - {name: a, path: docs, permissions: &rules [{path: "**", allow: [everyone]}]}
          - {name: b, path: other, permissions: *rules}
    """

    config = load(_write(folder, text), {})

    assert config.sources[0].permissions == config.sources[1].permissions


def test_line_ends_and_byte_order_mark(folder: Path):
    path = folder / "groundwatch.yaml"
    path.write_bytes(b"\xef\xbb\xbfserver:\r\n  port: 1\r\n  prot: 2\r\n")

    with pytest.raises(ConfigInvalid, match=r"groundwatch.yaml:3: server.prot"):
        load(path, {})


def test_a_missing_file_says_how_to_write_one(tmp_path: Path):
    with pytest.raises(ConfigInvalid, match=r"no such file; `groundwatch source add"):
        load(tmp_path / "groundwatch.yaml", {})


def test_a_file_that_is_no_text(tmp_path: Path):
    path = tmp_path / "groundwatch.yaml"
    path.write_bytes(b"users: {}\n\xff")

    with pytest.raises(ConfigInvalid, match="not UTF-8 text"):
        load(path, {})
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load(tmp_path, {})


def test_a_file_beyond_all_size(folder: Path):
    with pytest.raises(ConfigInvalid, match="more than 1,000,000 characters"):
        load(_write(folder, "# " + "x" * 1_000_000), {})


def test_nesting_beyond_reason(folder: Path):
    with pytest.raises(ConfigInvalid, match="levels"):
        load(_write(folder, "users: " + "[" * 3_000), {})


def test_a_folder_in_force_may_be_away_meanwhile(folder: Path):
    path = _write(folder, "sources: [{name: docs, path: docs}]\n")
    before = load(path, {})
    (folder / "docs").rename(folder / "away")
    _write(folder, "sources: [{name: docs, path: docs}]\nusers: {anna: }\n")

    with pytest.raises(ConfigInvalid, match="not there"):
        load(path, {})
    assert set(load(path, {}, before).users) == {"anna"}
    assert set(load(path, {}, folders_may_be_away=True).users) == {"anna"}


def test_folders_without_access(folder: Path, monkeypatch: pytest.MonkeyPatch):
    path = _write(folder, "data: other/data\nsources: [{name: docs, path: docs}]\n")
    closed = {folder / "docs", folder / "other"}
    monkeypatch.setattr(os, "access", lambda target, mode: target not in closed)

    with pytest.raises(ConfigInvalid) as refused:
        load(path, {})

    assert refused.value.problems == [
        f"{path}:1: data is {folder}/other/data, but {folder}/other may not be written to by this "
        "user",
        f"{path}:2: sources[0].path is {folder}/docs, which may not be read; give this user access",
    ]


def test_the_default_file_loads(folder: Path):
    config = load(_write(folder, default_config_text()), {})

    assert config == Config.model_validate(
        {
            "data": folder / "data",
            "users": {"admin": {"name": "Administrator", "role": "admin"}},
        }
    )


def test_what_the_default_file_shows_in_comments_loads(folder: Path):
    (folder / "documents").mkdir()
    text = default_config_text().replace("sources: []", "sources:").replace("groups: {}", "groups:")
    text = text.replace("../documents", "documents").replace("\n#  ", "\n  ")

    config = load(_write(folder, text), {})

    assert [source.name for source in config.sources] == ["handbook"]
    assert config.groups["staff"].includes == ("hr",)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.text(alphabet="users: {}[]&*!|>-#\"'\n\t,?%@`ab1~<.\0\x85", max_size=60))
def test_any_text_loads_or_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "groundwatch.yaml"
    path.write_text(text)

    problems: list[str] = []
    try:
        load(path, {})
    except ConfigInvalid as refused:
        problems = refused.problems

    assert all(problem.startswith(f"{path}:") for problem in problems)
