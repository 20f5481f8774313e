"""`evaluate`: a question set, asked offline and measured; one configuration or two."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from groundwatch.app.evaluating.running import Compared, Given, Side


def evaluate(
    file: Annotated[
        Path, typer.Argument(help="The questions: YAML of docs/questions.md, or JSONL.")
    ],
    config: ConfigPath = DEFAULT_CONFIG,
    against: Annotated[
        Path | None, typer.Option(help="Another configuration, to be compared with the first.")
    ] = None,
    split: Annotated[str, typer.Option(help="Which half of the set to ask.")] = "test",
    user: Annotated[
        str, typer.Option("--as", help="The user who asks where the file does not say.")
    ] = "",
    index: Annotated[bool, typer.Option(help="Index what has changed first.")] = True,
    out: Annotated[Path | None, typer.Option(help="Where each answer goes, a line each.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question set and measure every answer; the last line is one JSON object.

    The answers are not recorded and nothing is counted in the watch.
    """
    from groundwatch.app.evaluating import running
    from groundwatch.app.evaluating.sets import load_tasks
    from groundwatch.cli.progress import Progress

    tasks = load_tasks(file, split, user)
    given = [running.Given(load(path), path.resolve()) for path in (config, against) if path]

    def side(each: "Given") -> "Side":
        name = each.path.name
        return running.evaluate(
            each,
            tasks,
            indexing=(lambda: Progress(f"Indexing for {name}", quiet=as_json)) if index else None,
            asking=lambda: Progress(f"Asking {name}", quiet=as_json),
        )

    sides = [side(each) for each in given]
    compared = running.compare(sides[0], sides[1]) if against else None
    if out is not None:
        running.write_answers(out, sides)
    found = running.as_json(sides, compared)
    if as_json:
        print_json(found)
        return
    show(sides, compared)
    typer.echo(json.dumps(found))


def show(sides: "list[Side]", compared: "Compared | None") -> None:
    """Print the figures for people."""
    from groundwatch.app.evaluating.measuring import MEASURES

    names = [each.name for each in MEASURES if any(each.name in side.means for side in sides)]
    columns = ["measure", "n", *_titles([Path(side.name) for side in sides])]
    if compared is not None:
        columns += ["difference", "verdict"]
    table(columns, [(name, *_cells(name, sides, compared)) for name in names])
    say("[dim]means with 95 % intervals; n answers of the first configuration[/dim]")
    if compared is not None:
        say(f"[bold]{compared.verdict}[/bold]")


def _titles(paths: list[Path]) -> list[str]:
    """Names of the files, with their folders where they are alike."""
    alike = len({path.name for path in paths}) < len(paths)
    return [f"{path.parent.name}/{path.name}" if alike else path.name for path in paths]


def _cells(name: str, sides: "list[Side]", compared: "Compared | None") -> list[str]:
    first = sides[0].means.get(name)
    cells = ["" if first is None else str(first.n)]
    for side in sides:
        mean = side.means.get(name)
        cells.append("" if mean is None else f"{mean.mean:.3f}{_span(mean.low, mean.high)}")
    if compared is not None:
        found = compared.differences.get(name)
        shown = "" if found is None else f"{found.difference:+.3f}{_span(found.low, found.high)}"
        cells += [shown, "" if found is None else found.verdict]
    return cells


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" ({low:.2f} to {high:.2f})"
