"""Cells from memory are those of the store, at any moment."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.analytics.asked import NOW, asked, every, record

from groundwatch.analytics.kept import Kept, KeptCells
from groundwatch.store.events import Cell, CellQuery, Entry, EventStore, Step

START = NOW - timedelta(days=3, hours=5, minutes=7)


class Counted:
    """The store, and what was asked of it."""

    def __init__(self, events: EventStore) -> None:
        self.events = events
        self.asked: list[CellQuery] = []

    def cells(self, query: CellQuery) -> list[Cell]:
        self.asked.append(query)
        return self.events.cells(query)

    def versions(self, since: datetime, until: datetime) -> dict[int, tuple[int, ...]]:
        return self.events.versions(since, until)


@pytest.fixture
def filled(events: EventStore) -> EventStore:
    """Nothing is folded."""
    ones = [asked(n, at) for n, at in enumerate(every(17, START, NOW))]
    events.record([Entry(one) for one in ones])
    return events


def rounded(cells: list[Cell]) -> list[Cell]:
    """Sums without what the order of adding makes of them."""
    return [replace(cell, total=round(cell.total, 9)) for cell in cells]


def queries() -> list[CellQuery]:
    """Spans that begin and end inside steps, on each level, split and whole."""
    spans = [
        (START, NOW),
        (NOW - timedelta(hours=30, minutes=11), NOW - timedelta(hours=2, seconds=7)),
        (NOW - timedelta(minutes=44, seconds=30), NOW),
        (NOW - timedelta(days=2), NOW - timedelta(days=1)),
    ]
    steps: tuple[Step, ...] = ("minute", "hour", "day", "week")
    return [
        CellQuery(metric, since, until, step, None, dimension)
        for since, until in spans
        for step in steps
        for metric, dimension in (("latency", ""), ("requests", "user"))
    ]


def test_same_as_the_store_cold_warm_and_after_changes(filled: EventStore) -> None:
    kept = Kept()

    def check(now: datetime, times: int = 1) -> None:
        stored = {query: rounded(filled.cells(query)) for query in queries()}
        for _ in range(times):
            page = KeptCells(filled, kept, now)
            for query, cells in stored.items():
                assert rounded(page.cells(query)) == cells, query

    check(NOW, times=2)
    record(filled, [asked(9000, NOW - timedelta(days=2, minutes=3), user="late")])
    check(NOW)
    filled.fold(NOW)
    check(NOW)
    record(filled, [asked(9000, NOW - timedelta(days=2, minutes=3), user="other", seconds=9.0)])
    check(NOW + timedelta(hours=2))


def test_what_is_over_is_read_once(filled: EventStore) -> None:
    kept = Kept()
    query = CellQuery("latency", START, NOW, "hour")
    first, second = Counted(filled), Counted(filled)
    KeptCells(first, kept, NOW).cells(query)
    assert first.asked[0].since < START
    KeptCells(second, kept, NOW).cells(query)
    assert [each.since for each in second.asked] == [NOW.replace(minute=0)]


def test_only_what_changed_is_read_again(filled: EventStore) -> None:
    kept, hour = Kept(), NOW.replace(minute=0)
    query = CellQuery("latency", START, hour, "hour")
    KeptCells(filled, kept, NOW).cells(query)
    changed = hour - timedelta(hours=40)
    record(filled, [asked(9001, changed + timedelta(minutes=5))])
    again = Counted(filled)
    KeptCells(again, kept, NOW).cells(query)
    span = replace(query, since=changed, until=changed + timedelta(hours=1))
    assert again.asked == [span]


def added(cells: list[Cell]) -> dict[str, tuple[int, float, float]]:
    """Sums by label."""
    found: dict[str, tuple[int, float, float]] = {}
    for cell in cells:
        count, weight, total = found.get(cell.label, (0, 0.0, 0.0))
        found[cell.label] = (
            count + cell.count, round(weight + cell.weight, 6), round(total + cell.total, 6)
        )  # fmt: skip
    return found


def test_a_whole_is_added_up_once_until_a_part_of_it_changes(filled: EventStore) -> None:
    kept, hour = Kept(), NOW.replace(minute=0)
    wholes = [
        CellQuery("cost", START, until, step, None, "user", detail="whole")
        for until in (NOW, hour)
        for step in ("minute", "hour", "day", "week")
    ]

    def check(now: datetime) -> None:
        page = KeptCells(filled, kept, now)
        for query in wholes:
            assert added(page.cells(query)) == added(filled.cells(query)), query

    check(NOW)
    check(NOW)
    again = KeptCells(filled, kept, NOW)
    assert len(again.cells(wholes[5])) == 3, "one cell a person"
    assert again.cells(wholes[5]) is KeptCells(filled, kept, NOW).cells(wholes[5])
    record(filled, [asked(9002, hour - timedelta(hours=40), user="late", cost=7.0)])
    check(NOW)
    assert "late" in {cell.label for cell in KeptCells(filled, kept, NOW).cells(wholes[5])}
    check(NOW + timedelta(days=1, hours=3))


def test_of_wholes_the_latest_are_kept(filled: EventStore) -> None:
    kept, hour = Kept(), NOW.replace(minute=0)
    query = CellQuery("cost", START, hour, "hour", None, "user", detail="whole")
    spans = [replace(query, since=hour - timedelta(hours=n)) for n in range(20, 0, -1)]
    page = KeptCells(filled, kept, NOW)
    found = [page.cells(span) for span in spans]
    pairs = list(zip(spans, found, strict=True))
    assert [page.cells(span) is before for span, before in reversed(pairs)].count(True) == 16


def test_what_is_too_much_is_not_kept(filled: EventStore) -> None:
    kept = Kept(most_bytes=100_000)
    small = CellQuery("requests", START, NOW.replace(minute=0), "hour")
    large = replace(small, dimension="user", step="minute")
    for query in (small, large):
        KeptCells(filled, kept, NOW).cells(query)
    again = Counted(filled)
    for query in (small, large):
        KeptCells(again, kept, NOW).cells(query)
    assert {each.step for each in again.asked} == {"minute"}


def test_what_was_long_not_used_goes(filled: EventStore) -> None:
    kept = Kept(most_bytes=120_000)
    one = CellQuery("latency", START, NOW.replace(minute=0), "hour")
    others = [replace(one, metric=name) for name in ("requests", "cost", "tokens.input", "stage")]
    for query in (one, *others):
        KeptCells(filled, kept, NOW).cells(query)
    again = Counted(filled)
    for query in (others[-1], one):
        KeptCells(again, kept, NOW).cells(query)
    assert [each.metric for each in again.asked] == ["latency"]
