"""`export` and `import`: everything in one file."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import DEFAULT_CONFIG, ConfigPath, load, say


def export(
    file: Annotated[Path, typer.Argument(help="The zip to write.")],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write documents, vectors, permissions, keys and interactions to one file."""
    from groundwatch.app.owner import open_store
    from groundwatch.store.transfer import export_store

    with open_store(load(config)) as (database, events):
        export_store(database, events, file)
    say(f"Everything is in {file}.")


def import_(
    file: Annotated[Path, typer.Argument(help="A file that `export` wrote.", exists=True)],
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Read such a file into an empty store; the index is then built from it."""
    from groundwatch.app.owner import open_store
    from groundwatch.store.transfer import import_store

    with open_store(load(config)) as (database, events):
        import_store(database, events, file)
    say(f"{file} is imported.")
