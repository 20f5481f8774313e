"""Feedback is on one's own interactions, also on one that was just answered."""

from collections.abc import Iterator

import pytest

from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import Feedback
from groundwatch.errors import NotFound
from groundwatch.store.database import Database
from groundwatch.store.events import Entry, EventStore
from groundwatch.telemetry.feedback import FeedbackBook
from groundwatch.telemetry.recorder import Recorder
from tests.store.events.opened import opened
from tests.store.events.samples import NOW, ONE

GIVEN = Feedback("i1", "anna", NOW, thumb=1)


def identity(user: str) -> Identity:
    return Identity(user, frozenset({f"user:{user}"}), frozenset(), "key")


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


def test_feedback_on_an_answer_that_still_waits_is_kept(events):
    recorder = Recorder(
        lambda group: events.record([Entry(one) for one in group]), flush_seconds=60
    )
    recorder.record(ONE)
    book = FeedbackBook(events, recorder.flush)
    book.give(identity("anna"), GIVEN)
    assert events.feedback_on(["i1"]) == [GIVEN]
    recorder.close()


def test_feedback_on_what_is_not_ones_own_is_refused_like_what_is_not_there(events, monkeypatch):
    monkeypatch.setattr("groundwatch.telemetry.feedback.PATIENCE_SECONDS", 0.0)
    events.record([Entry(ONE)])
    book = FeedbackBook(events, lambda: None)
    for user, given in (("bob", GIVEN), ("anna", Feedback("none", "anna", NOW, thumb=1))):
        with pytest.raises(NotFound, match="there is no such interaction"):
            book.give(identity(user), given)
    assert events.feedback_on(["i1"]) == []
