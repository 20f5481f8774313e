"""What waits until there is time, and what stands for it meanwhile, on each database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.events.opened import opened
from tests.store.events.samples import DAY, NOW, QUALITY, interaction

from groundwatch.domain.interactions import Feedback
from groundwatch.store.events import CellQuery, Entry, EventStore
from groundwatch.store.events.recorded import State
from groundwatch.store.events.tables import LAST_ADDED, LAYOUT

LATER = NOW + timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def scored(overall: float, weight: float = 1.0):
    return replace(QUALITY, overall=overall, weight=weight)


def seen(events: EventStore) -> tuple[int, float, float | None]:
    """How many scores count, what they stand for, and their mean."""
    cells = events.cells(CellQuery("quality.overall", NOW - timedelta(hours=1), LATER, "hour"))
    weight = sum(cell.weight for cell in cells)
    total = sum(cell.total for cell in cells)
    return sum(cell.count for cell in cells), weight, round(total / weight, 6) if weight else None


def exact(events: EventStore) -> bool:
    return [events.recount(day) for day in events.days()] == [0] * len(events.days())


def waiting(events: EventStore) -> list[str]:
    return [each.interaction.id for each in events.unscored(10)]


def test_what_is_deferred_comes_after_what_is_new_newest_first(events: EventStore) -> None:
    days = {1: 0, 2: 1, 3: 0, 4: 1}
    events.record(
        [Entry(interaction(n, NOW - timedelta(days=ago, minutes=n))) for n, ago in days.items()]
    )
    assert events.defer(["i1", "i2", "gone"]) == 2
    assert waiting(events) == ["i3", "i4", "i1", "i2"]
    assert (events.backlog(), events.backlog_of_new()) == (4, 2)
    assert events.oldest_waiting() == NOW - timedelta(days=1, minutes=4)
    found = [events.get(each) for each in ("i1", "i3")]
    assert [(each.state, each.deferred) for each in found if each] == [
        (State.PENDING, True),
        (State.PENDING, False),
    ]


def test_a_sample_stands_for_its_second_until_all_of_it_is_scored(events: EventStore) -> None:
    events.record([Entry(interaction(n, NOW - SECOND * (n // 3))) for n in range(6)])
    events.defer(["i1", "i2", "i4"])
    events.put_scores([("i0", scored(0.2, 3.0)), ("i3", scored(0.8, 2.0)), ("i5", scored(0.5))])
    assert seen(events) == (3, 6.0, round((0.6 + 1.6 + 0.5) / 6, 6))
    events.put_scores([("i1", scored(1.0))])
    assert seen(events) == (3, 6.0, round((0.6 + 1.6 + 0.5) / 6, 6)), "i0 stands for i1"
    assert exact(events)
    events.put_scores([("i2", scored(0.9))])
    assert seen(events) == (5, 6.0, round((0.2 + 1.0 + 0.9 + 1.6 + 0.5) / 6, 6))
    events.put_scores([("i4", scored(0.1))])
    assert seen(events) == (6, 6.0, round((0.2 + 1.0 + 0.9 + 0.8 + 0.1 + 0.5) / 6, 6))
    assert exact(events)
    for id_ in ("i0", "i4"):
        found = events.get(id_)
        assert found is not None
        assert found.quality == scored(0.2 if id_ == "i0" else 0.1)


def test_one_that_cannot_be_scored_completes_its_second_too(events: EventStore) -> None:
    events.record([Entry(interaction(n, NOW)) for n in range(2)])
    events.defer(["i1"])
    events.put_scores([("i0", scored(0.4, 2.0))])
    assert seen(events) == (1, 2.0, 0.4)
    events.scoring_failed("i1", "no text")
    assert seen(events) == (1, 1.0, 0.4)
    assert exact(events)


def test_what_has_scores_keeps_counting_while_it_waits_again(events: EventStore) -> None:
    events.record([Entry(interaction(n, NOW)) for n in range(3)])
    events.put_scores([("i0", scored(0.4)), ("i1", scored(0.6))])
    assert events.rescore(NOW, LATER) == 2
    assert waiting(events)[0] == "i2", "what is new comes first"
    events.put_scores([("i1", scored(0.8))])
    assert seen(events) == (2, 2.0, 0.6)
    events.put_scores([("i0", scored(0.2)), ("i2", scored(0.5))])
    assert seen(events) == (3, 3.0, 0.5)
    assert exact(events)


def test_what_is_rated_badly_is_scored_with_the_new(events: EventStore) -> None:
    events.record([Entry(interaction(n, NOW - SECOND * n)) for n in range(3)])
    events.defer(["i0", "i1", "i2"])
    events.give_feedback(Feedback("i2", "anna", NOW, rating=2))
    events.give_feedback(Feedback("i1", "anna", NOW, thumb=1))
    assert events.backlog_of_new() == 1
    assert waiting(events) == ["i2", "i0", "i1"]


def test_an_answer_told_again_is_decided_again(events: EventStore) -> None:
    events.record([Entry(interaction(n, NOW)) for n in range(2)])
    events.defer(["i1"])
    events.put_scores([("i0", scored(0.4, 2.0))])
    events.record([Entry(interaction(1, NOW, response="More."))])
    assert events.backlog_of_new() == 1
    events.put_scores([("i1", scored(0.6))])
    assert seen(events) == (2, 2.0, 0.5)
    events.record([Entry(interaction(0, NOW, duration=9.0))])
    assert seen(events) == (2, 2.0, 0.5)
    assert exact(events)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_days_of_an_older_version_are_brought_up_to_date(new_database, dialect) -> None:
    database = new_database(dialect)
    with opened(database, NOW) as events:
        events.record([Entry(interaction(1))])
        with events._room.days.write(DAY) as session:
            session.run(f"DROP INDEX {LAST_ADDED}")
            if dialect == "sqlite":
                session.run("PRAGMA user_version = 1")
    with opened(database, NOW) as events:
        assert waiting(events) == ["i1"]
        with events._room.days.read(DAY) as session:
            assert session is not None
            if dialect == "sqlite":
                assert session.rows("PRAGMA user_version") == [(LAYOUT,)]
                found = "SELECT 1 FROM sqlite_master WHERE name = ?"
            else:
                found = "SELECT 1 FROM pg_indexes WHERE indexname = ?"
            assert session.rows(found, [LAST_ADDED]) == [(1,)]
