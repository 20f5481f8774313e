"""`ask` and `search`, for the owner of the data folder."""

from dataclasses import asdict
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
)

if TYPE_CHECKING:
    from groundwatch.domain.answers import Answer

As = Annotated[str, typer.Option("--as", help="The user who asks; must be in the configuration.")]


def ask(
    question: Annotated[str, typer.Argument(help="What to ask.")],
    user: As,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the documents that user may read."""
    from groundwatch.app.local import open_local
    from groundwatch.domain.answers import AnswerDone

    with open_local(load(config), config.resolve()) as local:
        *_, last = local.ask(question, user)
    assert isinstance(last, AnswerDone)
    if as_json:
        print_json({**asdict(last.answer), "doubtful": last.answer.is_doubtful})
    else:
        show_answer(last.answer)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    user: As,
    config: ConfigPath = DEFAULT_CONFIG,
    passages: Annotated[int, typer.Option("--passages", "-k", min=1, max=50)] = 8,
    explain: Annotated[bool, typer.Option("--explain", help="Show every candidate.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find passages that user may read."""
    from groundwatch.app.local import open_local

    with open_local(load(config), config.resolve()) as local:
        result = local.search(query, user, passages, explain=explain)
    if as_json:
        print_json(asdict(result))
        return
    for passage in result.passages:
        say(
            f"[bold]{passage.rank}. {plain(passage.document.title)}[/bold]  "
            f"[dim]{plain(passage.document.path)}  {passage.score:.3f}[/dim]"
        )
        say("   " + plain(" ".join(passage.text.split()))[:300])
    for candidate in result.explanation or ():
        say(f"[dim]{candidate.verdict:12} {candidate.fused:.3f} {plain(candidate.path)}[/dim]")


def show_answer(answer: "Answer") -> None:
    """Print an answer with numbered citations and the places they point to."""
    from groundwatch.domain.answers import DOUBT_TEXT, Outcome

    if answer.outcome is not Outcome.ANSWERED:
        say(f"[yellow]{plain(answer.text)}[/yellow]")
        if answer.reason:
            say(f"[dim]{plain(answer.reason)}[/dim]")
        return
    if answer.is_doubtful:
        say(f"[dim]{DOUBT_TEXT}[/dim]\n")
    places = {passage.chunk_id: passage for passage in answer.passages}
    shown: dict[int, str] = {}
    for sentence in answer.sentences:
        numbers = "".join(f"[cyan]\\[{citation.number}][/cyan]" for citation in sentence.citations)
        say(f"{plain(sentence.text)} {numbers}")
        for citation in sentence.citations:
            passage = places[citation.chunk_id]
            page = f", page {passage.page}" if passage.page else ""
            shown[citation.number] = f"{passage.document.title} ({passage.document.path}{page})"
    for number, place in sorted(shown.items()):
        say(f"  [cyan]\\[{number}][/cyan] [dim]{plain(place)}[/dim]")
