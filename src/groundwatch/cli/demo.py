"""`demo`: the sample company, and sets of questions."""

import typer

commands = typer.Typer(help="The sample company.", no_args_is_help=True)


@commands.callback()
def group() -> None:
    """Keep the group a group while it has one command."""
