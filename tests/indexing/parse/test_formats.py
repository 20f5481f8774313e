"""What holds for every format: a title, a reason, and no other error."""

import io

import docx
import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.indexing.parse.pdf_writer import Print, paragraph, pdf

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.formats import parse, readable_name
from groundwatch.indexing.parse.parsed import Parsed


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Berths", 1)
    document.add_table(2, 2).cell(0, 0).text = "deep"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def slides() -> bytes:
    buffer = io.BytesIO()
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Berths"
    deck.save(buffer)
    return buffer.getvalue()


WHOLE = {
    "a.pdf": pdf(
        [[Print("Berths", size=20), *paragraph(["Berth 7 is deep.", "- a", "1. b"], 600)]]
    ),
    "a.docx": word(),
    "a.pptx": slides(),
    "a.html": b"<h1>Berths</h1><table><tr><td rowspan=2>a<td>b<tr><td>c</table><ul><li>d",
    "a.md": b"# Berths\n\n| a | b |\n|---|---|\n| c | d |\n\n- e\n\n```\nf\n",
    "a.eml": b"Subject: =?utf-8?q?x?=\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n",
    "a.json": b'{"a": [1, {"b": null}]}',
    "a.csv": b'a;b\n"c";d\n',
    "a.xml": b"<a><b>c</b></a>",
    "a.txt": b"A\n=\n\n1. b\n",
}


def check(parsed: Parsed) -> None:
    assert parsed.title
    assert parsed.text == parsed.text.strip("\n")
    starts = [section.start for section in parsed.sections]
    assert sorted(starts) == starts
    assert sorted(parsed.pages) == list(parsed.pages)
    assert all(0 <= at <= len(parsed.text) for at in (*starts, *parsed.pages))


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_whole_files_are_parsed(name):
    check(parse(name, WHOLE[name]))


@settings(max_examples=25, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", sorted(WHOLE))
def test_damaged_files_are_parsed_or_rejected_with_a_reason(name, data):
    damaged = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 8), "changes")):
        at = data.draw(st.integers(0, len(damaged) - 1), "at")
        damaged[at : at + data.draw(st.integers(0, 4), "removed")] = data.draw(
            st.binary(max_size=4), "added"
        )
    try:
        check(parse(name, bytes(damaged)))
    except DocumentRejected as error:
        assert error.reason  # noqa: PT017


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hr/travel_policy-2024.docx", "Travel policy 2024"),
        ("C:\\files\\berthPlan.pdf", "Berth Plan"),
        ("README", "README"),
        (".profile", ".profile"),
        ("a - b.txt", "A - b"),
    ],
)
def test_a_file_name_is_made_readable(name, expected):
    assert expected == readable_name(name)


def test_a_message_names_the_file_and_not_its_folder():
    with pytest.raises(DocumentRejected) as caught:
        parse("secret/folder/plan.pdf", b"nothing")
    assert "plan.pdf" in str(caught.value)
    assert "secret" not in str(caught.value)
