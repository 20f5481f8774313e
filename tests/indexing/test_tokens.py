"""Counting by words is exact for the packaged model and survives endless words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwatch.indexing.chunk import chunk
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.tokens import CountTokens, by_words
from groundwatch.models.settings import MiniLMSettings
from groundwatch.models.tokens import token_counter

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)


@pytest.fixture(scope="module")
def exact() -> CountTokens:
    return token_counter(MiniLMSettings())


@settings(deadline=None)
@given(st.lists(WORDS, max_size=30), st.sampled_from([" ", "\n", "\n\n", "  "]))
def test_counting_by_words_is_exact_for_minilm(exact, words, gap):
    text = gap.join(words)
    assert exact(text) == by_words(exact)(text)


def test_a_word_is_counted_once():
    asked: list[str] = []

    def count(text: str) -> int:
        asked.append(text)
        return 1

    counted = by_words(count)
    assert [counted("tug tug"), counted("tug pilot")] == [2, 2]
    assert asked == ["tug", "pilot"]


def test_an_endless_word_is_not_one_token(exact):
    # WordPiece takes a word of more than 100 characters for one unknown token.
    endless = "x" * 100_000
    assert exact(endless) == 1
    chunks = chunk(Parsed(endless, ""), 200, by_words(exact))
    assert max(len(found.text) for found in chunks) <= 200 * 8
    assert endless == "".join(found.text for found in chunks)
