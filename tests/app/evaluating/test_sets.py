"""Question sets of both forms."""

from pathlib import Path

import pytest

from groundwatch.app.evaluating.sets import Gold, Task, load_tasks
from groundwatch.errors import InvalidInput

YAML = """
- {id: a, split: test, kind: answerable, as: ada, ask: How long?, source: leave.md,
   sentence: It lasts., also: [copy.md]}
- {id: b, split: tune, kind: unanswerable, as: ada, ask: Why?}
- {id: c, split: test, kind: forbidden, as: bob, ask: How much?, source: hr/pay.md, sentence: Much.}
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_usual_form_gives_gold_documents_and_sentences(tmp_path: Path):
    leave = Gold("answerable", (frozenset({"leave.md", "copy.md"}),), "It lasts.")
    pay = Gold("forbidden", (frozenset({"hr/pay.md"}),))
    assert load_tasks(written(tmp_path, "set.yaml", YAML), "test", "") == [
        Task("a", "ada", "How long?", leave),
        Task("c", "bob", "How much?", pay),
    ]


def test_lines_may_say_as_much_as_is_known(tmp_path: Path):
    lines = (
        '{"question": "How long?", "as": "ada", "answer": "480", "sources": ["a.md", "b.md"]}\n'
        "\n"
        '{"id": "x", "ask": "Why?", "kind": "unanswerable"}\n'
        '{"query": "Where?", "source": "c.md"}\n'
    )
    both = Gold("answerable", (frozenset({"a.md"}), frozenset({"b.md"})), "", "480")
    assert load_tasks(written(tmp_path, "set.jsonl", lines), "test", "bob") == [
        Task("1", "ada", "How long?", both),
        Task("x", "bob", "Why?", Gold("unanswerable")),
        Task("4", "bob", "Where?", Gold("answerable", (frozenset({"c.md"}),))),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("nonsense", "line 1: not JSON"),
        ("[1]", "line 1: the line"),
        ('{"answer": "480"}', "line 1: question"),
        ('{"question": ""}', "line 1: question"),
        ('{"question": "Why?", "gold": "x"}', "gold"),
        ('{"question": "Why?"}\n{"question": 7}', "line 2: question"),
        ('{"question": "Why?"}', "nobody asks"),
        ("", "holds no question"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, lines: str, said: str):
    asker = "" if "nobody" in said else "bob"
    with pytest.raises(InvalidInput, match=said):
        load_tasks(written(tmp_path, "set.jsonl", lines), "test", asker)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path):
    for name in ("none.jsonl", "none.yaml"):
        with pytest.raises(InvalidInput):
            load_tasks(tmp_path / name, "test", "bob")
    (tmp_path / "binary.jsonl").write_bytes(b'{"question": "\xff"}')
    with pytest.raises(InvalidInput, match="not UTF-8"):
        load_tasks(tmp_path / "binary.jsonl", "test", "bob")
