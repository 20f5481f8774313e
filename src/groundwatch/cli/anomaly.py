"""`anomaly`: score a series of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import say

commands = typer.Typer(help="Find what is unusual in a series of values.", no_args_is_help=True)


@commands.command()
def score(
    source: Annotated[Path, typer.Argument(metavar="INPUT.csv", help="Columns timestamp,value.")],
    target: Annotated[Path, typer.Argument(metavar="OUTPUT.csv", help="Gets timestamp,score.")],
) -> None:
    """Score each value by those before it, as the watch does: 0 is ordinary."""
    from groundwatch.anomaly.files import score_file

    summary = score_file(source, target)
    say(
        f"{summary.rows} values scored, {summary.learning} of them while learning; "
        f"{summary.alarms} reach {summary.threshold:g}, the height of an alarm."
    )
