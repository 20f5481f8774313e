"""Editing the file in place: only the lines that change are touched."""

from collections.abc import Mapping
from pathlib import Path

from groundwatch.config.document import read_document
from groundwatch.config.example import default_config_text
from groundwatch.config.loading import parse, read
from groundwatch.config.model import Config, SourceSettings
from groundwatch.config.source_lines import with_source, without_source
from groundwatch.errors import Conflict, InvalidInput, NotFound
from groundwatch.store.files import replace_text


def add_source(path: Path, settings: SourceSettings, environment: Mapping[str, str]) -> Config:
    """Add a source to the file, keeping everything else as it is written; return the new whole.

    Where there is no file yet, one with the default text is written.

    Args:
        path: the configuration file.
        settings: written as they are; a relative folder is relative to the file.
        environment: as for `load`.

    Raises:
        ConfigInvalid: the file does not load, or would not with the new source; it is unchanged.
        Conflict: somebody else changed the file at the same moment.
        InvalidInput: the file is laid out in a way that cannot be added to.
    """
    text = _read(path) or default_config_text()
    parse(text, path, environment)
    item = settings.model_dump(mode="json", exclude_defaults=True)
    edited = with_source(text, item)
    wanted = [*_sources(text), item]
    return _replace(path, text, edited, wanted, environment)


def remove_source(path: Path, name: str, environment: Mapping[str, str]) -> Config:
    """Remove a source from the file; return the new whole. Errors as for `add_source`.

    Raises:
        NotFound: there is no source of that name.
    """
    text = read(path)
    config = parse(text, path, environment)
    names = [source.name for source in config.sources]
    if name not in names:
        raise NotFound(f'{path} has no source "{name}"; it has: {", ".join(names) or "none"}')
    position = names.index(name)
    wanted = _sources(text)
    del wanted[position]
    return _replace(path, text, without_source(text, position), wanted, environment)


def _read(path: Path) -> str | None:
    return read(path) if path.exists() else None


def _sources(text: str) -> list[object]:
    sources = read_document(text).value.get("sources")
    return sources if isinstance(sources, list) else []


def _replace(
    path: Path, before: str, after: str, wanted: list[object], environment: Mapping[str, str]
) -> Config:
    old, new = read_document(before), read_document(after)
    rest = {key: part for key, part in new.value.items() if key != "sources"}
    if (new.value.get("sources") or []) != wanted or any(
        old.value.get(key) != part for key, part in rest.items()
    ):
        raise InvalidInput(f"the sources of {path} cannot be edited here; edit the file by hand")
    config = parse(after, path, environment)
    if _read(path) not in {before, None}:
        raise Conflict(f"{path} was changed by somebody else meanwhile; try again")
    try:
        replace_text(path, after)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}; see its folder") from error
    return config
