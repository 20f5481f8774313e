"""PDF: lines become sentences, columns become rows, and what cannot be read says so."""

import pytest
from tests.indexing.parse.pdf_writer import Print, paragraph, pdf

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.formats import parse

PROSE = [
    "The harbour master decides about every berth in the inner basin and about the",
    "order in which ships enter. Ships longer than eighty metres need two tugs and a",
    "pilot. Requests are made a day ahead.",
]
SENTENCES = " ".join(PROSE)


def text_of(*pages: list[Print]) -> str:
    return parse("plan.pdf", pdf(pages)).text


def rejection(data: bytes) -> str:
    with pytest.raises(DocumentRejected) as caught:
        parse("plan.pdf", data)
    assert caught.value.stage == "parse"
    return caught.value.reason


def test_wrapped_lines_become_one_line():
    text = text_of(paragraph(PROSE, 700))
    assert text == SENTENCES


def test_a_gap_or_a_short_last_line_ends_a_paragraph():
    expected = f"{SENTENCES}\n\n{SENTENCES}\n\nLast words."
    lines = paragraph(PROSE, 700) + paragraph(PROSE, 664) + paragraph(["Last words."], 600)
    assert expected == text_of(lines)


def test_a_word_broken_at_the_line_end_is_whole_and_a_compound_keeps_its_hyphen():
    lines = [
        "Containers are stowed by the crane crew, who check each lash-",
        "ing twice, and by the long-term staff, who hold a valid long-",
        "term permit.",
    ]
    text = text_of(paragraph(lines, 700))
    assert "each lashing twice" in text
    assert "valid long-term permit." in text


def test_larger_and_bold_lines_are_headings():
    page = [Print("Berth plan", y=740, size=20), *paragraph(PROSE, 700)]
    page += [Print("Night shift", y=640, bold=True), *paragraph(PROSE, 620)]
    parsed = parse("plan.pdf", pdf([page]))
    assert parsed.title == "Berth plan"
    expected = [(), ("Night shift",)]
    assert expected == [section.heading for section in parsed.sections]


def test_columns_become_cells_named_by_the_header_and_tight_cells_are_told_apart():
    rows = [
        [Print("Class", 72), Print("Examples", 160), Print("Place", 330)],
        [Print("Public", 72), Print("data sheets", 160), Print("anywhere", 330)],
        [
            Print("Confidential", 72),
            Print("prices of contracts and source codes", 160),
            Print("shared by name", 330),
        ],
    ]
    placed = [
        Print(cell.text, cell.x, 700 - 14 * at) for at, row in enumerate(rows) for cell in row
    ]
    expected = (
        "Class: Public | Examples: data sheets | Place: anywhere\n"
        "Class: Confidential | Examples: prices of contracts and source codes"
        " | Place: shared by name"
    )
    assert expected == text_of(placed)


def test_a_currency_sign_joins_its_amount():
    cells = [
        Print("Net sales", 72),
        Print("$", 250),
        Print("14,694", 270),
        Print("$", 350),
        Print("13,001", 370),
    ]
    assert text_of(cells) == "Net sales | $14,694 | $13,001"


def test_list_items_stand_on_lines_of_their_own():
    lines = ["Bring these to the quay:", "- a vest", "- a radio", "1. Sign in.", "2. Sign out."]
    expected = "Bring these to the quay:\n\n- a vest\n- a radio\n1. Sign in.\n2. Sign out."
    assert expected == text_of(paragraph(lines, 700))


def test_headers_footers_and_page_numbers_are_left_out():
    pages = [
        [
            Print("Harbor berth plan 2025", y=760),
            *paragraph([f"Pier {word} is open to all ships."], 600),
            Print("strictly internal", y=50),
            Print(f"Page {number} of 4", y=30),
        ]
        for number, word in enumerate(("one", "two", "three", "four"), start=1)
    ]
    text = text_of(*pages)
    assert [f"Pier {word} is open to all ships." for word in ("one", "two", "three", "four")] == (
        text.split("\n\n")
    )


def test_a_sentence_over_two_pages_is_one_and_pages_have_offsets():
    first = paragraph(
        ["A ship that is longer than eighty metres and that enters by night needs"], 90
    )
    second = paragraph(["two tugs and a pilot.", "", "Second thoughts."], 700)
    parsed = parse("plan.pdf", pdf([first, second]))
    assert "enters by night needs two tugs and a pilot." in parsed.text
    assert len(parsed.pages) == 2
    assert parsed.page_at(parsed.text.index("Second")) == 2


def test_pages_shown_sideways_read_like_others():
    page = [*paragraph(PROSE, 500), Print("Class", 72, 400), Print("Public", 200, 400)]
    expected = f"{SENTENCES}\n\nClass | Public"
    assert expected == parse("plan.pdf", pdf([page], rotate=True)).text


def test_scanned_pages_among_others_are_remarked():
    texts = [paragraph(PROSE, 700), paragraph(PROSE, 700), []]
    parsed = parse("plan.pdf", pdf(texts, image=True))
    assert parsed.remarks == ("1 of 3 pages are images without text and are not searchable.",)


def test_a_stated_title_is_used_unless_a_program_made_it_up():
    page = paragraph(PROSE, 700)
    assert parse("berth_plan.pdf", pdf([page], "Rules of the quay")).title == "Rules of the quay"
    made_up = pdf([page], "Microsoft Word - x1.docx")
    assert parse("berth_plan.pdf", made_up).title == "Berth plan"


def test_a_scan_needs_ocr():
    assert rejection(pdf([[], []], image=True)) == "needs-ocr"


def test_a_blank_page_is_empty():
    assert rejection(pdf([[]])) == "empty"


def test_a_truncated_file_is_corrupt():
    assert rejection(pdf([paragraph(PROSE, 700)])[:60]) == "corrupt"


def test_something_else_named_pdf_is_corrupt():
    assert rejection(b"<html>not found</html>") == "corrupt"
