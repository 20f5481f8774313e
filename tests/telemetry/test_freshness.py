"""What the worker tracked becomes numbers of freshness, each record once."""

from datetime import timedelta

import pytest

from groundwatch.domain import metrics
from groundwatch.errors import Unavailable
from groundwatch.store import ledger
from groundwatch.store.events.cells import CellQuery
from groundwatch.store.ledger import Event, Failure, Seen
from groundwatch.telemetry.freshness import Freshness
from tests.store.events.samples import NOW

SEEN = Seen("hash", 1, 42, "acl")
CHANGED = NOW - timedelta(seconds=30)


def tracked(database, path, event, seconds, *, source="files", changed=CHANGED):
    """Let the worker end a change after so many seconds."""
    ended = changed + timedelta(seconds=seconds)
    with database.write() as c:
        ledger.enqueue(c, source, [(path, event)], changed)
        (item,) = ledger.claim(c, "w", changed, lease_seconds=60, limit=1)
        seen = None if event is Event.DELETED else SEEN
        assert ledger.finish(c, item, ended, seen=seen)


def cells(events, metric, dimension=""):
    query = CellQuery(
        metric.name, NOW - timedelta(hours=1), NOW + timedelta(hours=1), dimension=dimension
    )
    return {cell.label: cell for cell in events.cells(query)}


@pytest.fixture
def freshness(database, events):
    return Freshness(database, events.add_points, lambda: NOW)


def test_changes_deletions_and_permissions_are_told_apart(database, events, freshness):
    tracked(database, "a", Event.CHANGED, 2.0)
    tracked(database, "b", Event.CHANGED, 4.0, source="wiki")
    tracked(database, "a", Event.ACCESS, 0.5)
    tracked(database, "a", Event.DELETED, 0.25)
    assert freshness.take() == 4
    (whole,) = cells(events, metrics.FRESHNESS).values()
    assert (whole.count, whole.total) == (2, pytest.approx(6.0))
    by_source = cells(events, metrics.FRESHNESS, "source")
    assert {name: cell.total for name, cell in by_source.items()} == {"files": 2.0, "wiki": 4.0}
    assert cells(events, metrics.REVOCATION, "source")["files"].total == 0.5
    assert cells(events, metrics.DELETION, "source")["files"].total == 0.25


def test_each_record_counts_once_also_for_a_new_process(database, events, freshness):
    tracked(database, "a", Event.CHANGED, 2.0)
    assert freshness.take() == 1
    assert freshness.take() == 0
    tracked(database, "b", Event.CHANGED, 3.0)
    assert Freshness(database, events.add_points, lambda: NOW).take() == 1
    assert cells(events, metrics.FRESHNESS)[""].count == 2


def test_what_failed_is_not_fresh(database, events, freshness):
    with database.write() as c:
        ledger.enqueue(c, "files", [("a", Event.CHANGED)], CHANGED)
        (item,) = ledger.claim(c, "w", CHANGED, lease_seconds=60, limit=1)
        failure = Failure("parse", "corrupt", "it ends too early")
        ledger.quarantine(c, item, CHANGED, failure=failure, seen=SEEN)
    assert freshness.take() == 1
    assert cells(events, metrics.FRESHNESS) == {}


def test_a_store_that_is_away_loses_nothing(database, events):
    away = [True]

    def add_points(at, application, points):
        if away[0]:
            raise Unavailable("the store is away")
        events.add_points(at, application, points)

    freshness = Freshness(database, add_points, lambda: NOW)
    tracked(database, "a", Event.CHANGED, 2.0)
    with pytest.raises(Unavailable):
        freshness.take()
    away[0] = False
    assert freshness.take() == 1
    assert cells(events, metrics.FRESHNESS)[""].count == 1


def test_what_ended_this_moment_waits_for_those_that_end_beside_it(database, events, freshness):
    tracked(database, "a", Event.CHANGED, 1.0, changed=NOW - timedelta(seconds=1.5))
    assert freshness.take() == 0
    assert Freshness(database, events.add_points, lambda: NOW + timedelta(seconds=5)).take() == 1


def test_more_than_one_batch_is_taken(database, events, freshness):
    with database.write() as c:
        paths = [(f"{number}", Event.CHANGED) for number in range(1_100)]
        ledger.enqueue(c, "files", paths, CHANGED)
        items = ledger.claim(c, "w", CHANGED, lease_seconds=60, limit=2_000)
        ended = [ledger.Ended(item, SEEN, {}) for item in items]
        ledger.finish_all(c, ended, CHANGED + timedelta(seconds=1))
    assert freshness.take() == 1_100
    assert cells(events, metrics.FRESHNESS)[""].count == 1_100
