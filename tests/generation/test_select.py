from datetime import UTC, datetime

import pytest
from tests.generation.fakes import WordEmbedder, passage

from groundwatch.generation.candidates import candidates
from groundwatch.generation.evidence import weigh
from groundwatch.generation.select import arrange, choose, with_next

ALLOWANCE = "The daily allowance for meals is {} euros."


def answer(question, passages, limit=3):
    ranked = weigh(question, passages, candidates(passages), WordEmbedder())
    return arrange(choose(question, ranked, passages, limit), passages)


def version(year, amount, rank, **more):
    return passage(ALLOWANCE.format(amount), rank=rank, title=f"Travel policy {year}", **more)


@pytest.mark.parametrize("ranks", [(1, 2), (2, 1)])
def test_of_two_versions_the_newer_is_quoted(ranks):
    passages = sorted(
        [version(2024, 28, ranks[0]), version(2025, 31, ranks[1])], key=lambda p: p.rank
    )

    assert [s.text for s in answer("What is the daily allowance?", passages)] == [
        ALLOWANCE.format(31)
    ]


def test_the_older_version_is_quoted_when_it_is_asked_for():
    passages = [version(2024, 28, 1), version(2025, 31, 2)]

    [sentence] = answer("What was the daily allowance for meals in 2024?", passages)

    assert sentence.text == ALLOWANCE.format(28)


def test_without_a_year_the_later_change_counts():
    older, newer = (datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    passages = [
        passage(ALLOWANCE.format(28), rank=1, title="Travel", modified_at=older),
        passage(ALLOWANCE.format(31), rank=2, title="Travel", modified_at=newer),
    ]

    assert [s.text for s in answer("What is the daily allowance?", passages)] == [
        ALLOWANCE.format(31)
    ]


def test_other_numbers_in_another_document_are_no_version():
    passages = [
        passage(ALLOWANCE.format(28), rank=1, title="Sweden"),
        passage(ALLOWANCE.format(31), rank=2, title="Poland"),
    ]

    assert len(answer("What is the daily allowance for meals?", passages)) == 2


def test_rows_of_one_table_stay_apart():
    table = passage("Grade: Junior | Rate: 30 EUR\nGrade: Senior | Rate: 30 EUR", title="Rates")

    assert len(answer("What is the rate of a senior grade?", [table])) == 2


def test_headings_are_no_answers():
    section = passage(
        "Summer party\n\nThe summer party is on 14 June.", title="Minutes", heading="Summer party"
    )

    assert [s.text for s in answer("When is the summer party?", [section])] == [
        "The summer party is on 14 June."
    ]


def test_sentences_stand_in_reading_order_best_document_first():
    passages = [
        passage("Hotels are paid. Wine is not paid.", rank=1, title="A", start=7),
        passage("Meals cost 40 euros a day. Meals and hotels are paid.", rank=2, title="B"),
    ]

    found = answer("Are meals and hotels paid?", passages, limit=4)

    order = [(s.citations[0].number, s.citations[0].start) for s in found]
    assert order == sorted(order)
    assert {citation.document_id for s in found for citation in s.citations} == {"doc1", "doc2"}


def whole_answer(question, passages, limit):
    found = candidates(passages)
    ranked = weigh(question, passages, found, WordEmbedder())
    return arrange(
        with_next(choose(question, ranked, passages, limit), found, passages, limit), passages
    )


FOLLOWED = "Laptops are replaced every four years. Ask the service desk. Chairs are blue."


@pytest.mark.parametrize(
    ("text", "limit", "quoted"),
    [
        (FOLLOWED, 8, ["Laptops are replaced every four years.", "Ask the service desk."]),
        (FOLLOWED, 1, ["Laptops are replaced every four years."]),
        (
            FOLLOWED.replace(" Ask", "\n\nAsk"),
            8,
            ["Laptops are replaced every four years."],
        ),
    ],
)
def test_the_best_bring_what_follows_in_their_paragraph_as_far_as_there_is_room(
    text, limit, quoted
):
    sentences = whole_answer("When are laptops replaced?", [passage(text)], limit)
    assert [sentence.text for sentence in sentences] == quoted
    assert all(sentence.citations for sentence in sentences)


def test_what_scores_far_below_the_best_stays_out():
    passages = [
        passage("Laptops are replaced every four years."),
        passage("Chairs are blue and the canteen opens at noon.", rank=2),
    ]
    [only] = answer("When are laptops replaced?", passages)
    assert only.text == "Laptops are replaced every four years."
