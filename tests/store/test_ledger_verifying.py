"""The ledger and the store, compared both ways."""

import pytest
from tests.store.samples import NOW, meta, parts

from groundwatch.store import documents, ledger
from groundwatch.store.ledger import Event, Seen, State
from groundwatch.store.ledger.verifying import LedgerDifference, compare, look_again

SEEN = Seen("hash", 1, 2, "acl")
AGREED = LedgerDifference((), ())


@pytest.fixture
def c(database):
    with database.write() as connection:
        yield connection


def indexed(c, *paths):
    """Documents as a worker leaves them behind."""
    for path in paths:
        one = meta(path)
        documents.put(c, one, "one two", parts("one two"), pipeline="p")
        ledger.enqueue(c, one.source, [(path, Event.CHANGED)], NOW)
    for item in ledger.claim(c, "w", NOW, lease_seconds=60, limit=10):
        assert ledger.finish(c, item, NOW, seen=SEEN)


def test_what_was_indexed_agrees(c):
    indexed(c, "a", "b")
    assert compare(c) == AGREED


def test_a_document_that_the_store_lost_is_looked_for_again(c):
    indexed(c, "a", "b")
    one = meta("a")
    documents.delete(c, one.id, 9)
    assert compare(c) == LedgerDifference(((one.source, "a"),), ())
    look_again(c, compare(c).lost, NOW)
    row = ledger.get(c, one.source, "a")
    assert row is not None
    assert (row.state, row.content_hash) == (State.READY, "")
    assert compare(c) == AGREED, "it waits now"


@pytest.mark.parametrize("gone", [True, False])
def test_a_document_that_the_ledger_does_not_know_is_looked_for_again(c, gone):
    one = meta("a")
    documents.put(c, one, "one two", parts("one two"), pipeline="p")
    if gone:
        ledger.enqueue(c, one.source, [("a", Event.DELETED)], NOW)
        ledger.enqueue(c, one.source, [("a", Event.CHANGED)], NOW)
        (item,) = ledger.claim(c, "w", NOW, lease_seconds=60, limit=10)
        assert ledger.finish(c, item, NOW, seen=None)
    assert compare(c) == LedgerDifference((), ((one.source, "a"),))
    look_again(c, compare(c).unknown, NOW)
    assert compare(c) == AGREED


def test_what_waits_or_failed_is_no_difference(c):
    ledger.enqueue(c, "files", [("new", Event.CHANGED)], NOW)
    assert compare(c) == AGREED
