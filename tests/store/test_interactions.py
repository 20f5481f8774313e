"""Interactions come back whole, and feedback with them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.samples import NOW

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction, RetrievedPassage, Stage
from groundwatch.domain.status import Severity
from groundwatch.store import interactions
from groundwatch.store.interactions import Filter

ONE = Interaction(
    id="i1",
    application="groundwatch",
    started_at=NOW,
    duration=0.25,
    outcome=Outcome.ANSWERED,
    severity=Severity.INFO,
    query="Wie viel Urlaub? \0 \ud800 \u202e",
    response="30 Tage.",
    user="anna",
    passages=(RetrievedPassage(1, "text", "d1", 3, "17", score=0.5, cited=True, start=0, end=4),),
    stages=(Stage("embed", 0.0, 0.003), Stage("search", 0.003, 0.01, "late")),
    first_token=0.1,
    cost=0.002,
    flags=("one", "two"),
    attributes={"country": "PT"},
)
CLEAN = replace(ONE, query="Wie viel Urlaub? \0 \ufffd \u202e")


@pytest.fixture
def c(database):
    with database.write() as connection:
        yield connection


def test_an_interaction_comes_back_whole(c):
    interactions.put_many(c, [ONE])
    assert interactions.get(c, "i1") == CLEAN
    assert interactions.get(c, "unknown") is None


def test_the_same_id_again_replaces(c):
    interactions.put_many(c, [ONE, replace(ONE, response="other")])
    found = interactions.get(c, "i1")
    assert found
    assert found.response == "other"


def test_nothing_is_nothing(c):
    interactions.put_many(c, [])
    assert interactions.page(c, Filter()) == []


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), ["3", "2", "1", "0"]),
        (Filter(user="bob"), ["3"]),
        (Filter(user=""), []),
        (Filter(outcome=Outcome.DECLINED), ["2"]),
        (Filter(severity=Severity.HIGH), ["1"]),
        (Filter(application="other"), ["0"]),
        (Filter(since=NOW + timedelta(seconds=1)), ["3", "2"]),
        (Filter(until=NOW + timedelta(seconds=1)), ["1", "0"]),
        (Filter(user="anna", until=NOW), []),
    ],
)
def test_pages_are_newest_first_and_narrowed(c, wanted, ids):
    every = [replace(ONE, id=str(n), started_at=NOW + timedelta(seconds=n // 2)) for n in range(4)]
    every[0] = replace(every[0], application="other")
    every[1] = replace(every[1], severity=Severity.HIGH)
    every[2] = replace(every[2], outcome=Outcome.DECLINED)
    every[3] = replace(every[3], user="bob")
    interactions.put_many(c, every)
    seen, after = [], None
    while found := interactions.page(c, wanted, after=after, limit=2):
        seen += [one.id for one in found]
        after = (found[-1].started_at, found[-1].id)
    assert seen == ids


def test_the_newest_feedback_of_a_person_counts(c):
    first = Feedback("i1", "anna", NOW, thumb=-1, comment="no")
    second = Feedback("i1", "anna", NOW + timedelta(seconds=5), thumb=1, rating=5)
    other = Feedback("i2", "anna", NOW, thumb=1)
    for given in (first, second, other):
        interactions.put_feedback(c, given)
    assert interactions.feedback_on(c, ["i1", "i2", "i3"]) == [other, second]


def test_old_interactions_go_with_their_feedback(c):
    interactions.put_many(c, [ONE, replace(ONE, id="i2", started_at=NOW + timedelta(days=2))])
    for id_ in ("i1", "i2"):
        interactions.put_feedback(c, Feedback(id_, "anna", NOW, thumb=1))
    assert interactions.forget(c, NOW + timedelta(days=1)) == 1
    assert [given.interaction_id for given in interactions.feedback_on(c, ["i1", "i2"])] == ["i2"]
