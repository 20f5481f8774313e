"""What people and programs see of the command line."""

from datetime import UTC, datetime

import pytest

from groundwatch.cli.asking import show_answer
from groundwatch.cli.progress import Progress
from groundwatch.cli.terminal import shown, table
from groundwatch.domain.answers import DOUBT_TEXT, DOUBTFUL, Answer, AnswerSentence, Outcome

ID = "0c38789bbddad80a8985b79d255053a9"


def test_rows_stay_whole_where_no_terminal_is_that_narrow(capsys):
    table(("id", "path", "title"), [(ID, "handbook/" + "long/" * 40 + "way.md", None)])
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["id", "path", "title"]
    assert row.split() == [ID, "handbook/" + "long/" * 40 + "way.md"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (datetime(2026, 11, 20, 19, 4, 45, 758364, UTC), "2026-11-20 19:04"),
        ({"name": "minilm", "dimensions": 384}, "minilm, 384"),
        ((), "none"),
        ([("docs", "a/b.md"), ("docs", "c.md")], "docs/a/b.md, docs/c.md"),
    ],
)
def test_values_are_shown_to_people(value, text):
    assert shown(value) == text


def test_a_doubtful_answer_begins_by_saying_so(capsys):
    said = Answer(Outcome.ANSWERED, "Said.", (AnswerSentence("Said.", ()),))
    show_answer(said)
    assert capsys.readouterr().out.split() == ["Said."]
    show_answer(Answer(said.outcome, said.text, said.sentences, flags=(DOUBTFUL,)))
    assert capsys.readouterr().out.splitlines()[0] == DOUBT_TEXT


def test_progress_tells_how_many_are_done_and_nothing_to_programs(capsys):
    with Progress("Indexing") as progress:
        progress.show(3, 7)
    shown = capsys.readouterr().out
    assert "Indexing" in shown
    assert "3/7" in shown
    with Progress("Indexing", quiet=True) as progress:
        progress.show(3, 7)
    assert capsys.readouterr().out == ""
