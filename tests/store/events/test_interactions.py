"""Interactions come back whole, with scores and feedback, in pages that are narrowed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.events.samples import DAY, NOW, ONE, QUALITY, interaction

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback
from groundwatch.domain.status import Severity, Status
from groundwatch.errors import NotFound
from groundwatch.store.events import CellQuery, Entry, Filter, State, Taken

ODD = replace(ONE, query="Wie viel Urlaub? \0 \ud800 \u202e", user="an\0na", flags=("a\ud800",))
CLEAN = replace(
    ODD, query="Wie viel Urlaub? \0 \ufffd \u202e", user="an\ufffdna", flags=("a\ufffd",)
)
MINUTE = timedelta(minutes=1)


def test_an_interaction_comes_back_whole(events):
    assert events.record([Entry(ODD)]) == Taken(recorded=1)
    found = events.get("i1")
    assert found.interaction == CLEAN
    assert (found.state, found.quality, found.feedback) == (State.PENDING, None, ())
    assert events.get("unknown") is None


def test_the_same_id_again_replaces(events):
    events.record([Entry(ONE, complete=False)])
    assert events.get("i1").state is State.OPEN
    assert events.record([Entry(replace(ONE, response="other"))]) == Taken(1, 1)
    found = events.get("i1")
    assert (found.interaction.response, found.state) == ("other", State.PENDING)
    assert len(events.page(Filter())) == 1


def test_the_last_of_one_call_counts(events):
    events.record([Entry(ONE), Entry(replace(ONE, response="other"))])
    assert events.get("i1").interaction.response == "other"
    assert events.recount(DAY) == 0


def test_nothing_is_nothing(events):
    assert events.record([]) == Taken()
    assert (events.page(Filter()), events.unscored(5), events.backlog()) == ([], [], 0)


def test_an_interaction_that_moves_over_midnight_stays_one(events):
    midnight = NOW.replace(hour=0, minute=0)
    events.record([Entry(interaction(1, midnight + timedelta(seconds=1)))])
    events.record([Entry(interaction(1, midnight - timedelta(seconds=1)))])
    assert [each.interaction.started_at for each in events.page(Filter())] == [
        midnight - timedelta(seconds=1)
    ]
    assert events.page(Filter(since=midnight)) == []
    assert len(events.page(Filter(until=midnight))) == 1
    assert events.recount(DAY) == 0


def test_what_is_told_again_with_another_day_counts_once(events):
    began = NOW - timedelta(days=9)
    events.record([Entry(interaction(1, began)), Entry(interaction(2, began, response="a"))])
    events.give_feedback(Feedback("i1", "anna", NOW, thumb=1))
    again = [Entry(interaction(n, NOW - n * MINUTE, response="b")) for n in (1, 2, 3)]
    assert events.record(again) == Taken(recorded=3, replaced=2)
    found = events.get("i1")
    assert (found.interaction.started_at, found.interaction.response) == (began, "b")
    assert [each.interaction.id for each in events.page(Filter())] == ["i3", "i2", "i1"]
    assert [each.interaction.id for each in events.page(Filter(until=NOW - MINUTE * 60))] == [
        "i2",
        "i1",
    ]
    query = CellQuery("requests", NOW - timedelta(days=20), NOW, "day")
    assert [cell.count for cell in events.cells(query)] == [2, 1]
    assert events.feedback_on(["i1"])
    for day in events.days():
        assert events.recount(day) == 0


def test_what_is_too_old_or_ahead_is_not_taken(events):
    old, ahead = NOW - timedelta(days=31), NOW + timedelta(days=1, minutes=1)
    taken = events.record(
        [Entry(interaction(1, old)), Entry(interaction(2, ahead)), Entry(interaction(3))]
    )
    assert taken == Taken(recorded=1, expired=1, ahead=1)
    assert [each.interaction.id for each in events.page(Filter())] == ["i3"]


def test_what_was_sampled_out_counts_and_is_not_shown(events):
    events.record([Entry(ONE, kept=False)])
    assert events.get("i1") is None
    assert events.page(Filter()) == events.unscored(5) == []
    with pytest.raises(NotFound):
        events.give_feedback(Feedback("i1", "anna", NOW, thumb=1))
    events.record([Entry(ONE)])
    assert events.get("i1").interaction == ONE
    assert events.recount(DAY) == 0


def rows(number=6):
    """Interactions that differ in what they can be narrowed by, a minute between them."""
    made = [interaction(n, NOW - number * MINUTE + n * MINUTE) for n in range(number)]
    made[0] = replace(made[0], application="other", duration=30.0)
    made[1] = replace(made[1], severity=Severity.HIGH, model="small")
    made[2] = replace(made[2], outcome=Outcome.DECLINED, group="it")
    made[3] = replace(made[3], user="bob", response="ÜBERSTUNDEN")
    made[4] = replace(made[4], flags=("one%", "x"))
    made[2] = replace(made[2], attributes={"experiment.reply": "short", "experiment.rank_": "k"})
    made[5] = replace(made[5], attributes={"metadata.experiment.reply": "long"})
    return made


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), "543210"),
        (Filter(user="bob"), "3"),
        (Filter(user=""), ""),
        (Filter(outcome=Outcome.DECLINED), "2"),
        (Filter(severity=Severity.HIGH), "1"),
        (Filter(model="small"), "1"),
        (Filter(group="it"), "2"),
        (Filter(application="other"), "0"),
        (Filter(min_latency=30.0), "0"),
        (Filter(flag="one%"), "4"),
        (Filter(flag="one"), "53210"),
        (Filter(flag="new"), "5"),
        (Filter(variant="reply"), "52"),
        (Filter(variant="reply=short"), "2"),
        (Filter(variant="reply=long"), "5"),
        (Filter(variant="rank_"), "2"),
        (Filter(variant="repl_"), ""),
        (Filter(variant="reply=sho"), ""),
        (Filter(status=Status.HEALTHY), "5"),
        (Filter(max_quality=0.85), "5"),
        (Filter(max_quality=0.84), ""),
        (Filter(text="überstunden"), "3"),
        (Filter(text="URLAUB", user="bob"), "3"),
        (Filter(since=NOW - 2 * MINUTE), "54"),
        (Filter(until=NOW - 2 * MINUTE), "3210"),
        (Filter(user="anna", until=NOW - 6 * MINUTE), ""),
    ],
)
def test_pages_are_newest_first_and_narrowed(events, wanted, ids):
    events.record([Entry(one) for one in rows()])
    events.put_scores([("i5", QUALITY)])
    seen, after = [], None
    while found := events.page(wanted, after=after, limit=2):
        seen += [each.interaction.id for each in found]
        after = (found[-1].interaction.started_at, found[-1].interaction.id)
    assert "".join(seen).replace("i", "") == ids


def test_pages_go_over_days_and_same_moments(events):
    made = [interaction(n, NOW - timedelta(days=n // 3)) for n in range(12)]
    events.record([Entry(one) for one in made])
    expected = sorted(made, key=lambda one: (one.started_at, one.id), reverse=True)
    seen, after = [], None
    while found := events.page(Filter(), after=after, limit=5):
        seen += [each.interaction for each in found]
        after = (seen[-1].started_at, seen[-1].id)
    assert seen == expected


def test_text_is_found_beyond_what_is_read_at_once(events):
    made = [interaction(n, NOW - timedelta(seconds=n)) for n in range(450)]
    made[440] = replace(made[440], query="Nadel im Heu")
    events.record([Entry(one) for one in made])
    assert [each.interaction.id for each in events.page(Filter(text="nadel"))] == ["i440"]


def test_scores_come_to_what_waits_newest_first(events):
    events.record([Entry(interaction(n, NOW - n * MINUTE)) for n in range(3)])
    events.record([Entry(interaction(9), complete=False)])
    assert [each.interaction.id for each in events.unscored(2)] == ["i0", "i1"]
    assert events.backlog() == 3
    assert events.put_scores([("i0", QUALITY), ("gone", QUALITY)]) == 1
    events.scoring_failed("i1", "too slow")
    found = events.get("i0")
    assert (found.state, found.quality) == (State.SCORED, QUALITY)
    failed = events.get("i1")
    assert (failed.state, failed.trouble, failed.quality) == (State.FAILED, "too slow", None)
    assert [each.interaction.id for each in events.unscored(5)] == ["i2"]
    assert events.rescore(NOW - MINUTE, NOW + MINUTE) == 2
    assert events.backlog() == 3
    assert events.get("i0").quality == QUALITY


def test_scores_that_come_with_an_interaction_leave_nothing_to_score(events):
    one, other = interaction(1), interaction(2)
    events.record([Entry(one, quality=QUALITY), Entry(other, kept=False, quality=QUALITY)])
    found = events.get("i1")
    assert (found.state, found.quality) == (State.SCORED, QUALITY)
    assert events.backlog() == 0
    assert events.get("i2") is None
    assert events.recount(DAY) == 0


def test_scores_stay_while_what_was_scored_is_the_same(events):
    events.record([Entry(ONE)])
    events.put_scores([("i1", QUALITY)])
    events.record([Entry(replace(ONE, duration=9.0, user="bob"))])
    assert (events.get("i1").state, events.get("i1").quality) == (State.SCORED, QUALITY)
    assert events.recount(DAY) == 0
    events.record([Entry(replace(ONE, response="other"))])
    assert (events.get("i1").state, events.get("i1").quality) == (State.PENDING, None)
    assert events.recount(DAY) == 0


def test_the_newest_feedback_of_a_person_counts(events):
    events.record([Entry(ONE), Entry(interaction(2))])
    first = Feedback("i1", "anna", NOW, thumb=-1, comment="no")
    second = Feedback("i1", "anna", NOW + timedelta(seconds=5), thumb=1, rating=5)
    other = Feedback("i2", "anna", NOW, thumb=1)
    for given in (first, second, other):
        events.give_feedback(given)
    assert events.feedback_on(["i1", "i2", "i3"]) == [other, second]
    events.record([Entry(replace(ONE, response="other"))])
    assert events.get("i1").feedback == (second,)
    with pytest.raises(NotFound, match="no such interaction"):
        events.give_feedback(replace(first, interaction_id="none"))
    assert events.recount(DAY) == 0
