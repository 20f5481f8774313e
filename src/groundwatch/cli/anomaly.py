"""`anomaly`: score a series of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import AsJson, tell

commands = typer.Typer(help="Find what is unusual in a series of values.", no_args_is_help=True)


@commands.command()
def score(
    source: Annotated[Path, typer.Argument(metavar="INPUT.csv", help="Columns timestamp,value.")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT.csv", help="Gets timestamp,score.")],
    layer: Annotated[
        list[str] | None, typer.Option(help="Use this layer only; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score each value by those before it, as the watch does: 0 is ordinary."""
    from groundwatch.anomaly.ensemble import DEFAULT_LAYERS, layers_named
    from groundwatch.anomaly.files import score_file

    layers = layers_named(layer) if layer else DEFAULT_LAYERS
    summary = score_file(source, target, layers)
    tell(
        summary,
        f"{summary.rows} values scored, {summary.learning} of them while learning; "
        f"{summary.alarms} reach {summary.threshold:g}, the height of an alarm.",
        as_json=as_json,
    )
