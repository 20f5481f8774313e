"""Folders that are missing, unusable or in each other's way."""

import os
from collections.abc import Iterator
from pathlib import Path

from groundwatch.config.draft import Draft
from groundwatch.config.problems import Location, Problem
from groundwatch.models.settings import MiniLMSettings


def unreadable_sources(draft: Draft) -> Iterator[Problem]:
    """Source folders that are not there or cannot be listed."""
    known = {source.path for source in draft.previous.sources} if draft.previous else set()
    for position, source in enumerate(draft.config.sources):
        at = draft.source(position, "path")
        path = source.path
        if path.is_dir():
            if not os.access(path, os.R_OK | os.X_OK):
                yield Problem(at, f"is {path}, which may not be read; give this user access")
        elif path.exists():
            yield Problem(at, f"is {path}, a file; name the folder it is in")
        elif path not in known and not draft.folders_may_be_away:
            yield Problem(at, f"is {path}, which is not there; create it or correct the path")


def unwritable_data(draft: Draft) -> Iterator[Problem]:
    """A data folder that is not a folder, or that nothing can be written to."""
    data = draft.config.data
    nearest = data
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        yield Problem(("data",), f"is {data}, but {nearest} is a file; name another folder")
    elif not os.access(nearest, os.W_OK | os.X_OK):
        yield Problem(("data",), f"is {data}, but {nearest} may not be written to by this user")


def repeated_names(draft: Draft) -> Iterator[Problem]:
    """Sources of the same name."""
    first: dict[str, int] = {}
    for position, source in enumerate(draft.config.sources):
        earlier = first.setdefault(source.name, draft.sources_at[position])
        if earlier != draft.sources_at[position]:
            message = f'is "{source.name}", as is sources[{earlier}].name; rename one'
            yield Problem(draft.source(position, "name"), message)


def overlaps(draft: Draft) -> Iterator[Problem]:
    """Folders inside each other: a file would be indexed twice, under different rules."""
    data = draft.config.data.resolve()
    earlier: list[tuple[str, Path]] = []
    for position, source in enumerate(draft.config.sources):
        at = draft.source(position, "path")
        path = source.path.resolve()
        if _overlap(path, data):
            message = "keep documents and data apart, or our own files would be indexed"
            yield Problem(at, f"is {path} and overlaps the data folder {data}; {message}")
        for name, other in earlier:
            if _overlap(path, other):
                message = f"a file in both would be under two sets of rules; add rules to `{name}`"
                yield Problem(at, f"is {path} and overlaps source `{name}` ({other}); {message}")
        earlier.append((source.name, path))


def exposed_secrets(draft: Draft) -> Iterator[Problem]:
    """Files of secrets that a source would index."""
    folders = {source.name: source.path.resolve() for source in draft.config.sources}
    for at, file in _secret_files(draft.raw, ()):
        path = (draft.folder / file).resolve()
        for name, folder in folders.items():
            if path.is_relative_to(folder):
                yield Problem(at, f"is {path} inside source `{name}`; move it out of there")


def unusable_model(draft: Draft) -> Iterator[Problem]:
    """A model folder that lacks the model."""
    embedder = draft.config.embedder
    if isinstance(embedder, MiniLMSettings) and embedder.path:
        folder = Path(embedder.path)
        for name in ("model.safetensors", "tokenizer.json", "config.json"):
            if not (folder / name).is_file():
                message = f"is {folder}, which has no {name}; leave it out for the installed model"
                yield Problem(("embedder", "path"), message)


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _secret_files(value: object, at: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _secret_files(item, (*at, position))
    elif isinstance(value, dict):
        if len(value) == 1 and isinstance(file := value.get("file"), str):
            yield at, file
        for key, item in value.items():
            yield from _secret_files(item, (*at, key))
