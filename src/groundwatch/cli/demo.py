"""`demo`: the sample company, and sets of questions."""

import contextlib
import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from groundwatch.cli.terminal import AsJson, ConfigPath, load, plain, print_json, say, tell

if TYPE_CHECKING:
    from groundwatch.app.demo import Expected
    from groundwatch.app.questions.counting import Result
    from groundwatch.domain.answers import Answer

commands = typer.Typer(help="The sample company, and sets of questions.", no_args_is_help=True)
HARBOR = Path("examples/harbor")
_RATE, _RATE_OF_FAULTS = 3.0, 12.0
"""Of traffic: a fault shows by a handful of answers, which have to come within two minutes."""


@commands.command()
def run(
    config: ConfigPath = HARBOR / "groundwatch.yaml",
    leave: Annotated[
        bool, typer.Option("--exit", help="Stop after the answers; 0 only if both are right.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Index the sample company, ask two questions, then serve."""
    from groundwatch.app.logs import allow_in_logs, configure_logs
    from groundwatch.app.supervising import server_processes

    configure_logs("serving")
    settings, path = load(config), config.resolve()
    allow_in_logs(settings.logs)
    with server_processes(settings, path):
        from groundwatch.app.demo import run_demo
        from groundwatch.cli.asking import show_answer
        from groundwatch.cli.progress import Progress

        answers: list[dict[str, object]] = []

        def answered(expected: "Expected", answer: "Answer") -> None:
            answers.append({"as": expected.user, "question": expected.question, "answer": answer})
            if not as_json:
                say(f"\n[bold]{expected.user}:[/bold] {expected.question}")
                show_answer(answer)

        def ready(url: str, link: str) -> None:
            text = (
                f"\nServing on [bold]{url}[/bold]. Sign in, once, with\n  [bold]{link}[/bold]\n"
                "Ctrl-C stops."
            )
            found = {"answers": answers, "right": True, "url": url, "link": link}
            tell(found, text, as_json=as_json)

        right = run_demo(
            settings,
            path,
            indexing=lambda: Progress("Indexing the sample company", quiet=as_json),
            answered=answered,
            ready=ready,
            stop_after_answers=leave,
        )
    if as_json and (leave or not right):
        print_json({"answers": answers, "right": right})
    if not right:
        sys.stderr.write("groundwatch: the answers are not the expected ones\n")
        raise typer.Exit(1)


@commands.command()
def questions(
    file: Annotated[Path, typer.Option(help="The set of questions.")] = HARBOR / "questions.yaml",
    docs: Annotated[Path | None, typer.Option(help="The folder with its documents.")] = None,
    split: Annotated[str, typer.Option(help="Which half to ask.")] = "test",
    cache: Annotated[Path, typer.Option(help="Where the index is kept.")] = Path(".cache"),
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every answer.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask a set of questions on every surface; print counts as the last line, as JSON."""
    from groundwatch.app.questions.counting import count
    from groundwatch.app.questions.running import run_set
    from groundwatch.cli.progress import Progress

    results = run_set(
        file,
        docs,
        split,
        cache,
        indexing=lambda: Progress("Indexing", quiet=as_json),
        asking=lambda: Progress("Asking", quiet=as_json),
    )
    counts = count(results).as_dict()
    if not as_json:
        for result in results:
            _show(result, verbose=verbose)
    typer.echo(json.dumps(counts))
    if counts["leaks"]:
        raise typer.Exit(1)


@commands.command()
def traffic(
    config: ConfigPath = HARBOR / "groundwatch.yaml",
    history: Annotated[str, typer.Option(help="How far back: 24h, 7d, 30d.")] = "7d",
    rate: Annotated[
        float | None,
        typer.Option(
            help="Times 1,100 questions on a working day.", show_default="3, or 12 with a fault"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same week.")] = 7,
    live: Annotated[bool, typer.Option(help="Go on until Ctrl-C.")] = True,
    fault: Annotated[
        str,
        typer.Option(
            help="Goes wrong live: slow-llm, wrong-documents, leaking-topic or dead-source."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write synthetic, marked traffic of several applications: the past, then live."""
    import threading

    from groundwatch.analytics.experiments_book import ExperimentBook
    from groundwatch.analytics.windows import span_of
    from groundwatch.app.owner import open_store
    from groundwatch.app.traffic.faults import Fault, fault_named
    from groundwatch.app.traffic.running import Traffic, follow, plan_for
    from groundwatch.app.traffic.trial import AGO, look_back, trial_of
    from groundwatch.cli.progress import Progress
    from groundwatch.domain.clock import system_clock

    length, now = span_of(history), system_clock()
    kind = fault_named(fault) if fault else None
    times = rate or (_RATE_OF_FAULTS if fault else _RATE)
    loaded = load(config)
    tried = trial_of(loaded.experiments, now) if length > AGO else None
    with open_store(loaded) as (database, events):
        made = Traffic(events, replace(plan_for(seed, now, times), trial=tried))
        with Progress("Writing the past", quiet=as_json) as progress:
            whole = int(length.total_seconds() // 60)

            def show(at: datetime) -> None:
                progress.show(whole - int((now - at).total_seconds() // 60), whole)

            count = made.history(now - length, now, show)
        if tried is not None:
            look_back(ExperimentBook(database, system_clock), events, tried, now)
        text = f"{count:,} questions of the last {history}, all marked as synthetic."
        more = ["Going on live; Ctrl-C stops."] if live else []
        told = {"questions": count, "history": history, "rate": times, "live": live}
        tell(told, text, *more, as_json=as_json)
        if live:
            begun = Fault(kind, system_clock()) if kind is not None else None
            made.plan = replace(made.plan, fault=begun)
            stop = threading.Event()
            with contextlib.suppress(KeyboardInterrupt):
                follow(made, system_clock, now, lambda: stop.wait(1.0))


def _show(result: "Result", *, verbose: bool) -> None:
    question = result.question
    if result.wrong:
        say(f"[red]{question.id}[/red] {plain(question.ask)}\n    {plain(result.wrong)}")
    if result.wrong or verbose:
        confidence = "" if result.confidence is None else f" ({result.confidence:.2f})"
        said = " ".join(result.text.split())
        say(f"    [dim]{result.outcome}{confidence}: {plain(said[:300])}[/dim]")
