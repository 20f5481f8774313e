"""Values by name, and leases."""

from datetime import timedelta

from tests.store.samples import NOW

from groundwatch.store import values


def test_a_value_stays_under_its_name(database):
    with database.write() as c:
        assert values.get(c, "position") is None
        values.put(c, "position", "7")
        values.put(c, "position", "8")
        assert values.get(c, "position") == "8"
        assert values.remove(c, "position")
        assert not values.remove(c, "position")


def test_a_lease_has_one_owner_until_it_ends(database):
    def acquire(owner, after):
        return values.acquire(c, "scan", owner, NOW + timedelta(seconds=after), seconds=10)

    with database.write() as c:
        assert acquire("one", 0)
        assert not acquire("two", 9)
        assert acquire("one", 9)
        assert not acquire("two", 18)
        assert acquire("two", 19)
        assert not values.release(c, "scan", "one")
        assert values.release(c, "scan", "two")
        assert acquire("one", 19)


def test_a_lease_of_a_clock_that_was_set_back_holds_nobody(database):
    with database.write() as c:
        assert values.acquire(c, "scan", "one", NOW, seconds=10)
        skewed = NOW - timedelta(seconds=60)
        assert not values.acquire(c, "scan", "two", skewed, seconds=10), "two machines may differ"
        back = NOW - timedelta(hours=2)
        assert values.acquire(c, "scan", "two", back, seconds=10)
        assert not values.acquire(c, "scan", "one", back + timedelta(seconds=9), seconds=10)
