"""Chunks: substrings that together hold everything, none above the limit."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from groundwatch.indexing.chunk import chunk
from groundwatch.indexing.parse.markdown import parse as parse_markdown
from groundwatch.indexing.parse.parsed import Parsed, Section
from groundwatch.indexing.tokens import by_words


def words(text: str) -> int:
    return len(text.split())


def long_words_cost_more(text: str) -> int:
    return sum(1 + len(word) // 5 for word in text.split())


COUNTERS = st.sampled_from([words, len, long_words_cost_more, by_words(long_words_cost_more)])
BITS = st.sampled_from(
    ["\n\n", "\n", " ", "  ", "- item", "A | B", "End. ", "word ", "x" * 60, "。", "\x85", "\u2028"]
)


@st.composite
def documents(draw):
    text = draw(st.one_of(st.text(), st.lists(BITS, max_size=120).map("".join)))
    offsets = sorted(draw(st.sets(st.integers(0, max(0, len(text) - 1)), max_size=8)))
    headings = draw(
        st.lists(st.text("ab ", max_size=30), min_size=len(offsets), max_size=len(offsets))
    )
    sections = tuple(Section(at, (name,)) for at, name in zip(offsets, headings, strict=True))
    pages = tuple(sorted(draw(st.lists(st.integers(0, len(text)), max_size=4))))
    return Parsed(text, draw(st.text("t ", max_size=12)), sections, pages)


@given(documents(), st.integers(1, 60), COUNTERS)
def test_a_chunk_is_the_text_at_its_offsets(parsed, limit, count):
    for ordinal, found in enumerate(chunk(parsed, limit, count)):
        assert ordinal == found.ordinal
        assert parsed.text[found.start : found.end] == found.text == found.text.strip()


@given(documents(), st.integers(1, 60), COUNTERS)
def test_everything_but_whitespace_is_in_exactly_one_chunk(parsed, limit, count):
    chunks = chunk(parsed, limit, count)
    assert "".join(parsed.text.split()) == "".join("".join(found.text.split()) for found in chunks)
    assert all(one.end <= other.start for one, other in pairwise(chunks))


@given(documents(), st.integers(20, 60), COUNTERS)
def test_no_chunk_exceeds_the_limit_with_title_and_headings(parsed, limit, count):
    for found in chunk(parsed, limit, count):
        assert count(found.embedding_text(parsed.title)) <= limit


@given(st.text())
def test_counting_by_words_agrees_with_a_counter_that_splits_at_whitespace(text):
    assert by_words(long_words_cost_more)(text) == long_words_cost_more(text)


def markdown(text: str) -> Parsed:
    return parse_markdown(text.encode())


def test_a_chunk_ends_before_a_heading_and_carries_its_path():
    parsed = markdown("# Travel\n\nBook early.\n\n## Rail\n\nSecond class.\n\n## Air\n\nEconomy.\n")
    expected = [
        ("Travel\n\nBook early.", "Travel"),
        ("Rail\n\nSecond class.", "Travel > Rail"),
        ("Air\n\nEconomy.", "Travel > Air"),
    ]
    assert expected == [(found.text, found.heading) for found in chunk(parsed, 50, words)]


def test_a_bare_heading_goes_with_what_follows_it():
    parsed = markdown("# Handbook\n\n## Leave\n\nTwenty-five days.\n\n## Annex\n")
    expected = ["Handbook\n\nLeave\n\nTwenty-five days.", "Annex"]
    assert expected == [found.text for found in chunk(parsed, 50, words)]


def test_a_long_table_is_cut_between_rows_and_every_row_keeps_its_labels():
    rows = "".join(f"| Town {n} | {n} EUR |\n" for n in range(40))
    parsed = markdown("| City | Rate |\n| --- | --- |\n" + rows)
    chunks = chunk(parsed, 40, words)
    assert len(chunks) > 3
    lines = [line for found in chunks for line in found.text.split("\n")]
    assert [f"City: Town {n} | Rate: {n} EUR" for n in range(40)] == lines


def test_a_long_paragraph_is_cut_between_sentences_into_even_parts():
    sentence = "The crane stops when the wind is too strong."
    chunks = chunk(Parsed(" ".join([sentence] * 12), ""), 60, words)
    expected = [6, 6]
    assert expected == [found.text.count(sentence) for found in chunks]


def test_an_endless_word_is_cut_by_force():
    endless = "x" * 1000
    chunks = chunk(Parsed(endless, ""), 64, len)
    assert max(len(found.text) for found in chunks) <= 64
    assert endless == "".join(found.text for found in chunks)


def test_outer_headings_are_left_out_where_they_take_too_much():
    parsed = Parsed("text", "", (Section(0, ("word " * 20, "Rail")),))
    expected = ["Rail"]
    assert expected == [found.heading for found in chunk(parsed, 30, words)]


def test_a_chunk_knows_the_page_it_begins_on():
    parsed = Parsed("one two\n\nthree four", "", (), (0, 9))
    expected = [1, 2]
    assert expected == [found.page for found in chunk(parsed, 2, words)]
