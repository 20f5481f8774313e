import json
import re
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from groundwatch.access.roles import ROLES
from groundwatch.config import Config, default_config_text, json_schema, load
from groundwatch.config.restarts import TAKEN_OVER
from groundwatch.settings import SecretMark
from tests.config.walking import Setting, every_setting

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "configuration.md").read_text()
ROWS = {
    cells[0]: cells
    for cells in re.findall(
        r"^\| `([^`|]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE
    )
}
SETTINGS: dict[str, list[Setting]] = {}
for found in every_setting(Config):
    SETTINGS.setdefault(found.key, []).append(found)


def _yaml(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def _default(info: FieldInfo) -> Any:
    default = info.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "required"
    return json.loads(json.dumps(str(default) if isinstance(default, Path) else default))


def test_every_setting_is_documented_and_nothing_else():
    documented = {key for key in ROWS if key not in ROLES and not re.search(r"[*?]", key)}

    assert sorted(SETTINGS) == sorted(documented)


@pytest.mark.parametrize("key", SETTINGS)
def test_documented_defaults_are_the_defaults(key: str):
    stated = ROWS[key][2].strip()
    defaults = [_default(setting.info) for setting in SETTINGS[key]]

    if stated == "required":
        assert "required" in defaults
    elif stated == "none":
        assert defaults == [None]
    else:
        assert _yaml(stated.strip("`")) in defaults


@pytest.mark.parametrize("key", SETTINGS)
def test_documented_types_are_the_types(key: str):
    stated = ROWS[key][1].strip()
    settings = SETTINGS[key]
    kinds = [setting.kind for setting in settings]

    if any(isinstance(mark, SecretMark) for mark in settings[0].info.metadata):
        assert stated.startswith("secret")
    elif isinstance(kinds[0], type) and issubclass(kinds[0], Enum):
        assert stated == ", ".join(f"`{choice.value}`" for choice in kinds[0])
    elif get_origin(kinds[0]) is Literal:
        choices = [choice for kind in kinds for choice in get_args(kind)]
        assert stated == ", ".join(f"`{choice}`" for choice in choices)
    else:
        words = {str: "text", int: "whole number", float: "number", Path: "path", bool: "switch",
                 AwareDatetime: "moment"}  # fmt: skip
        word = words.get(kinds[0], "list")  # type: ignore[call-overload]
        assert stated == word or stated.startswith((f"{word},", f"{word} of"))


@pytest.mark.parametrize("key", SETTINGS)
def test_documented_ranges_are_the_ranges(key: str):
    bounds = {
        name: getattr(mark, name)
        for mark in SETTINGS[key][0].info.metadata
        for name in ("ge", "gt", "le", "lt")
        if hasattr(mark, name)
    }
    if not {int, float} & {SETTINGS[key][0].kind}:
        return
    if bounds == {"gt": 0}:
        said = "above 0" if SETTINGS[key][0].kind is float else "from 1"
    elif "gt" in bounds:
        said = f"above {bounds['gt']} "
        said += f"to {bounds['le']}" if "le" in bounds else f"and below {bounds['lt']}"
    else:
        said = f"{bounds['ge']} to {bounds['le']}" if "le" in bounds else f"from {bounds['ge']}"

    assert ROWS[key][1].endswith(f", {said}")


def test_what_looks_like_a_secret_is_marked_as_one():
    for settings in SETTINGS.values():
        for setting in settings:
            if re.search(r"(^|_)(api_)?(key|password|token|secret)$", setting.key.split(".")[-1]):
                marks = [mark for mark in setting.info.metadata if isinstance(mark, SecretMark)]
                assert marks, f"{setting.owner.__name__}.{setting.key} must be a Secret"
                assert not setting.info.repr


def _examples() -> list[str]:
    return [
        block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if "users:" in block
    ]


def test_the_example_loads(tmp_path: Path):
    (example,) = _examples()
    (tmp_path / "documents").mkdir()
    (tmp_path / "llm-key").write_text("k")
    path = tmp_path / "groundwatch.yaml"
    example = example.replace("/var/lib/groundwatch", "data").replace("/run/secrets/", "")
    path.write_text(example)

    config = load(path, {"GROUNDWATCH_DATABASE": "postgresql://db/x"})

    assert config.llm is not None
    assert config.llm.api_key == "k"


def test_roles_are_documented():
    assert set(ROLES) == set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", TEXT, re.MULTILINE))


def test_what_is_taken_over_while_running_is_documented():
    *first, last = (f"`{name}`" for name in TAKEN_OVER)

    assert f"takes a new version of {', '.join(first)} and {last} over" in " ".join(TEXT.split())


class TestSchema:
    def test_the_written_schema_is_this_version(self):
        written = json.loads((DOCS / "groundwatch.schema.json").read_text())

        assert json_schema() == written

    def test_every_default_fulfils_it(self):
        self._check({})

    @pytest.mark.parametrize("text", [default_config_text(), *_examples()])
    def test_examples_fulfil_it(self, text: str):
        self._check(_yaml(text))

    def test_short_forms_fulfil_it(self):
        self._check(_yaml("users: {anna: }\ngroups: {hr: }\nembedder: {path: /models}\n"))

    @pytest.mark.parametrize(
        "text",
        [
            "sever: {}",
            "server: {port: x}",
            "server: {port: 70000}",
            "index: {engine: qdrant}",
            "embedder: {kind: openai}",
            "llm: {endpoints: [a], model: m, api_key: sk-literal}",
            "llm: {endpoints: [a], model: m, api_key: {env: A, file: B}}",
            "sources: [{name: a, path: b, kind: s3}]",
            "sources: [{name: a, path: b, permissions: [{path: a, allow: }]}]",
            "users: {anna: {role: boss}}",
        ],
    )
    def test_what_the_loader_refuses_it_refuses(self, text: str):
        from jsonschema import ValidationError  # type: ignore[import-untyped]

        with pytest.raises(ValidationError):
            self._check(_yaml(text))

    def test_what_classes_say_of_settings_is_shown(self):
        schema = json_schema()

        assert schema["$defs"]["UserSettings"]["description"].startswith("A person or service")
        assert "file" in schema["properties"]["data"]["description"]
        assert (
            "config" in schema["$defs"]["FilesystemSettings"]["properties"]["path"]["description"]
        )
        assert "Attributes:" not in json.dumps(schema)

    def _check(self, value: Any) -> None:
        from jsonschema import Draft202012Validator

        Draft202012Validator.check_schema(json_schema())
        Draft202012Validator(json_schema()).validate(value)
