"""Loading the configuration: everything that is wrong is told at once."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from groundwatch.config.checks import contradictions
from groundwatch.config.document import Document, read_document
from groundwatch.config.draft import Draft
from groundwatch.config.model import Config
from groundwatch.config.problems import Location, Problem, dotted
from groundwatch.config.secrets import Secrets
from groundwatch.config.validation import completed, problems_of, validate
from groundwatch.errors import ConfigInvalid
from groundwatch.models.settings import MiniLMSettings


def load(
    path: Path,
    environment: Mapping[str, str],
    previous: Config | None = None,
    *,
    folders_may_be_away: bool = False,
) -> Config:
    """Read, validate and check a configuration file.

    Args:
        path: the file; paths inside it are relative to its folder.
        environment: where `{env: NAME}` and `~` are looked up.
        previous: the configuration in force, if any. A folder that it names already may be
            missing now: an unplugged disk must not stop a change of permissions.
        folders_may_be_away: whether any source's folder may be missing; for processes that are
            started again, or do not read documents.

    Raises:
        ConfigInvalid: with every problem found, each `file:line: setting: what`.
    """
    return parse(read(path), path, environment, previous, folders_may_be_away=folders_may_be_away)


def read(path: Path) -> str:
    """Return the file's text, or raise ConfigInvalid with what to do about it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except FileNotFoundError:
        raise ConfigInvalid(
            [
                f"{path}: there is no such file; `groundwatch source add FOLDER --config {path}` "
                "writes one, or name another with --config"
            ]
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigInvalid([f"{path}: is not UTF-8 text (byte {error.start})"]) from None
    except OSError as error:
        raise ConfigInvalid([f"{path}: cannot be read: {error.strerror}"]) from error


def parse(
    text: str,
    path: Path,
    environment: Mapping[str, str],
    previous: Config | None = None,
    *,
    folders_may_be_away: bool = False,
) -> Config:
    """Make a configuration of text as if it stood in the file at `path`; see `load`."""
    document = read_document(text)
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100  resolve() would follow links
    problems = list(document.problems)
    if document.value:
        value = completed(document.value)
        draft, invalid = _draft(value, Secrets(environment, folder))
        problems += invalid
        if draft is not None:
            config = _with_absolute_paths(draft.config, folder, environment)
            draft = replace(
                draft,
                config=config,
                raw=document.value,
                previous=previous,
                folders_may_be_away=folders_may_be_away,
            )
            problems += contradictions(draft)
            if not problems:
                return config
    raise ConfigInvalid(_told(problems, document, path))


def _draft(value: dict[str, object], secrets: Secrets) -> tuple[Draft | None, list[Problem]]:
    """Validate, and where that fails, validate again without what failed.

    What is left can still be checked for contradictions, so that all problems come at once.
    """
    everything = value
    kept = tuple(range(len(sources))) if isinstance(sources := value.get("sources"), list) else ()
    problems: list[Problem] = []
    for left_out in (_setting, _unit, _part):
        try:
            return Draft(validate(value, secrets), everything, kept, secrets.folder), problems
        except ValidationError as error:
            found = problems_of(error)
        problems = problems or found
        value, kept = _without(value, {left_out(problem.at) for problem in found}, kept)
    return None, problems


def _setting(at: Location) -> Location:
    """Leave out the setting with the problem; whole lists, but for the sources."""
    start = 2 if at[:1] == ("sources",) else 0
    ends = [end for end in range(start, len(at)) if isinstance(at[end], int)]
    return at[: ends[0]] if ends else at


def _unit(at: Location) -> Location:
    """Leave out the part with the problem, or the one source, user or group."""
    return at[:2] if at[:1] in {("sources",), ("users",), ("groups",)} else at[:1]


def _part(at: Location) -> Location:
    return at[:1]


def _without(
    value: dict[str, object], dropped: set[Location], kept: tuple[int, ...]
) -> tuple[dict[str, object], tuple[int, ...]]:
    """Leave places out; also returns what is left of the sources' positions in the file."""
    rest = {
        key: _pruned(part, (key,), dropped) for key, part in value.items() if (key,) not in dropped
    }
    gone = {at[1] for at in dropped if len(at) == 2 and at[0] == "sources"}
    return rest, tuple(at for position, at in enumerate(kept) if position not in gone)


def _pruned(value: object, at: Location, dropped: set[Location]) -> object:
    if isinstance(value, dict):
        return {
            key: _pruned(part, (*at, key), dropped)
            for key, part in value.items()
            if (*at, key) not in dropped
        }
    if isinstance(value, list):
        return [
            _pruned(part, (*at, position), dropped)
            for position, part in enumerate(value)
            if (*at, position) not in dropped
        ]
    return value


def _with_absolute_paths(config: Config, folder: Path, environment: Mapping[str, str]) -> Config:
    def absolute(path: Path) -> Path:
        home = environment.get("HOME")
        if home and path.parts[:1] == ("~",):
            path = Path(home, *path.parts[1:])
        return Path(os.path.abspath(folder / path))  # noqa: PTH100  resolve() would follow links

    embedder = config.embedder
    if isinstance(embedder, MiniLMSettings) and embedder.path:
        path = str(absolute(Path(embedder.path)))
        embedder = embedder.model_copy(update={"path": path})
    sources = tuple(
        source.model_copy(update={"path": absolute(source.path)}) for source in config.sources
    )
    alerting = config.alerting
    if alerting.policy:
        alerting = alerting.model_copy(update={"policy": absolute(alerting.policy)})
    reports = config.reports
    files = {"templates": reports.templates, "font": reports.font, "font_bold": reports.font_bold}
    reports = reports.model_copy(
        update={name: absolute(path) for name, path in files.items() if path}
    )
    experiments = {
        name: experiment.with_files(absolute) for name, experiment in config.experiments.items()
    }
    return config.model_copy(
        update={
            "data": absolute(config.data),
            "experiments": experiments,
            "embedder": embedder,
            "sources": sources,
            "alerting": alerting,
            "reports": reports,
        }
    )


def _told(problems: list[Problem], document: Document, path: Path) -> list[str]:
    lines = {
        problem: document.line(problem.at) if problem.line is None else problem.line
        for problem in problems
    }
    ordered = sorted(lines, key=lambda problem: lines[problem])
    return [
        f"{path}:{lines[problem]}: " + " ".join(filter(None, (dotted(problem.at), problem.message)))
        for problem in ordered
    ]
