"""Who may read a document, and the change log entries that tell of it."""

import pytest
from tests.store.samples import meta, parts, put

from groundwatch.domain.access import AccessList
from groundwatch.store import changes, documents, permissions

HR = AccessList(frozenset({"group:hr"}))
ALL = AccessList(frozenset({"everyone"}), frozenset({"user:eve"}))
NOBODY = AccessList()
ID = meta().id


@pytest.fixture
def c(database):
    with database.write() as connection:
        yield connection


def kinds(c):
    return [change.kind for change in changes.since(c, 0, 100)]


def test_an_unknown_document_may_be_read_by_nobody(c):
    ids = put(c, meta(), "text")
    assert permissions.effective(c, [ID]) == {}
    assert documents.found(c, ids)[ids[0]].access == NOBODY


def test_an_absent_list_never_overwrites_a_known_one(c):
    assert permissions.put_from_rules(c, ID, HR)
    assert not permissions.put_from_rules(c, ID, None)
    assert permissions.effective(c, [ID]) == {ID: HR}


def test_an_empty_list_is_known_and_means_nobody(c):
    permissions.put_from_rules(c, ID, HR)
    assert permissions.put_from_rules(c, ID, NOBODY)
    assert permissions.effective(c, [ID]) == {ID: NOBODY}


def test_a_list_set_by_hand_wins_until_it_is_cleared(c):
    permissions.put_explicit(c, ID, HR)
    assert not permissions.put_from_rules(c, ID, ALL)
    assert permissions.effective(c, [ID]) == {ID: HR}
    assert permissions.clear_explicit(c, ID)
    assert permissions.effective(c, [ID]) == {ID: ALL}
    assert not permissions.clear_explicit(c, ID)


def test_permissions_outlive_the_document(c):
    documents.put(c, meta(version=1), "text", parts("text"), pipeline="p")
    permissions.put_explicit(c, ID, HR)
    documents.delete(c, ID, 2)
    ids = put(c, meta(version=3), "text")
    assert documents.found(c, ids)[ids[0]].access == HR


def test_only_what_changes_the_readers_is_logged(c):
    permissions.put_from_rules(c, ID, HR)
    permissions.put_from_rules(c, ID, HR)
    permissions.put_explicit(c, ID, HR)
    permissions.put_explicit(c, ID, ALL)
    permissions.put_from_rules(c, ID, NOBODY)
    assert kinds(c) == ["access", "access"]


def test_many_at_once(c):
    lists = {f"{number:032x}": HR if number % 2 else ALL for number in range(1200)}
    assert permissions.put_all_from_rules(c, lists) == 1200
    assert permissions.put_all_from_rules(c, lists) == 0
    assert permissions.effective(c, list(lists)) == lists
    assert len(changes.since(c, 0, 2000)) == 1200


def test_equal_lists_have_equal_fingerprints():
    one = AccessList(frozenset({"a", "b"}), frozenset({"c"}))
    two = AccessList(frozenset({"b", "a"}), frozenset({"c"}))
    assert permissions.fingerprint(one) == permissions.fingerprint(two)
    assert permissions.fingerprint(HR) != permissions.fingerprint(
        AccessList(frozenset(), frozenset({"group:hr"}))
    )
