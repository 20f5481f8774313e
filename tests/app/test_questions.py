"""Question sets: their file, their counts, and what is a leak."""

from datetime import UTC, datetime

import pytest

from groundwatch.access.path_rules import glob_matches
from groundwatch.app.questions.counting import Cited, Counts, Result, count
from groundwatch.app.questions.leaks import marks_for, shown
from groundwatch.app.questions.running import _as_the_set_says, literal_glob
from groundwatch.app.questions.sets import Question, load_questions
from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import DocumentContent, DocumentMeta
from groundwatch.errors import InvalidInput

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def question(kind="answerable", **more):
    values = {"id": "q", "kind": kind, "as": "ada", "ask": "what do i pay?", "source": "pay.md"}
    return Question.model_validate(values | {"sentence": "EUR 40 a month."} | more)


def result(asked, outcome="answered", text="", citations=(), leaks=()):
    return Result(asked, outcome, text, tuple(Cited(path, "") for path in citations), 0.9, leaks)


def test_results_are_counted_by_kind():
    results = [
        result(question(), text="It is EUR 40  a\nmonth.", citations=["x", "y", "pay.md"]),
        result(question(), text="EUR 40 a month.", citations=["a", "b", "c", "pay.md"]),
        result(question(also=["old.md"]), text="something", citations=["old.md"]),
        result(question(), outcome="declined"),
        result(question("unanswerable"), outcome="declined"),
        result(question("unanswerable")),
        result(question("forbidden"), outcome="declined"),
        result(question("forbidden"), leaks=("path of pay.md in search",)),
    ]
    assert count(results) == Counts(
        answerable=4,
        source_in_top3=2,
        sentence_found=2,
        unanswerable=2,
        declined=1,
        forbidden=2,
        leaks=1,
    )
    assert [bool(each.wrong) for each in results] == [
        False,
        True,
        True,
        True,
        False,
        True,
        False,
        True,
    ]


def document(path, text, *allow):
    meta = DocumentMeta(
        f"{path:0>32}", "docs", path, f"Title of {path}", "text/plain", 1, "h", 1, NOW, NOW
    )
    return DocumentContent(meta, text, AccessList(frozenset(allow)))


DOCUMENTS = [
    document("open.md", "Everybody may read this long sentence here.", "everyone"),
    document(
        "pay.md",
        "Everybody may read this long sentence here. A captain earns EUR 98,000 a year.",
        "group:hr",
    ),
]


def test_marks_are_what_no_readable_document_says():
    marks = marks_for(DOCUMENTS, frozenset({"everyone"}))
    assert {(mark.kind, mark.text) for mark in marks} == {
        ("id", f"{'pay.md':0>32}"),
        ("path", "pay.md"),
        ("title", "title of pay.md"),
        ("text", "a captain earns eur 98,000 a year."),
    }
    assert marks_for(DOCUMENTS, frozenset({"everyone", "group:hr"})) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("**A captain earns  EUR 98,000 a year.** [1]", ["text"]),
        ("see docs/pay.md", ["path"]),
        ("Everybody may read this long sentence here.", []),
    ],
)
def test_a_mark_is_seen_through_markup_but_not_where_the_question_said_it(text, kinds):
    marks = marks_for(DOCUMENTS, frozenset({"everyone"}))
    assert [mark.kind for mark in shown(marks, text, "who?")] == kinds
    assert shown(marks, text, text) == []


@pytest.mark.parametrize("path", ["a.md", "what?.md", "[draft] a*b.md", "x/[1].md"])
def test_a_literal_glob_matches_its_path_only(path):
    assert glob_matches(path, literal_glob(path))
    assert not glob_matches("xx.md", literal_glob(path))


def test_without_a_configuration_the_set_says_what_is_forbidden(tmp_path):
    settings = _as_the_set_says(tmp_path, [question(), question("forbidden", also=["b.md"])])
    assert settings["sources"][0]["permissions"] == [
        {"path": "**", "allow": ["everyone"]},
        {"path": "pay.md", "deny": ["user:ada"]},
        {"path": "b.md", "deny": ["user:ada"]},
    ]
    with pytest.raises(InvalidInput, match="which documents"):
        _as_the_set_says(None, [question()])


def test_the_file_is_refused_with_the_place_of_the_mistake(tmp_path):
    file = tmp_path / "questions.yaml"
    with pytest.raises(InvalidInput, match="there is no file"):
        load_questions(file, "test")
    file.write_text("- {id: a, kind: answerable, as: ada, ask: why}")
    with pytest.raises(InvalidInput, match="source"):
        load_questions(file, "test")
    file.write_text("- {id: a, kind: unanswerable, as: ada, ask: why, split: tune}")
    assert [each.id for each in load_questions(file, "tune")] == ["a"]
    assert load_questions(file, "test") == load_questions(file, "tune")
