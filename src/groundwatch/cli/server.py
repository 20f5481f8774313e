"""`serve`, and the processes it is made of."""

from typing import TYPE_CHECKING, Annotated

import typer

from groundwatch.cli.terminal import DEFAULT_CONFIG, AsJson, ConfigPath, load, tell

if TYPE_CHECKING:
    from groundwatch.app.serving import Running

run_commands = typer.Typer(help="The processes that `serve` starts.", no_args_is_help=True)


def serve(
    config: ConfigPath = DEFAULT_CONFIG,
    host: Annotated[str, typer.Option(help="Listen here instead of where the file says.")] = "",
    port: Annotated[
        int | None, typer.Option(help="Listen here instead; 0 takes a free port.", min=0)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Serve questions, pages and MCP; indexes the configured sources as they change."""
    from groundwatch.app.logs import allow_in_logs, configure_logs
    from groundwatch.app.supervising import server_processes
    from groundwatch.domain.clock import system_clock

    configure_logs("serving")
    settings, path = load(config), config.resolve()
    allow_in_logs(settings.logs)
    with server_processes(settings, path):
        from groundwatch.app.serving import serve as run_server

        def announce(running: "Running") -> None:
            text = f"Serving on {running.url}. `groundwatch link USER` prints a link to sign in."
            tell({"url": running.url}, text, as_json=as_json)

        run_server(settings, path, system_clock, host=host, port=port, ready=announce)


@run_commands.command()
def engine(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Hold the index and the embedder; ends when its standard input closes."""
    from groundwatch.app.roles import ENGINE, run_role

    run_role(ENGINE, config)


@run_commands.command()
def worker(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Watch sources and index what changes; ends when its standard input closes."""
    from groundwatch.app.roles import WORKER, run_role

    run_role(WORKER, config)


@run_commands.command()
def watch(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Take telemetry, assemble and score it; ends when its standard input closes."""
    from groundwatch.app.roles import WATCH, run_role

    run_role(WATCH, config)
