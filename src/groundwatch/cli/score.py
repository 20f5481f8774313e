"""`score`: quality of answers in a file, whoever gave them; needs no configuration."""

from pathlib import Path
from typing import Annotated

import typer

from groundwatch.cli.terminal import AsJson, plain, print_json, say


def score(
    source: Annotated[Path, typer.Argument(help="Answers, one JSON object a line.")],
    target: Annotated[Path, typer.Argument(help="Where the scores go, one object a line.")],
    share: Annotated[
        float,
        typer.Option(
            "--share",
            min=0.0,
            max=1.0,
            help="Share of answers that are typically unsupported; places the file's own line.",
        ),
    ] = 0.25,
    calibrate: Annotated[
        bool,
        typer.Option(help="Place the line by the file's own answers when there are 200 or more."),
    ] = True,
    forbidden: Annotated[
        list[str] | None, typer.Option("--forbidden", help="A topic no answer may speak of.")
    ] = None,
    citations: Annotated[
        bool, typer.Option("--require-citations", help="Answers over passages must cite.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score answers: faithful or not with the spans in doubt, and every other dimension.

    Fields of a line: id, query, contexts (list of texts), response. Exits 1 when a line could not
    be read; the others are scored all the same.
    """
    from groundwatch.domain.clock import system_clock
    from groundwatch.scoring.batch import Line, bad_lines, score_file
    from groundwatch.scoring.settings import ScoringSettings

    settings = ScoringSettings(forbidden_topics=tuple(forbidden or ()), require_citations=citations)
    found = score_file(source, target, settings, system_clock, line=Line(share, calibrate))
    if as_json:
        print_json(found)
    else:
        say(f"{found.answers} answers scored into {target}")
        say(f"{found.flagged} flagged as unsupported, {found.unmeasured} not measurable")
        say(f"line: {found.calibration.state}, log odds {found.calibration.cut:.2f}")
        for each in bad_lines(found.bad):
            say(plain(each))
    if found.bad:
        raise typer.Exit(1)
