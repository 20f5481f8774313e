"""`export` and `import`: everything in one file."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import DEFAULT_CONFIG, AsJson, ConfigPath, load, tell


def export(
    file: Annotated[Path, typer.Argument(help="The zip to write.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write documents, vectors, permissions, keys and interactions to one file."""
    from groundwatch.app.owner import open_store
    from groundwatch.store.transfer import export_store

    with open_store(load(config)) as (database, events):
        export_store(database, events, file)
    tell({"file": file}, f"Everything is in {file}.", as_json=as_json)


def import_(
    file: Annotated[Path, typer.Argument(help="A file that `export` wrote.", exists=True)],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Read such a file into an empty store; the index is then built from it."""
    from groundwatch.app.owner import open_store
    from groundwatch.store.transfer import import_store

    with open_store(load(config)) as (database, events):
        import_store(database, events, file)
    tell({"file": file}, f"{file} is imported.", as_json=as_json)
