"""`index`: the search index, which can always be rebuilt from the store."""

from typing import Annotated

import typer

from groundwatch.cli.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    load,
    plain,
    print_json,
    say,
    shown,
)

TIMEOUT_SECONDS = 3600.0
commands = typer.Typer(help="The search index.", no_args_is_help=True)


@commands.command()
def status(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show generation, points, and how far it follows the store."""
    from groundwatch.app.local import open_index

    with open_index(load(config), config.resolve()) as index:
        found = index.status()
    _show(found, as_json=as_json)


@commands.command()
def rebuild(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Build a new generation from the store and swap it in; nothing is embedded again."""
    from groundwatch.app.local import open_index

    with open_index(load(config), config.resolve()) as index:
        index.rebuild(timeout=TIMEOUT_SECONDS)
        found = index.status()
    _show(found, as_json=as_json)


@commands.command()
def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Compare ledger, store and index both ways; exit 1 when they differ."""
    from groundwatch.app.verifying import verify as verify_all

    found = verify_all(load(config), config.resolve(), repair=repair)
    _show(found, as_json=as_json)
    if not found.agrees:
        raise typer.Exit(1)


@commands.command()
def purge(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Rebuild without what was deleted, and remove the old files, so that no trace stays."""
    from groundwatch.app.local import open_index

    with open_index(load(config), config.resolve()) as index:
        index.purge([], timeout=TIMEOUT_SECONDS)
        found = index.status()
    _show(found, as_json=as_json)


def _show(found: object, *, as_json: bool) -> None:
    from dataclasses import asdict, is_dataclass

    assert is_dataclass(found)
    assert not isinstance(found, type)
    if as_json:
        print_json(found)
        return
    for name, value in asdict(found).items():
        say(f"{name.replace('_', ' '):14} {plain(shown(value) or '-')}")
