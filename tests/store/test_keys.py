"""API keys, one-time links and sessions."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.samples import NOW

from groundwatch.errors import Conflict
from groundwatch.store import keys
from groundwatch.store.keys import ApiKey, Session

KEY = ApiKey("k1", "anna", "laptop", "gwk_abc", ("search:read",), NOW)


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def test_a_key_is_found_by_the_hash_of_its_secret(database):
    with database.write() as c:
        keys.create_key(c, KEY, "hash")
        keys.create_key(c, replace(KEY, id="k2", scopes=None), "other")
        assert keys.find_key(c, "hash", NOW) == KEY
        assert keys.find_key(c, "other", NOW) == replace(KEY, id="k2", scopes=None)
        assert keys.find_key(c, "unknown", NOW) is None


def test_a_revoked_key_is_no_longer_found_but_still_listed(database):
    with database.write() as c:
        keys.create_key(c, KEY, "hash")
        assert keys.revoke_key(c, "k1", later(1))
        assert not keys.revoke_key(c, "k1", later(2))
        assert not keys.revoke_key(c, "unknown", later(2))
        assert keys.find_key(c, "hash", later(1)) is None
        assert keys.list_keys(c) == [replace(KEY, revoked_at=later(1))]
        assert keys.list_keys(c, "bob") == []


def test_an_expired_key_is_no_longer_found(database):
    with database.write() as c:
        keys.create_key(c, replace(KEY, expires_at=later(5)), "hash")
        assert keys.find_key(c, "hash", later(4))
        assert keys.find_key(c, "hash", later(5)) is None


def test_the_last_use_is_noted_once_a_minute(database):
    with database.write() as c:
        keys.create_key(c, KEY, "hash")
        assert keys.touch_key(c, KEY, NOW)
        used = keys.find_key(c, "hash", NOW)
        assert used == replace(KEY, last_used_at=NOW)
        assert not keys.touch_key(c, used, NOW + timedelta(seconds=59))
        assert keys.touch_key(c, used, later(1))


def test_two_keys_never_share_a_secret(database):
    def create(key):
        with database.write() as c:
            keys.create_key(c, key, "hash")

    create(KEY)
    with pytest.raises(Conflict):
        create(replace(KEY, id="k2"))


def test_a_link_works_once_and_not_after_its_time(database):
    with database.write() as c:
        keys.create_link(c, "one", "anna", now=NOW, expires_at=later(10))
        keys.create_link(c, "two", "anna", now=NOW, expires_at=later(10))
        assert keys.use_link(c, "one", later(1)) == "anna"
        assert keys.use_link(c, "one", later(1)) is None
        assert keys.use_link(c, "two", later(10)) is None
        assert keys.use_link(c, "unknown", NOW) is None


def test_of_many_who_use_a_link_at_once_one_gets_in(database):
    with database.write() as c:
        keys.create_link(c, "one", "anna", now=NOW, expires_at=later(10))
    users = []
    barrier = threading.Barrier(6)

    def use():
        barrier.wait()
        with database.write() as c:
            users.append(keys.use_link(c, "one", NOW))

    threads = [threading.Thread(target=use) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(users, key=str) == [None] * 5 + ["anna"]


def test_a_session_lasts_until_its_end(database):
    with database.write() as c:
        keys.create_session(c, "s1", "anna", now=NOW, expires_at=later(10))
        keys.create_session(c, "s2", "anna", now=NOW, expires_at=later(20))
        assert keys.find_session(c, "s1", later(9)) == Session("anna", NOW, later(10))
        assert keys.find_session(c, "s1", later(10)) is None
        assert keys.end_session(c, "s1")
        assert not keys.end_session(c, "s1")
        assert keys.find_session(c, "s1", later(9)) is None
        assert keys.find_session(c, "s2", later(10)) == Session("anna", NOW, later(20))


def test_what_has_expired_is_forgotten(database):
    with database.write() as c:
        keys.create_session(c, "s1", "anna", now=NOW, expires_at=later(10))
        keys.create_link(c, "l1", "anna", now=NOW, expires_at=later(5))
        assert keys.forget_expired(c, later(5)) == 1
        assert keys.forget_expired(c, later(10)) == 1
