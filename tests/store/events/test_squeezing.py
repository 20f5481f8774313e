"""Days are squeezed with a dictionary of their own, and read by whoever opens them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.events.opened import opened
from tests.store.events.samples import DAY, NOW, QUALITY, interaction, spans

from groundwatch.store.events import Entry, Filter
from groundwatch.store.events.squeezing import SAMPLES

WORDS = [f"word{number}" for number in range(3000)]


def talkative(number, at=NOW):
    """An interaction whose text is like that of the others, and not the same."""
    chosen = random.Random(number)  # noqa: S311  only has to differ
    text = " ".join(chosen.choices(WORDS, [1 / n for n in range(1, 3001)], k=60))
    return replace(interaction(number, at), query=text, response=text[::-1])


def bytes_of(events, number):
    with events._room.days.read(DAY) as session:
        sql = "SELECT length(body) FROM bodies b JOIN interactions i ON i.n = b.n WHERE id = ?"
        return session.rows(sql, [f"i{number}"])[0][0]


def dictionaries(events, day=DAY):
    with events._room.days.read(day) as session:
        return [row[0] for row in session.rows("SELECT id FROM dictionaries ORDER BY id")]


@pytest.fixture
def trained(database):
    """A store whose day has a dictionary."""
    with opened(database, NOW) as events:
        events.record([Entry(talkative(n)) for n in range(SAMPLES)])
        assert events.fold(NOW) == 0, "the hour is not over"
        yield events


def test_a_day_with_enough_gets_a_dictionary_that_squeezes(trained):
    assert dictionaries(trained) == [20261120]
    before = bytes_of(trained, 5)
    trained.record([Entry(talkative(5))])
    assert bytes_of(trained, 5) < 0.85 * before
    assert trained.get("i5").interaction == talkative(5)
    assert trained.get("i6").interaction == talkative(6)
    trained.fold(NOW)
    assert dictionaries(trained) == [20261120]


def test_who_opens_it_later_reads_and_squeezes_alike(trained, database):
    trained.record([Entry(talkative(5000, NOW + timedelta(seconds=1)))])
    with opened(database, NOW) as other:
        (newest,) = other.page(Filter(), limit=1)
        assert newest.interaction == talkative(5000, NOW + timedelta(seconds=1))
        other.record([Entry(talkative(5001)), Entry(talkative(5002))])
        other.put_scores([("i5001", QUALITY)])
        other.add_spans(spans("t1", 3))
        other.record([Entry(talkative(5))])
        assert bytes_of(other, 5) <= bytes_of(trained, 5001) + 200
    assert trained.get("i5001").quality == QUALITY
    assert trained.spans("t1") == spans("t1", 3)
    assert trained.recount(DAY) == 0


def test_every_day_holds_the_dictionaries_it_needs(trained, database):
    yesterday = NOW - timedelta(days=1)
    trained.record([Entry(talkative(7000, yesterday))])
    assert dictionaries(trained, yesterday.date()) == [20261120]
    trained._room.days.drop(DAY)
    with opened(database, NOW) as other:
        assert [each.interaction for each in other.page(Filter())] == [talkative(7000, yesterday)]


def test_too_few_are_not_learned_from(events):
    events.record([Entry(talkative(n)) for n in range(20)])
    events.fold(NOW)
    assert dictionaries(events) == []
