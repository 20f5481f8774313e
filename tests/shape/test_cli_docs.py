"""The documentation of the command line is that of the commands that exist."""

import re
from pathlib import Path

import typer.main

from groundwatch.cli.main import app

DOCUMENTED = Path(__file__).parents[2] / "docs" / "cli.md"


def described(group, prefix=("groundwatch",)):
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from described(command, (*prefix, name))
        else:
            yield " ".join((*prefix, name)), command


def test_every_command_is_documented_and_every_documented_command_exists():
    existing = {name for name, _ in described(typer.main.get_command(app))}
    rows = re.findall(r"^\| `(groundwatch [a-z -]+[a-z])", DOCUMENTED.read_text(), re.MULTILINE)
    documented = {
        next(name for name in (*existing, row) if row == name or row.startswith(f"{name} "))
        for row in rows
    }
    assert documented == existing


def test_every_command_answers_programs_too():
    group = typer.main.get_command(app)
    silent = {
        name
        for name, command in described(group)
        if not any("--json" in option.opts for option in command.params)
    }
    assert silent == set()
