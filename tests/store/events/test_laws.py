"""Whatever is written in whatever order: cells are what a recount says, folded or not."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.events.opened import opened
from tests.store.events.samples import NOW, ONE, QUALITY

from groundwatch.domain.answers import Outcome
from groundwatch.domain.events import Event
from groundwatch.domain.interactions import Feedback
from groundwatch.errors import NotFound
from groundwatch.store.events import CellQuery, Entry

fresh = count()
METRICS = ("requests", "latency", "errors", "quality.overall", "satisfaction", "custom.x")
ids = st.integers(0, 4)
hours_ago = st.sampled_from([0.1, 0.2, 1.5, 12.4, 12.6, 13.0])
interactions = st.builds(
    lambda number, ago, duration, outcome, model, sources: replace(
        ONE,
        id=f"{next(fresh)}-{number}" if number is None else f"{number}",
        started_at=NOW - timedelta(hours=ago),
        duration=duration,
        outcome=outcome,
        model=model,
        error_type="E" if outcome is Outcome.FAILED else "",
        passages=ONE.passages[:sources],
    ),
    ids,
    hours_ago,
    st.floats(0, 100),
    st.sampled_from(list(Outcome)),
    st.sampled_from(["", "a", "b\0"]),
    st.integers(0, 2),
)
entries = st.builds(
    Entry, interactions, st.booleans(), st.sampled_from([1.0, 2.5, 10 / 3]), st.booleans()
)
steps = st.one_of(
    st.tuples(st.just("record"), st.lists(entries, max_size=4)),
    st.tuples(
        st.just("score"),
        ids,
        st.none() | st.floats(0, 1),
        st.sampled_from(["", "t"]),
        st.sampled_from([1.0, 4.0]),
    ),
    st.tuples(st.just("defer"), st.lists(ids, max_size=4)),
    st.tuples(st.just("fail"), ids),
    st.tuples(st.just("rescore"), hours_ago),
    st.tuples(st.just("feedback"), ids, st.sampled_from("xy"), st.sampled_from([-1, 1, None])),
    st.tuples(
        st.just("event"),
        ids,
        hours_ago,
        st.floats(-1e6, 1e6) | st.sampled_from([float("nan"), 1e300]),
    ),
    st.tuples(st.just("fold"), st.integers(-3, 3)),
)


def take(events, step):
    match step:
        case ("record", some):
            events.record(some)
        case ("score", number, overall, topic, weight):
            quality = replace(QUALITY, overall=overall, topic=topic, weight=weight)
            events.put_scores([(str(number), quality)])
        case ("defer", numbers):
            events.defer(map(str, numbers))
        case ("fail", number):
            events.scoring_failed(str(number), "no scorer could read it")
        case ("rescore", ago):
            events.rescore(NOW - timedelta(hours=ago), NOW)
        case ("feedback", number, user, thumb):
            try:
                events.give_feedback(Feedback(str(number), user, NOW, thumb=thumb))
            except NotFound:
                return
        case ("event", number, ago, value):
            at = NOW - timedelta(hours=ago)
            events.add_events([Event(str(number), at, "metric", metrics={"x": value})])
        case ("fold", hours):
            events.fold(NOW + timedelta(hours=hours))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(written=st.lists(steps, max_size=12))
def test_cells_are_what_a_recount_says(database_of, dialect, written):
    with opened(database_of(dialect), NOW) as events:
        for step in written:
            take(events, step)
        alike_at_every_step(events)
        assert [events.recount(day) for day in events.days()] == [0] * len(events.days())
        events.fold(NOW + timedelta(days=1))
        alike_at_every_step(events)
        for day in events.days():
            events._room.days.drop(day)
        with events._room.main.write() as c:
            c.exec_driver_sql("DELETE FROM rollups")
            c.exec_driver_sql("DELETE FROM folded_hours")


def alike_at_every_step(events):
    """Minutes, hours, days and weeks add up to the same."""
    for metric in METRICS:
        since, until = NOW - timedelta(days=3), NOW + timedelta(hours=1)
        minutes = summed(events.cells(CellQuery(metric, since, until)))
        for step in ("hour", "day", "week"):
            assert summed(events.cells(CellQuery(metric, since, until, step))) == minutes


def summed(found):
    number = sum(cell.count for cell in found)
    weight = sum(cell.weight for cell in found)
    buckets: dict[int, float] = {}
    for cell in found:
        for index, each in (cell.histogram.buckets if cell.histogram else {}).items():
            buckets[index] = buckets.get(index, 0) + each
    return number, weight, buckets


@pytest.fixture
def database_of(new_database):
    """One database of each dialect, used again by every example."""
    made = {}

    def of(dialect):
        if dialect not in made:
            made[dialect] = new_database(dialect)
        if dialect == "sqlite":
            for left in (Path(made[dialect].name).parent / "events").glob("*"):
                left.unlink()
        return made[dialect]

    return of
