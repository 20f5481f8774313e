"""The documentation of the command line is that of the commands that exist."""

import re
from pathlib import Path

import typer.main

from groundwatch.cli.main import app

DOCUMENTED = Path(__file__).parents[2] / "docs" / "cli.md"


def commands(group, prefix=()):
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield " ".join(("groundwatch", *prefix, name))


def test_every_command_is_documented_and_every_documented_command_exists():
    existing = set(commands(typer.main.get_command(app)))
    rows = re.findall(r"^\| `(groundwatch [a-z -]+[a-z])", DOCUMENTED.read_text(), re.MULTILINE)
    documented = {
        next(name for name in (*existing, row) if row == name or row.startswith(f"{name} "))
        for row in rows
    }
    assert documented == existing
