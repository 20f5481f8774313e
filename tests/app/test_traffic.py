"""Synthetic traffic: the same for the same seed, marked, with a rhythm, through the real door."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from groundwatch.app.traffic.faults import Fault, FaultKind, fault_named
from groundwatch.app.traffic.making import Plan, minute
from groundwatch.app.traffic.running import Traffic, plan_for
from groundwatch.app.traffic.world import INCIDENT
from groundwatch.domain.answers import Outcome
from groundwatch.domain.scores import Dimension
from groundwatch.errors import InvalidInput
from groundwatch.store.database import Database
from groundwatch.store.events import CellQuery, EventStore, Filter
from tests.store.events.opened import opened

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)  # a Wednesday


@pytest.fixture
def events(database: Database) -> Iterator[EventStore]:
    with opened(database, NOW) as store:
        yield store


def made(plan, since, hours):
    return [x for n in range(hours * 60) for x in minute(plan, since + timedelta(minutes=n))]


def test_the_same_seed_makes_the_same_traffic_and_another_seed_another():
    since = NOW - timedelta(hours=4)
    first = made(Plan(1), since, 4)
    assert first == made(Plan(1), since, 4)
    assert first != made(Plan(2), since, 4)
    assert len({each.interaction.id for each in first}) == len(first)
    assert all(each.interaction.attributes == {"synthetic": "true"} for each in first)


def test_offices_are_busy_on_a_working_day_and_quiet_at_night_and_on_sundays():
    def offices(since, hours):
        found = made(Plan(1, 3.0), since, hours)
        return sum(each.interaction.application == "groundwatch" for each in found)

    day = NOW.replace(hour=9, minute=0)
    assert offices(day, 4) > 10 * offices(day.replace(hour=1), 4)
    assert offices(day, 4) > 4 * offices(day - timedelta(days=3), 4)


def test_times_lie_as_times_do_and_every_outcome_happens():
    found = made(Plan(1, 3.0), NOW - timedelta(hours=24), 24)
    outcomes = Counter(each.interaction.outcome for each in found)
    assert {Outcome.ANSWERED, Outcome.DECLINED, Outcome.FAILED, Outcome.TIMED_OUT} <= set(outcomes)
    small = sorted(
        each.interaction.duration
        for each in found
        if each.interaction.model == "gpt-4.1-mini" and each.interaction.outcome == "answered"
    )
    median, high = small[len(small) // 2], small[int(len(small) * 0.95)]
    assert 0.8 < median < 1.4
    assert 1.6 < high / median < 2.6
    assert any(each.feedback for each in found)


def test_the_bad_hours_are_slower_and_fail_more():
    begin = NOW - timedelta(hours=6)
    usual, bad = Plan(3, 5.0), Plan(3, 5.0, begin)
    hours = int(INCIDENT.length / timedelta(hours=1))

    def mean(plan):
        found = [
            each.interaction
            for each in made(plan, begin, hours)
            if each.interaction.model == INCIDENT.model
        ]
        failed = sum(one.outcome in {Outcome.FAILED, Outcome.TIMED_OUT} for one in found)
        answered = [one.duration for one in found if one.outcome is Outcome.ANSWERED]
        return sum(answered) / len(answered), failed / len(found)

    assert mean(bad)[0] > 1.8 * mean(usual)[0]
    assert mean(bad)[1] > mean(usual)[1] + 0.05


@pytest.mark.integration
def test_history_is_back_dated_counted_and_marked_and_live_goes_on(events):
    traffic = Traffic(events, plan_for(1, NOW, 1.0))
    told: list[datetime] = []
    count = traffic.history(NOW - timedelta(hours=6), NOW, told.append)
    rows = events.page(Filter(since=NOW - timedelta(hours=7), until=NOW), limit=10_000)
    assert len(rows) == count > 100
    assert {row.state for row in rows} == {"scored"}
    cells = events.cells(CellQuery("requests", NOW - timedelta(hours=7), NOW, "hour"))
    assert sum(cell.count for cell in cells) == count
    arrived = events.cells(
        CellQuery("intake", NOW - timedelta(hours=7), NOW, "day", None, "outcome", "accepted")
    )
    assert sum(cell.count for cell in arrived) == count
    assert [event.component for event in events.events(since=NOW - timedelta(hours=6), until=NOW)]
    later = NOW + timedelta(minutes=20)
    added = traffic.live(NOW, NOW + timedelta(minutes=10))
    added += traffic.live(NOW + timedelta(minutes=10), later)
    assert added
    rows = events.page(Filter(since=NOW - timedelta(hours=7), until=later), limit=10_000)
    assert len({row.interaction.id for row in rows}) == count + added


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_spoils_what_it_is_about_from_its_beginning_and_nothing_else(kind):
    since = NOW - timedelta(hours=3)
    begin, end = since + timedelta(hours=1), since + timedelta(hours=2)
    sound = made(Plan(1, 3.0), since, 3)
    broken = made(Plan(1, 3.0, fault=Fault(kind, begin, end)), since, 3)
    assert [x.interaction.id for x in sound] == [x.interaction.id for x in broken]
    changed = [
        (a, b)
        for a, b in zip(sound, broken, strict=True)
        if (a.interaction, a.quality) != (b.interaction, b.quality)
    ]
    assert changed
    assert all(begin <= a.interaction.started_at < end for a, _ in changed)
    for before, after in changed:
        one, scored = after.interaction, after.quality
        if kind is FaultKind.SLOW_LLM:
            assert one.duration > 2 * before.interaction.duration
            assert one.model == "gpt-4.1"
        elif kind is FaultKind.WRONG_DOCUMENTS:
            assert one.application == "support-bot"
            assert scored.overall is not None
            assert before.quality.overall is not None
            assert scored.overall < before.quality.overall - 0.3
        elif kind is FaultKind.LEAKING_TOPIC:
            safety = scored.score(Dimension.SAFETY)
            assert safety is not None
            assert safety.flags == ("secret",)
            assert one.response[safety.evidence[0].start :].startswith(" The key")
        else:
            assert one.outcome is Outcome.DECLINED
            assert one.passages == ()
            assert scored.overall is None


def test_a_fault_that_does_not_exist_is_refused():
    with pytest.raises(InvalidInput, match="slow-llm, wrong-documents"):
        fault_named("flood")
