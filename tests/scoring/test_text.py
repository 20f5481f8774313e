"""How texts are read."""

import pytest

from groundwatch.scoring.text import read, stem, value


def test_words_have_offsets_in_the_text():
    text = "Zoë\u2019s café—opened: 1,200 (twenty) days, $5."
    words = read(text).words
    assert [text[s:e] for s, e in zip(words.starts, words.ends, strict=True)] == [
        "Zoë\u2019s", "café", "opened", "1,200", "twenty", "days", "$", "5",
    ]  # fmt: skip
    assert words.stems == ("zoe", "caf", "open", "1200", "20", "day", "dollar", "5")


@pytest.mark.parametrize(
    ("number", "magnitude", "expected"),
    [
        ("1,200", "", "1200"),
        ("1,200.50", "", "1200.5"),
        ("2.5", "million", "2500000"),
        ("3,5", "", "3.5"),
        ("1.2.3", "", "1.2.3"),
        ("007", "", "7"),
        ("9" * 30, "", "9" * 30),
    ],
)
def test_numbers_are_values(number, magnitude, expected):
    assert value(number, magnitude) == expected


def test_a_magnitude_belongs_to_its_number():
    text = "It cost 2.5 million euros."
    words = read(text).words
    at = words.stems.index("2500000")
    assert text[words.starts[at] : words.ends[at]] == "2.5 million"


@pytest.mark.parametrize(
    ("one", "other"),
    [("approved", "approves"), ("companies", "company"), ("wrote", "writes"), ("died", "death")],
)
def test_forms_of_a_word_are_one(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("note", "not"), ("here", "her"), ("were", "we")])
def test_a_word_is_never_shortened_to_a_stop_word(one, other):
    assert stem(one) != other


@pytest.mark.parametrize("text", ["1. Open it.", "See [12].", "Passage 3 says so.", "2) Close it."])
def test_counting_and_references_are_no_numbers(text):
    assert not any(read(text).words.number)


def test_names_are_capitalised_within_a_sentence():
    words = read("Visitors like Oslo. Note: Boats leave. 1. Additionally, NASA has iPhones.").words
    named = [s for s, name in zip(words.stems, words.name, strict=True) if name]
    assert named == ["oslo", "nasa", "iphon"]


@pytest.mark.parametrize("text", ["", " \n\t", "…", "\u200b", "🙂 🙂", "\x00"])
def test_a_text_without_words_is_empty(text):
    reading = read(text)
    assert len(reading.words) == 0
