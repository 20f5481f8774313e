"""The configuration as a JSON schema, for editors."""

import re
from typing import Any

from groundwatch.config.model import Config
from groundwatch.config.places import is_part, options
from groundwatch.settings import SettingsPart

Schema = dict[str, Any]

_ENTRY = re.compile(r"^ {4}(\w[\w, ]*): (.*)$")


def json_schema() -> Schema:
    """Return the schema (JSON Schema 2020-12) that a configuration file fulfils.

    Types and ranges are the loader's; that names exist and folders are there, only the loader can
    tell.
    """
    schema = Config.model_json_schema()
    parts = _parts(Config, {})
    described = {name: parts[name] for name in schema["$defs"] if name in parts}
    for name, part in described.items():
        _describe(schema["$defs"][name], part)
    _describe(schema, Config)
    for name in ("users", "groups"):
        entries = schema["properties"][name]
        entries["additionalProperties"] = {
            "anyOf": [entries["additionalProperties"], {"type": "null"}]
        }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "groundwatch.yaml"}
    return {**head, **{key: said for key, said in schema.items() if key != "title"}}


def descriptions(part: type[SettingsPart]) -> dict[str, str]:
    """Return what the class docstring says of each setting under `Attributes:`."""
    lines = (part.__doc__ or "").partition("Attributes:")[2].splitlines()
    found: dict[str, str] = {}
    names: list[str] = []
    for line in lines:
        entry = _ENTRY.match(line.removeprefix("    "))
        if entry:
            names = [name.strip() for name in entry[1].split(",")]
            found.update(dict.fromkeys(names, entry[2]))
        elif line.strip():
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return found


def _parts(
    part: type[SettingsPart], found: dict[str, type[SettingsPart]]
) -> dict[str, type[SettingsPart]]:
    """Collect every settings class that a class is made of, by name."""
    found[part.__name__] = part
    pending: list[object] = [info.annotation for info in part.model_fields.values()]
    for annotation in pending:
        for option in options(annotation):
            if not is_part(option):
                pending.extend(getattr(option, "__args__", ()))
            elif option.__name__ not in found:
                _parts(option, found)
    return found


def _describe(schema: Schema, part: type[SettingsPart]) -> None:
    """Put the docstring's sentences where editors show them, and leave out generated titles."""
    schema["description"] = (part.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " ")
    schema.pop("title", None)
    said = descriptions(part)
    for name, setting in schema["properties"].items():
        setting.pop("title", None)
        _without_null(setting)
        if name in said:
            setting["description"] = said[name]


def _without_null(setting: Schema) -> None:
    """A setting without a value is left out of the file, not written as null."""
    kinds = [kind for kind in setting.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del setting["anyOf"]
        setting.update(kinds[0])
        setting.pop("default", None)
