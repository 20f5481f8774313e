"""Sentence spans: a table of cases and the laws every text obeys."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.domain.sentences import sentences

CASES = json.loads((Path(__file__).parent / "sentences.json").read_text(encoding="utf-8"))
PIECES = st.sampled_from(
    [
        "Dr. ",
        "A. ",
        "e.g. ",
        "\n",
        "\n\n",
        " ",
        "- ",
        "1. ",
        "| ",
        " | ",
        "word",
        "End.",
        "?",
        "。",
        "\r",
        "\x85",
        "\t",
        "#",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_text_is_split_as_the_table_says(case):
    assert case["expected"] == [case["text"][start:end] for start, end in sentences(case["text"])]


@given(TEXTS)
def test_spans_ascend_do_not_overlap_and_carry_no_outer_whitespace(text):
    last = 0
    for start, end in sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


@given(TEXTS)
def test_only_whitespace_and_list_markers_are_outside_every_span(text):
    covered = bytearray(len(text))
    for start, end in sentences(text):
        covered[start:end] = b"\1" * (end - start)
    left = "".join(char for char, inside in zip(text, covered, strict=True) if not inside)
    assert not left.translate({ord(mark): None for mark in "-*+•‣◦▪–—·"}).strip()  # noqa: RUF001
