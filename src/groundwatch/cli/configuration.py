"""`check-config`."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import DEFAULT_CONFIG, AsJson, ConfigPath, load, print_json, say, tell
from groundwatch.errors import ConfigInvalid


def check_config(
    config: ConfigPath = DEFAULT_CONFIG,
    schema: Annotated[
        Path | None, typer.Option(help="Write the JSON schema for editors to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether the configuration is accepted; all that is wrong with it at once."""
    import json

    from groundwatch.config import json_schema

    if schema is not None:
        schema.write_text(json.dumps(json_schema(), indent=2) + "\n")
        tell({"schema": schema}, f"The schema is in {schema}.", as_json=as_json)
        return
    try:
        loaded = load(config)
    except ConfigInvalid as error:
        if as_json:
            print_json({"accepted": False, "problems": error.problems})
            raise typer.Exit(2) from error
        raise
    from groundwatch.app.usable import why_lexical

    reason = why_lexical(loaded)
    if as_json:
        print_json({"accepted": True, "problems": [], "lexical_only": reason})
        return
    say(
        f"{config} is accepted: {len(loaded.sources)} source(s), {len(loaded.users)} user(s), "
        f"{len(loaded.groups)} group(s)."
    )
    if reason:
        say(f"[yellow]Search is by words only: {reason}[/yellow]")
