"""What every command shares: the configuration option, output for people or as JSON, errors."""

import json
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from groundwatch.errors import ConfigInvalid, GroundwatchError

if TYPE_CHECKING:
    from groundwatch.config import Config

ConfigPath = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="GROUNDWATCH_CONFIG", help="The configuration file."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]
DEFAULT_CONFIG = Path("groundwatch.yaml")

Json = None | bool | int | float | str | Sequence["Json"] | dict[str, "Json"]
_UNBROKEN = 10_000
"""Columns of what is written to a file or read by a program."""


def load(path: Path, *, folders_may_be_away: bool = False) -> "Config":
    """Load the configuration; a process that starts again finds its folders later, if need be."""
    import structlog

    from groundwatch.config import load as load_config
    from groundwatch.config import system_environment

    if not structlog.is_configured():  # standard output is for what was asked for
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    return load_config(path, system_environment(), folders_may_be_away=folders_may_be_away)


def say(text: str = "") -> None:
    """Print a line for people, with rich's markup: what others wrote goes through `plain`."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(text)


def plain(text: str) -> str:
    """What others wrote, as a line may hold it: no markup, and nothing that steers a terminal."""
    from rich.markup import escape

    return escape(_printable(text))


def _printable(text: str) -> str:
    return "".join(
        each if each in "\n\t" or unicodedata.category(each) != "Cc" else "\ufffd" for each in text
    )


def shown(value: object, within: str = ", ") -> str:
    """A value as a cell shows it: moments to the minute, lists and parts in a row."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return within.join(shown(each, "/") for each in value) or "none"
    return str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under headings; ids stay whole, and rows too where no terminal is that narrow."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        drawn.add_row(*(Text(_printable(shown(cell))) for cell in row))
    width = None if sys.stdout.isatty() else _UNBROKEN
    Console(highlight=False, width=width).print(drawn)


def print_json(value: object) -> None:
    """Print a value of dataclasses, mappings and plain values as one JSON document."""
    json.dump(value, sys.stdout, default=_plain, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    sys.stdout.flush()


def tell(value: object, *lines: str, as_json: bool) -> None:
    """Print what was done: lines for people, or a value as JSON."""
    if as_json:
        print_json(value)
        return
    for line in lines:
        say(plain(line))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)


def leave(error: GroundwatchError) -> NoReturn:
    """Say what is wrong on standard error and exit: 2 for the configuration, else 1."""
    lines = error.problems if isinstance(error, ConfigInvalid) else [str(error)]
    for line in lines:
        sys.stderr.write(f"groundwatch: {line}\n")
    raise SystemExit(2 if isinstance(error, ConfigInvalid) else 1)
