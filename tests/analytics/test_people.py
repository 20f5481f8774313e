"""People who come again, sessions, and what one person does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.analytics.asked import NOW, asked, every, quality, record

from groundwatch.analytics import windows
from groundwatch.analytics.behaviour import MOST, NOTHING, behaviour
from groundwatch.analytics.engagement import engagement
from groundwatch.analytics.sessions import lengths
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback
from groundwatch.store.events.visits import Visit, Whose

DAY = windows.last(timedelta(hours=24), NOW)
WEEK = windows.last(timedelta(days=7), NOW)
MINUTE = timedelta(minutes=1)


def visit(minutes: float, questions: int = 2) -> Visit:
    return Visit("support", "s", NOW, NOW + minutes * MINUTE, questions)


def test_sessions_fall_into_bands_and_those_of_one_question_are_apart():
    found = lengths([visit(0.05, 1), visit(20, 1), visit(0.5), visit(4), visit(14.9), visit(90)])
    assert dict(found.bands) == {
        "one question": 2, "under a minute": 1, "1 to 5 minutes": 1, "5 to 15 minutes": 1,
        "15 to 60 minutes": 0, "over an hour": 1,
    }  # fmt: skip
    assert (found.count, found.again) == (6, 4)
    assert found.median == pytest.approx((4 + 14.9) / 2 * 60)
    assert found.p90 == pytest.approx(55 * 60)
    none = lengths([])
    assert (none.count, none.median, none.p90, none.bands) == (0, None, None, ())


@pytest.mark.integration
def test_stickiness_is_a_days_people_of_a_weeks(events):
    today = NOW.replace(hour=0, minute=0)
    asking = {1: "ab", 2: "a", 3: "", 4: "ac", 5: "a", 6: "ad", 7: "a", 10: "z", 20: "y"}
    ones = [
        asked(100 * day + n, today - timedelta(days=day) + timedelta(hours=9), user=user)
        for day, users in asking.items()
        for n, user in enumerate(users)
    ]
    record(events, [*ones, asked(1, NOW - MINUTE, user="today")])
    found = engagement(events, WEEK)
    assert found.days == 7
    assert found.daily.value == pytest.approx(9 / 7)
    assert found.weekly.value == 4
    assert found.monthly == 6
    assert found.stickiness.value == pytest.approx(9 / 7 / 4)
    assert found.daily.before == pytest.approx(1 / 7)
    assert found.new == len(["b", "c", "d", "today"])  # a asked before the week began, too
    assert found.retained.value == 0.5  # a came again, z did not
    last = engagement(events, DAY)
    assert last.new == 1
    assert engagement(events, replace(WEEK, is_comparable=False)).new is None


@pytest.mark.integration
def test_days_before_the_first_are_not_on_record(events):
    first = NOW.replace(hour=9) - timedelta(days=2)
    record(events, [asked(n, first, user=f"u{n}") for n in range(4)])
    found = engagement(events, DAY)
    assert (found.days, found.daily.value, found.weekly.value) == (2, 2.0, 4)
    assert found.stickiness.before is None
    empty = engagement(events, replace(DAY, application="nobody"))
    assert (empty.daily.value, empty.stickiness.value, empty.retained.value) == (None, None, None)
    assert empty.daily.reason


@pytest.mark.integration
def test_one_person_is_told_from_what_is_kept(events):
    moments = every(20, NOW - timedelta(hours=10), NOW)
    ones = [
        asked(
            n, at, user="ann", session=f"s{n // 3}", endpoint="page",
            outcome=Outcome.FAILED if n == 1 else Outcome.ANSWERED,
        )
        for n, at in enumerate(moments)
    ]  # fmt: skip
    record(events, [*ones, asked(999, NOW - MINUTE, user="bob")])
    scores = [replace(quality(0.8, topic="leave"), category="fact") for _ in ones]
    events.put_scores([(one.id, each) for one, each in zip(ones, scores, strict=True)])
    events.give_feedback(Feedback(ones[0].id, "ann", NOW, rating=5))
    events.give_feedback(Feedback(ones[2].id, "ann", NOW, thumb=-1))
    found = behaviour(events, "ann", DAY)
    assert (found.questions, found.read, found.failed) == (len(ones), len(ones), 1)
    assert found.is_whole
    assert found.sessions.count == len({one.session for one in ones})
    assert found.sessions.median == pytest.approx(2 * 20 * 60 + 1)
    assert dict(found.topics) == {"leave": len(ones)}
    assert dict(found.categories) == {"fact": len(ones)}
    assert dict(found.outcomes) == {"answered": len(ones) - 1, "failed": 1}
    assert found.hours[NOW.hour - 1] == 3
    assert (found.first, found.last) == (ones[0].started_at, ones[-1].started_at)
    assert (found.satisfaction, found.ratings) == (0.5, 2)
    assert found.quality == pytest.approx(0.8)
    assert found.cost == pytest.approx(0.01 * len(ones))


@pytest.mark.integration
def test_a_busy_person_is_told_from_the_newest_and_counted_whole(events):
    record(events, [asked(n, NOW - n * MINUTE / 2, user="ann") for n in range(MOST + 20)])
    found = behaviour(events, "ann", DAY)
    assert (found.read, found.questions, found.is_whole) == (MOST, MOST + 20, False)
    assert len(events.visits(DAY.since, NOW + MINUTE, Whose(user="ann"))) == 4


@pytest.mark.integration
def test_of_somebody_unknown_there_is_a_reason_and_no_number(events):
    found = behaviour(events, "nobody", DAY)
    assert (found.questions, found.quality, found.cost, found.reason) == (0, None, None, NOTHING)
    assert sum(found.hours) == 0
