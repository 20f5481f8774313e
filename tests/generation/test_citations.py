from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generation.fakes import passage

from groundwatch.domain.answers import AnswerSentence
from groundwatch.generation.citations import cite, faults, locate

SOURCE = passage("Meals cost 40 euros a day.  Hotels are booked by the desk.", start=100)


def test_a_citation_holds_the_documents_offsets():
    citation = cite(1, SOURCE, 0, 26)

    assert (
        citation.quote,
        citation.start,
        citation.end,
    ) == ("Meals cost 40 euros a day.", 100, 126)
    assert faults([AnswerSentence("Meals.", (citation,))], [SOURCE]) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chunk_id": 9}, "unknown-passage"),
        ({"document_id": "other"}, "wrong-document"),
        ({"quote": "Meals cost 90 euros a day."}, "not-a-quote"),
        ({"start": 99}, "not-a-quote"),
        ({"start": 0, "end": 26}, "not-a-quote"),
        ({"end": 5000}, "not-a-quote"),
        ({"start": 126, "end": 126, "quote": ""}, "not-a-quote"),
    ],
)
def test_what_does_not_hold_is_named(change, reason):
    broken = replace(cite(1, SOURCE, 0, 26), **change)

    assert [reason] == [
        fault.reason for fault in faults([AnswerSentence("x", (broken,))], [SOURCE])
    ]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("meals  cost\n40 euros", "Meals cost 40 euros"),
        ("a day. Hotels", "a day.  Hotels"),
        ("Meals cost 41 euros", None),
        ("", None),
        (" \n ", None),
    ],
)
def test_a_quote_is_found_whatever_its_whitespace_and_case(quote, found):
    span = locate(quote, SOURCE.text)

    assert found == (SOURCE.text[slice(*span)] if span else None)


def test_typographic_marks_are_alike():
    assert locate('the "old" plan', "The \u201cold\u201d plan") == (0, 14)


@given(st.text(), st.text(), st.text())
def test_whatever_stands_in_a_text_is_found_in_it(before, quote, after):
    text = before + quote + after
    span = locate(quote, text)

    if quote.strip():
        assert span is not None

        assert 0 <= span[0] < span[1] <= len(text)
