"""`report`: what a day, a week or a period came to."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from groundwatch.cli.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigPath,
    load,
    print_json,
    say,
    table,
)
from groundwatch.errors import InvalidInput

if TYPE_CHECKING:
    from groundwatch.reports.desk import Format, Rendered, ReportDesk

commands = typer.Typer(help="What a day, a week or a period came to.", no_args_is_help=True)

Day = Annotated[
    str, typer.Option("--date", help="YYYY-MM-DD; without it the last whole day or week.")
]
Wanted = Annotated[
    Literal["html", "pdf", "json", "csv"], typer.Option("--format", help="Of the report.")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write there instead of to standard output.")
]
Application = Annotated[str, typer.Option(help="Only of this one.")]


@commands.command()
def daily(
    day: Day = "",
    wanted: Wanted = "html",
    out: Out = None,
    application: Application = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make the report of a day: summary, speed, quality, usage, alerts, what to do."""
    _make("daily", day, "json" if as_json else wanted, out, application, config)


@commands.command()
def weekly(
    day: Day = "",
    wanted: Wanted = "html",
    out: Out = None,
    application: Application = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make the report of the week that holds the date, with trends, cost and knowledge gaps."""
    _make("weekly", day, "json" if as_json else wanted, out, application, config)


@commands.command()
def executive(
    day: Day = "",
    wanted: Wanted = "html",
    out: Out = None,
    application: Application = "",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Make the report of `reports.executive.days` up to the date, for those who decide."""
    _make("executive", day, "json" if as_json else wanted, out, application, config)


@commands.command(name="list")
def list_(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the reports of which something was measured, and how sending them went."""
    from groundwatch.app.owner import open_store
    from groundwatch.app.reporting import report_desk
    from groundwatch.domain.clock import system_clock

    loaded = load(config, folders_may_be_away=True)
    with open_store(loaded) as (database, events):
        found = report_desk(lambda: loaded, database, events, system_clock).listed()
    if as_json:
        print_json([_plain(each.kind, each.date, each.run) for each in found])
        return
    table(
        ("kind", "date", "about", "sent", "error"),
        [
            (e.kind, e.date, e.label, e.run.state if e.run else "", e.run.error if e.run else "")
            for e in found
        ],
    )


def _plain(kind: str, day: date, run: object) -> dict[str, object]:
    return {"kind": kind, "date": day.isoformat(), "sent": run}


def _make(
    kind: str,
    day: str,
    wanted: "Format",
    out: Path | None,
    application: str,
    config: Path,
) -> None:
    from groundwatch.app.owner import open_store
    from groundwatch.app.reporting import report_desk
    from groundwatch.domain.clock import system_clock

    if wanted == "pdf" and out is None and sys.stdout.isatty():
        raise InvalidInput("a PDF is nothing for a terminal; name a file with --out")
    loaded = load(config, folders_may_be_away=True)
    with open_store(loaded) as (database, events):
        desk = report_desk(lambda: loaded, database, events, system_clock)
        file = _file(desk, kind, _date(day), wanted, application)
    if out is None:
        sys.stdout.buffer.write(file.body)
        return
    try:
        out.write_bytes(file.body)
    except OSError as error:
        raise InvalidInput(f"{out} cannot be written: {error.strerror}") from error
    say(f"{out}: {len(file.body)} bytes")


def _file(
    desk: "ReportDesk", kind: str, day: date | None, wanted: "Format", application: str
) -> "Rendered":
    from groundwatch.reports.spans import Kind

    return desk.rendered(desk.make(Kind(kind), day, application), wanted)


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a date has no zone
    except ValueError as error:
        raise InvalidInput(f"{text[:20]!r} is no date; write it as 2026-11-20") from error
