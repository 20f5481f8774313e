from datetime import timedelta

from groundwatch.access.recent import Recent
from tests.access.conftest import Clock


def test_records_are_young_and_few(clock: Clock):
    recent: Recent[int] = Recent(timedelta(seconds=1), most=2)
    for number, key in enumerate("abc"):
        recent.put(key, number, clock())

    assert [recent.get(key, clock()) for key in "abc"] == [None, 1, 2]
    clock.move(1)
    assert [recent.get(key, clock()) for key in "abc"] == [None, None, None]


def test_clearing(clock: Clock):
    recent: Recent[int] = Recent(timedelta(seconds=1), most=2)
    recent.put("a", 1, clock())

    recent.clear()

    assert recent.get("a", clock()) is None
