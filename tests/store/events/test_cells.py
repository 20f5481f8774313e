"""Counts are exact and quantiles close, whatever happens to what they are made of."""

import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.store.events.opened import opened
from tests.store.events.samples import DAY, NOW, ONE, QUALITY, interaction, span

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.metrics import Point
from groundwatch.store.events import CellQuery, Entry, RetentionDays
from groundwatch.store.events.histogram import ERROR

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
STEPS = ("minute", "hour", "day", "week")


def cells(events, metric, step="minute", since=NOW - 3 * HOUR, until=NOW, **narrowed):
    return events.cells(CellQuery(metric, since, until, step, **narrowed))


def spread_out(number=300):
    """Interactions over two and a half hours."""
    return [interaction(n, NOW - timedelta(seconds=30 * n + 1)) for n in range(number)]


def exact(values, share):
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def together(found):
    """All cells of one series merged."""
    whole = found[0].histogram
    for cell in found[1:]:
        whole.merge(cell.histogram)
    return whole


def check(events, kept, step="minute"):
    """Cells say what the interactions say."""
    requests = cells(events, "requests", step)
    assert sum(cell.count for cell in requests) == len(kept)
    for model, number in Counter(one.model for one in kept).items():
        by_model = cells(events, "requests", step, dimension="model", label=model)
        assert sum(cell.count for cell in by_model) == number
    latency = cells(events, "latency", step)
    durations = [one.duration for one in kept]
    assert sum(cell.total for cell in latency) == pytest.approx(sum(durations))
    whole = together(latency)
    for share in (0.5, 0.95, 0.99):
        assert whole.quantile(share) == pytest.approx(exact(durations, share), rel=ERROR * 1.0001)


def test_minutes_are_exact_before_and_after_replacements(events):
    made = spread_out()
    events.record([Entry(one) for one in made])
    check(events, made)
    events.record([Entry(one) for one in made[:50]])
    check(events, made)
    made[:50] = [replace(one, duration=60 + one.duration, model="small") for one in made[:50]]
    events.record([Entry(one) for one in made[:50]])
    check(events, made)
    assert events.recount(DAY) == 0


def test_every_step_is_exact_before_and_after_folding(events):
    made = spread_out()
    events.record([Entry(one) for one in made])
    for step in STEPS:
        check(events, made, step)
    assert events.fold(NOW) == 2
    assert events.fold(NOW) == 0
    for step in STEPS:
        check(events, made, step)
    made[200] = replace(made[200], duration=99.0)
    events.record([Entry(made[200])])
    for step in STEPS:
        check(events, made, step)
    assert events.fold(NOW) == 1
    for step in STEPS:
        check(events, made, step)


def test_sums_alone_are_the_same_without_a_distribution(events):
    made = [replace(one, user=f"user {n % 90}") for n, one in enumerate(spread_out())]
    events.record([Entry(one) for one in made])
    for _ in ("open", "folded"):
        for step in STEPS:
            for split in ({}, {"dimension": "user"}, {"dimension": "model", "label": "small"}):
                whole = cells(events, "cost", step, **split)
                sums = cells(events, "cost", step, **split, detail="sums")
                assert all(cell.histogram is None for cell in sums)
                assert [replace(cell, histogram=None, total=0.0) for cell in whole] == [
                    replace(cell, total=0.0) for cell in sums
                ]
                assert [each.total for each in sums] == pytest.approx(
                    [each.total for each in whole]
                )
        events.fold(NOW)


def test_a_whole_is_one_cell_a_label_at_the_first_step(events):
    made = [replace(one, user=f"user {n % 90}") for n, one in enumerate(spread_out())]
    events.record([Entry(one) for one in made])
    for _ in ("open", "folded"):
        for step in STEPS:
            each = cells(events, "cost", step, dimension="user", detail="sums")
            whole = cells(events, "cost", step, dimension="user", detail="whole")
            assert len(whole) == len({cell.label for cell in each}) == 90
            assert len({cell.at for cell in whole}) == 1
            assert whole[0].at <= each[0].at
            assert whole[0].histogram is None
            for label in ("user 0", "user 89"):
                parts = [cell for cell in each if cell.label == label]
                (one,) = [cell for cell in whole if cell.label == label]
                assert one.count == sum(cell.count for cell in parts)
                assert one.total == pytest.approx(sum(cell.total for cell in parts))
        events.fold(NOW)


def test_steps_begin_where_they_should(events):
    made = [interaction(n, NOW - timedelta(days=n)) for n in range(9)]
    events.record([Entry(one) for one in made])
    for fold in (False, True):
        if fold:
            events.fold(NOW)
        days = cells(events, "requests", "day", NOW - timedelta(days=8))
        assert [(cell.at, cell.count) for cell in days] == [
            (datetime(2026, 11, day, tzinfo=UTC), 1) for day in range(12, 21)
        ]
        weeks = cells(events, "requests", "week", NOW - timedelta(days=8))
        assert [(cell.at, cell.count) for cell in weeks] == [
            (datetime(2026, 11, 9, tzinfo=UTC), 4),
            (datetime(2026, 11, 16, tzinfo=UTC), 5),
        ]


def test_a_period_narrows_to_its_steps(events):
    events.record([Entry(interaction(n, NOW - n * MINUTE)) for n in range(5)])
    found = cells(events, "requests", since=NOW - 3 * MINUTE, until=NOW - MINUTE)
    assert [cell.at for cell in found] == [NOW - 3 * MINUTE, NOW - 2 * MINUTE]
    half = timedelta(seconds=30)
    found = cells(events, "requests", since=NOW - 3 * MINUTE + half, until=NOW - MINUTE + half)
    assert [cell.at for cell in found] == [NOW - n * MINUTE for n in (3, 2, 1)]
    assert cells(events, "requests", since=NOW, until=NOW) == []


def test_cells_are_split_and_narrowed(events):
    events.record([Entry(ONE), Entry(replace(ONE, id="i2", application="shop", user="bob"))])
    split = cells(events, "requests", dimension="user")
    assert [(cell.application, cell.label, cell.count) for cell in split] == [
        ("", "anna", 1),
        ("", "bob", 1),
    ]
    assert cells(events, "requests", dimension="user", application="shop", label="anna") == []
    (own,) = cells(events, "requests", application="shop")
    assert (own.application, own.count, own.histogram) == ("shop", 1, None)
    span = (NOW - HOUR, NOW)
    assert events.labels("requests", "user", *span) == ["anna", "bob"]
    assert events.labels("requests", "user", *span, application="shop") == ["bob"]
    assert events.applications(NOW - HOUR) == ["groundwatch", "shop"]
    events.fold(NOW)
    assert events.labels("requests", "source", *span) == ["docs", "wiki"]


def test_scores_weigh_and_counts_do_not(events):
    events.record([Entry(ONE, weight=10), Entry(interaction(2), weight=4)])
    worse = replace(QUALITY, overall=0.15)
    events.put_scores([("i1", QUALITY), ("i2", worse)])
    (overall,) = cells(events, "quality.overall")
    assert (overall.count, overall.weight) == (2, 14)
    assert overall.mean == pytest.approx((8.5 + 0.6) / 14)
    assert overall.quantile(0.5) == pytest.approx(0.85)
    assert [cell.weight for cell in cells(events, "requests")] == [2]
    events.put_scores([("i2", replace(worse, overall=None))])
    (overall,) = cells(events, "quality.overall")
    assert (overall.count, overall.mean) == (1, pytest.approx(0.85))


def test_sampled_out_interactions_count_once(events):
    for _ in range(2):
        events.record([Entry(ONE, kept=False), Entry(interaction(2))])
    assert [cell.count for cell in cells(events, "requests")] == [2]
    assert events.recount(DAY) == 0


def test_feedback_counts_as_the_newest_of_each(events):
    events.record([Entry(ONE)])
    for user, thumb in (("anna", -1), ("anna", 1), ("bob", -1)):
        events.give_feedback(Feedback("i1", user, NOW, thumb=thumb))
    (cell,) = cells(events, "satisfaction")
    assert (cell.count, cell.mean) == (2, 0.5)


def test_a_cell_that_counts_nothing_goes(events):
    events.record([Entry(replace(ONE, outcome=Outcome.FAILED, error_type="Boom"))])
    assert cells(events, "errors", dimension="error_type")
    events.record([Entry(ONE)])
    assert cells(events, "errors") == cells(events, "errors", dimension="error_type") == []
    assert events.recount(DAY) == 0


def test_points_without_rows_add_up_and_survive_a_recount(events):
    for value in (0.2, 0.4, float("nan"), float("inf")):
        events.add_points(NOW, "", [Point("system.cpu", value), Point("intake", 1, "outcome", "x")])
    events.add_points(NOW - timedelta(days=60), "", [Point("system.cpu", 0.9)])
    events.record([Entry(ONE)])
    assert events.recount(DAY) == 0
    (cell,) = cells(events, "system.cpu", until=NOW + MINUTE)
    assert (cell.count, cell.mean) == (2, pytest.approx(0.3))
    (intake,) = cells(events, "intake", until=NOW + MINUTE, dimension="outcome")
    assert (intake.label, intake.count) == ("x", 4)


def test_old_rows_go_and_what_they_came_to_stays(database):
    with opened(database, NOW) as events:
        events.record([Entry(one) for one in spread_out()])
        events.record([Entry(interaction(900 + n, NOW - timedelta(days=12))) for n in range(3)])
        assert events.retain(NOW, RetentionDays()) == []
    later = NOW + timedelta(days=32)
    with opened(database, later) as events:
        assert events.retain(later, RetentionDays()) == [DAY - timedelta(days=12), DAY]
        assert events.days() == []
        assert events.get("i1") is None
        assert cells(events, "latency") == []
        for step in ("hour", "day", "week"):
            check(events, spread_out(), step)
        late = events.record([Entry(interaction(1, NOW))])
        assert late.expired == 1
        assert events.labels("requests", "source", NOW, NOW) == ["docs", "wiki"]
        much_later = NOW + timedelta(days=100)
        assert events.retain(much_later, RetentionDays()) == []
        assert cells(events, "requests", "hour") == []
        check(events, spread_out(), "day")
        events.retain(NOW + timedelta(days=500), RetentionDays())
        assert cells(events, "requests", "day") == []
        assert events.labels("requests", "source", NOW, NOW) == []


def test_a_day_that_was_dropped_is_not_begun_anew(database):
    week_ago = NOW - timedelta(days=7)
    with opened(database, NOW) as events, opened(database, NOW) as other:
        events.record([Entry(interaction(1, week_ago)), Entry(interaction(2))])
        assert events.retain(NOW, RetentionDays(raw=3)) == [week_ago.date()]
        for each in (events, other):
            assert each.record([Entry(interaction(3, week_ago))]).expired == 1
            assert each.add_spans([span("t1", 1, week_ago)]).late_expired == 1
        events.fold(NOW)
        found = cells(events, "requests", "day", NOW - timedelta(days=9))
        assert [(cell.at.day, cell.count) for cell in found] == [(13, 1), (20, 1)]


def test_a_recount_puts_wrong_cells_right(events):
    made = spread_out(60)
    events.record([Entry(one) for one in made])
    events.fold(NOW)
    with events._room.days.write(DAY) as session:
        session.run("DELETE FROM cells WHERE total < 1")
        session.run("UPDATE cells SET amount = amount + 1 WHERE total > 5")
    assert events.recount(DAY) > 0
    assert events.recount(DAY) == 0
    for step in STEPS:
        check(events, made, step)
