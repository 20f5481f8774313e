"""The commands; each imports what it needs when it runs, so that help stays light."""

import typer

from groundwatch.cli import (
    alert,
    anomaly,
    asking,
    configuration,
    demo,
    documents,
    evaluate,
    experiment,
    index,
    keys,
    measured,
    report,
    rescore,
    score,
    server,
    sources,
)
from groundwatch.cli import transfer as transfer_commands
from groundwatch.cli.terminal import leave
from groundwatch.errors import GroundwatchError

app = typer.Typer(
    name="groundwatch",
    help="Grounded answers, and a watch over them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(server.serve)
app.command()(asking.ask)
app.command()(asking.search)
app.add_typer(sources.commands, name="source")
app.add_typer(documents.commands, name="document")
app.add_typer(keys.commands, name="key")
app.command()(keys.link)
app.add_typer(index.commands, name="index")
app.command()(measured.metrics)
app.command()(score.score)
app.command()(rescore.rescore)
app.command()(evaluate.evaluate)
app.add_typer(anomaly.commands, name="anomaly")
app.command(name="check-config")(configuration.check_config)
app.command(name="export")(transfer_commands.export)
app.command(name="import")(transfer_commands.import_)
app.add_typer(alert.commands, name="alert")
app.add_typer(experiment.commands, name="experiment")
app.add_typer(report.commands, name="report")
app.add_typer(demo.commands, name="demo")
app.add_typer(server.run_commands, name="run", hidden=True)


def main() -> None:
    """Run the command line; errors raised on purpose leave as one line each."""
    try:
        app()
    except GroundwatchError as error:
        leave(error)
