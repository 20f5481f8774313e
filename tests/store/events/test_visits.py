"""Sessions: from the first question to the end of the last answer, over days."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.store.events.samples import NOW, ONE

from groundwatch.store.events import Entry
from groundwatch.store.events.visits import Visit, Whose

pytestmark = pytest.mark.integration
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MIDNIGHT = NOW.replace(hour=0, minute=0)


def test_a_session_reaches_over_midnight_and_ends_with_its_last_answer(events):
    moments = (MIDNIGHT - 3 * MINUTE, MIDNIGHT - MINUTE, MIDNIGHT + 4 * MINUTE)
    ones = [replace(ONE, id=f"v{n}", started_at=at, duration=2.5) for n, at in enumerate(moments)]
    lone = replace(ONE, id="lone", session="s2", user="bob", group="it")
    other = replace(ONE, id="other", application="support-bot")
    unnamed = replace(ONE, id="unnamed", session="")
    events.record([Entry(one) for one in (*ones, lone, other, unnamed)])
    found = events.visits(NOW - 2 * DAY, NOW, Whose())
    end = moments[-1] + timedelta(seconds=2.5)
    assert found[0] == Visit("groundwatch", "s1", moments[0], end, 3)
    assert found[0].seconds == 7 * 60 + 2.5
    assert {(x.application, x.session, x.questions) for x in found[1:]} == {
        ("groundwatch", "s2", 1), ("support-bot", "s1", 1),
    }  # fmt: skip
    assert [x.session for x in events.visits(NOW - DAY, NOW, Whose(user="bob"))] == ["s2"]
    assert [x.session for x in events.visits(NOW - DAY, NOW, Whose(group="it"))] == ["s2"]
    whose = Whose("support-bot")
    assert [x.questions for x in events.visits(NOW - DAY, NOW, whose)] == [1]
    assert events.visits(MIDNIGHT, MIDNIGHT + 5 * MINUTE, Whose())[0].questions == 1


def test_what_was_sampled_out_is_in_no_session(events):
    kept = replace(ONE, id="kept")
    gone = replace(ONE, id="gone", started_at=ONE.started_at - MINUTE)
    events.record([Entry(kept), Entry(gone, kept=False)])
    [found] = events.visits(NOW - DAY, NOW, Whose())
    assert (found.began, found.questions) == (kept.started_at, 1)
