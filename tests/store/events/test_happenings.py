"""Events come back, and their numbers become metrics."""

from dataclasses import replace
from datetime import timedelta

from tests.store.events.samples import DAY, NOW

from groundwatch.domain.events import Event
from groundwatch.domain.status import Severity
from groundwatch.store.events import CellQuery

DEPLOY = Event(
    id="e1",
    at=NOW - timedelta(minutes=3),
    type="deploy",
    severity=Severity.LOW,
    application="shop",
    component="api",
    message="version 2 \0",
    correlation_id="c",
    metrics={"carts": 3.0, "bad": float("nan")},
    metadata={"by": "anna"},
)


def custom(events):
    query = CellQuery("custom.carts", NOW - timedelta(hours=1), NOW)
    return [(cell.count, cell.total, cell.quantile(0.5)) for cell in events.cells(query)]


def test_events_come_back_narrowed(events):
    other = replace(DEPLOY, id="e2", at=NOW - timedelta(days=2), application="", type="model")
    third = replace(DEPLOY, id="e3", application="wiki", metrics={})
    old = replace(DEPLOY, id="e4", at=NOW - timedelta(days=40))
    assert events.add_events([DEPLOY, other, third, old]) == 3
    found = events.events("shop")
    assert [each.id for each in found] == ["e1", "e2"]
    assert replace(found[0], metrics={}) == replace(DEPLOY, metrics={})
    assert [each.id for each in events.events(types=["deploy"])] == ["e3", "e1"]
    assert [each.id for each in events.events(limit=1)] == ["e3"]
    assert [each.id for each in events.events(until=NOW - timedelta(days=1))] == ["e2"]
    assert [each.id for each in events.events(since=NOW - timedelta(days=1), limit=9)] == [
        "e3",
        "e1",
    ]


def test_their_numbers_are_metrics_and_the_same_event_counts_once(events):
    for carts in (3.0, 3.0, -5.0):
        events.add_events([replace(DEPLOY, metrics={"carts": carts, "bad": float("nan")})])
    ((count, total, median),) = custom(events)
    assert (count, total) == (1, -5.0)
    assert abs(median + 5) <= 0.1
    assert "custom.carts" in events.metric_names()
    assert "custom.bad" not in events.metric_names()
    assert events.recount(DAY) == 0
