"""Topics of several applications, kept from one start to the next."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from tests.scoring.given import NOW, interaction
from tests.scoring.topics.test_application import QUESTIONS

from groundwatch.errors import Unavailable
from groundwatch.scoring.topics.book import Keeping, TopicBook

WARM = [*QUESTIONS["laptop"], *QUESTIONS["invoice"]]


class Shelf:
    """Keeps topics in memory and counts."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.saves = 0

    def save(self, application: str, text: str) -> None:
        self.texts[application] = text
        self.saves += 1

    @property
    def keeping(self) -> Keeping:
        return Keeping(self.texts.get, self.save)


class Hands:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Words:
    """An embedder that knows one dimension a word, and may fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += 1
        if self.fails:
            raise Unavailable("the embedder is away")
        found = np.zeros((len(texts), 8), np.float32)
        for row, text in zip(found, texts, strict=True):
            row[hash(text.split()[0]) % 8] = 1.0
        return found


def told(book: TopicBook, *questions: str, application: str = "shop") -> list[str]:
    one = interaction("An answer.")
    return [
        book.topic(replace(one, application=application, query=question)) for question in questions
    ]


def test_each_application_has_its_own_topics():
    book = TopicBook(Shelf().keeping, Hands())
    told(book, *WARM, *QUESTIONS["refund"])
    assert told(book, "Where is my refund?")[0]
    assert told(book, *QUESTIONS["refund"], application="other") == [""] * 8


def test_a_name_is_kept_before_it_is_told():
    shelf = Shelf()
    book = TopicBook(shelf.keeping, Hands())
    told(book, *WARM)
    name = next(filter(None, told(book, *QUESTIONS["refund"][:3])))
    after_a_kill = TopicBook(shelf.keeping, Hands())
    assert told(after_a_kill, "Where is my refund?") == [name]


def test_counts_are_kept_once_a_minute_and_at_the_end():
    shelf, hands = Shelf(), Hands()
    book = TopicBook(shelf.keeping, hands)
    told(book, *WARM, *QUESTIONS["laptop"])
    before = shelf.saves
    told(book, *QUESTIONS["laptop"][:3])
    assert shelf.saves == before
    hands.now += timedelta(seconds=61)
    told(book, *QUESTIONS["laptop"][:3])
    assert shelf.saves == before + 1
    told(book, *QUESTIONS["laptop"][:3])
    book.flush()
    assert shelf.saves == before + 2
    book.flush()
    assert shelf.saves == before + 2


def test_many_applications_are_not_held_at_once():
    shelf = Shelf()
    book = TopicBook(shelf.keeping, Hands())
    told(book, *WARM, *QUESTIONS["refund"])
    for number in range(60):
        told(book, "Where is the crane?", application=f"app-{number}")
    assert len(book._held) <= 50
    assert "refund" in told(book, "Where is my refund?")[0]


def test_words_decide_alone_while_the_embedder_fails(caplog: pytest.LogCaptureFixture):
    words, hands = Words(), Hands()
    words.fails = True
    book = TopicBook(Shelf().keeping, hands, words, "words")
    with caplog.at_level(logging.INFO):
        told(book, *WARM, *QUESTIONS["refund"])
    assert words.asked == 1
    assert told(book, "Where is my refund?")[0]
    words.fails = False
    hands.now += timedelta(seconds=31)
    told(book, "Where is my refund?")
    assert words.asked == 2


def test_a_store_that_fails_does_not_lose_the_name():
    shelf = Shelf()
    fails = [True]

    def save(application: str, text: str) -> None:
        if fails[0]:
            raise Unavailable("the store is away")
        shelf.save(application, text)

    book = TopicBook(Keeping(shelf.texts.get, save), Hands())
    with pytest.raises(Unavailable):
        told(book, *WARM)
    fails[0] = False
    name = told(book, *WARM, *QUESTIONS["refund"], "Where is my refund?")[-1]
    book.flush()
    assert told(TopicBook(shelf.keeping, Hands()), "Where is my refund?") == [name]


def test_an_empty_question_has_no_topic():
    shelf = Shelf()
    assert told(TopicBook(shelf.keeping, Hands()), "", "  ") == ["", ""]
    assert shelf.saves == 0
