"""`source`: what is indexed, and how it is doing."""

from pathlib import Path
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
    table,
    tell,
)

commands = typer.Typer(help="Sources and their state.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The source's name.")]


@commands.command(name="list")
def list_(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the sources with counts and lag."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        found = local.sources()
    if as_json:
        print_json(found)
        return
    table(
        ("source", "status", "documents", "waiting", "failed", "lag s", "last change"),
        [
            (
                source.name,
                source.status.value,
                source.documents,
                source.pending,
                source.failed,
                _seconds(source.lag_seconds),
                source.last_change_at,
            )
            for source in found
        ],
    )


@commands.command()
def status(name: Name, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show one source: statistics, failures with their reason, and the newest changes."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        source = local.source(name)
    if as_json:
        print_json(source)
        return
    say(f"[bold]{source.name}[/bold]  {source.status.value}: {plain(source.reason)}")
    done = source.estimated_completion
    say(
        f"{source.documents} documents, {source.pending} waiting, {source.failed} failed, "
        f"{source.processed} processed, {_seconds(source.average_seconds)} s on average"
        + (f", done at {done:%H:%M:%S}" if done else "")
    )
    if source.failures:
        table(
            ("path", "stage", "reason", "attempts", "what happened"),
            [
                (failure.path, failure.stage, failure.reason, failure.attempts, failure.error)
                for failure in source.failures
            ],
        )
    if source.remarks:
        table(
            ("path", "searchable in part only"),
            [(remark.path, remark.text) for remark in source.remarks],
        )
    table(
        ("changed path", "event", "state", "queued", "stages in ms", "error"),
        [
            (
                change.path,
                change.event,
                change.state,
                change.queued_at.strftime("%H:%M:%S"),
                " ".join(f"{stage} {seconds * 1000:.0f}" for stage, seconds in change.timings),
                change.error,
            )
            for change in source.changes
        ],
    )


@commands.command()
def add(
    path: Annotated[Path, typer.Argument(help="The folder.")],
    name: Annotated[str, typer.Option(help="The source's name; the folder's when empty.")] = "",
    allow: Annotated[
        list[str] | None, typer.Option(help="Who may read all of it, e.g. group:staff.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Add a folder to the configuration file; a running server takes it over at once."""
    from groundwatch.config import add_source, system_environment
    from groundwatch.sources.filesystem import FilesystemSettings, PathRule

    rules = (PathRule(path="**", allow=tuple(allow)),) if allow else ()
    settings = FilesystemSettings(
        name=name or path.resolve().name.lower().replace("_", "-").replace(" ", "-"),
        path=path.resolve(),
        permissions=rules,
    )
    add_source(config, settings, system_environment())
    lines = [f"{settings.name} is in {config}."]
    if not rules:
        lines.append("Nobody may read it yet: give it `permissions`, or repeat with --allow.")
    tell({"name": settings.name, "path": settings.path, "config": config}, *lines, as_json=as_json)


@commands.command()
def remove(name: Name, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Remove a source from the configuration file; its documents leave the index."""
    from groundwatch.config import remove_source, system_environment

    remove_source(config, name, system_environment())
    text = f"{name} is no longer in {config}."
    tell({"name": name, "config": config}, text, as_json=as_json)


@commands.command()
def sync(
    name: Annotated[str, typer.Argument(help="The source; all of them when empty.")] = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Compare sources with the ledger and wait until everything is indexed."""
    from groundwatch.app.local import open_local_store
    from groundwatch.app.syncing import sync_and_wait
    from groundwatch.cli.progress import Progress
    from groundwatch.domain.status import Status

    loaded = load(config)
    with Progress("Indexing", quiet=as_json) as progress:
        sync_and_wait(loaded, config.resolve(), [name] if name else [], progress.show)
    with open_local_store(loaded) as local:
        found = local.sources()
    if as_json:
        print_json(found)
        return
    for source in found:
        trouble = "" if source.status is Status.HEALTHY else f"; {plain(source.reason)}"
        say(f"{source.name}: {source.documents} documents, {source.failed} failed{trouble}")


@commands.command()
def retry(
    name: Name,
    path: Annotated[
        list[str] | None, typer.Argument(help="Paths to try again; all that failed when empty.")
    ] = None,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Try failed and quarantined documents again."""
    from groundwatch.app.local import open_local_store

    with open_local_store(load(config)) as local:
        count = local.retry(name, path or None)
    text = f"{count} document(s) will be tried again."
    tell({"name": name, "retried": count}, text, as_json=as_json)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
