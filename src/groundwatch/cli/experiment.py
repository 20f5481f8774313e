"""`experiment`: what is tried, what it does, and what was decided."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from groundwatch.analytics.experiments_book import ExperimentBook
    from groundwatch.analytics.experiments_record import Compared, Run

commands = typer.Typer(help="Experiments: see, stop and decide them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The experiment's name.")]
As = Annotated[str, typer.Option("--as", help="Who does it.")]
Why = Annotated[str, typer.Option("--reason", help="Why; others will read it.")]


@contextmanager
def _book(config: Path) -> Generator["ExperimentBook"]:
    from groundwatch.app.owner import open_database_only

    with open_database_only(load(config, folders_may_be_away=True)) as database:
        from groundwatch.analytics.experiments_book import ExperimentBook
        from groundwatch.domain.clock import system_clock

        yield ExperimentBook(database, system_clock)


@commands.command(name="list")
def list_(config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List experiments with their state and what they have shown."""
    with _book(config) as book:
        runs, now = book.runs(), book.clock()
    if as_json:
        print_json([_plain(run) for run in runs])
        return
    table(
        ("name", "state", "application", "days", "units", "goal", "effect", "verdict"),
        [
            (
                run.name,
                run.phase,
                run.settings.application,
                f"{run.days(now):.1f}",
                sum(run.look.units.values()) if run.look else 0,
                run.settings.goal,
                _effect(run.look.primary() if run.look else None),
                run.look.verdict.replace("_", " ") if run.look else "not looked at yet",
            )
            for run in runs
        ],
    )


@commands.command()
def show(name: Name, config: ConfigPath = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show an experiment: effects, guardrails, cautions, and who decided what."""
    with _book(config) as book:
        run = book.get(name)
    if as_json:
        print_json(_plain(run))
        return
    say(f"[bold]{run.name}[/bold] {run.phase}, run {run.number}: {plain(run.settings.hypothesis)}")
    if run.look is not None:
        for reason in run.look.reasons:
            say(plain(reason))
        for caution in run.look.cautions:
            say(f"[yellow]{plain(caution)}[/yellow]")
        rows = [
            (each.variant, each.goal, "guardrail" if each.is_guardrail else "goal",
             f"{each.units} / {each.control_units}", _effect(each), _word(each))
            for each in run.look.comparisons
        ]  # fmt: skip
        table(("variant", "metric", "", "units", "effect", ""), rows)
    table(
        ("at", "what", "who", "why"),
        [
            (_time(each.at), f"{each.act} {each.variant}", each.by or "the watch", each.why)
            for each in run.records
        ],
    )


@commands.command()
def stop(
    name: Name,
    reason: Why,
    by: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Give everybody the control; a running server follows within two seconds."""
    with _book(config) as book:
        run = book.stop(name, by, reason)
    tell(_plain(run), f"{name} is stopped; everybody gets the control.", as_json=as_json)


@commands.command()
def decide(
    name: Name,
    winner: Annotated[str, typer.Argument(help="The variant to use from now on.")],
    reason: Why,
    by: As = "owner",
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Record what is used from now on; one that runs is stopped."""
    with _book(config) as book:
        run = book.conclude(name, by, reason, winner)
    changes = run.settings.variants[winner].changes
    advice = "Put into the configuration what it changes, and take the experiment out:"
    parts = (
        f"  {part}: {', '.join(f'{key}: {value}' for key, value in given.items())}"
        for part, given in changes.items()
    )
    told = (f"{name} is decided: {winner}.", *((advice, *parts) if changes else ()))
    tell(_plain(run), *told, as_json=as_json)


def _plain(run: "Run") -> dict[str, object]:
    from dataclasses import fields

    found = {each.name: getattr(run, each.name) for each in fields(run)}
    return {**found, "settings": run.settings.model_dump(mode="json"), "state": run.phase}


def _effect(one: "Compared | None") -> str:
    if one is None or one.difference is None:
        return "too few units"
    parts = [one.relative(each) for each in (one.difference, one.low, one.high)]
    said = [f"{each:+.1%}" if each is not None else "open" for each in parts]
    return f"{said[0]} ({said[1]} to {said[2]})"


def _word(one: "Compared") -> str:
    if one.is_harmed:
        return "harmed"
    return "better" if one.is_better else ""


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
