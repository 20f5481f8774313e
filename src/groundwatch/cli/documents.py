"""`document`: what is indexed, and documents put in by hand."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    load,
    print_json,
    say,
    table,
    tell,
)

commands = typer.Typer(help="Documents.", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", help="The user who acts; must be in the configuration.")]
DocumentId = Annotated[str, typer.Argument(help="The document's id, from `document list`.")]


@commands.command(name="list")
def list_(
    user: As,
    source: Annotated[str, typer.Option(help="Only this source.")] = "",
    prefix: Annotated[str, typer.Option(help="Only below this folder.")] = "",
    limit: Annotated[int, typer.Option(min=1)] = 100,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List documents that user may read."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        found = local.documents(user, source, prefix, limit)
    if as_json:
        print_json(found)
        return
    table(
        ("id", "source", "path", "title", "version", "modified"),
        [
            (
                meta.id,
                meta.source,
                meta.path,
                meta.title,
                meta.version,
                meta.modified_at,
            )
            for meta in found
        ],
    )


@commands.command()
def show(
    document_id: DocumentId, user: As, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Print a document's parsed text."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        content = local.content(user, document_id)
    if as_json:
        print_json(content)
    else:
        typer.echo(content.text)


@commands.command()
def access(
    document_id: DocumentId,
    user: Annotated[str, typer.Argument(help="Whose access is in question.")],
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say whether a user may read a document, by which rule and through which groups."""
    from groundwatch.app.explaining import explain
    from groundwatch.app.owner import open_database_only

    loaded = load(config)
    with open_database_only(loaded) as database:
        found = explain(loaded, database, document_id, user)
    tell(found, f"{found.user} and {found.source}/{found.path}: {found.words}", as_json=as_json)


@commands.command()
def add(
    file: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
    user: As,
    path: Annotated[str, typer.Option(help="Its path among the uploads; the name if empty.")] = "",
    allow: Annotated[
        list[str] | None, typer.Option(help="Who may read it; only the user when left out.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Put a file in; it is indexed by the running server, or by the next `source sync`."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        job = local.put(user, path or file.name, file.read_bytes(), allow)
    if as_json:
        print_json(job)
    else:
        say(f"Accepted as document {job.tasks[0].document_id}, job {job.id}.")


@commands.command()
def delete(
    document_id: DocumentId, user: As, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Delete a document that was put in by hand."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        job = local.delete(user, document_id)
    if as_json:
        print_json(job)
    else:
        say(f"{document_id} is deleted.")
