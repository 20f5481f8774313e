"""Knowledge gaps, over the real event store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.analytics.asked import NOW, asked, quality, record

from groundwatch.analytics import windows
from groundwatch.analytics.gap_evidence import explained
from groundwatch.analytics.knowledge import gaps
from groundwatch.analytics.recommendations import recommendations
from groundwatch.analytics.thresholds import DEFAULT
from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.scores import Dimension, Score
from groundwatch.store.events import EventStore

WINDOW = windows.last(timedelta(hours=1), NOW)
SABBATICAL = (
    "May I take a sabbatical after five years?",
    "Is a sabbatical paid?",
    "Who approves a sabbatical for engineers in Gdynia?",
)
LEAVE = (RetrievedPassage(1, "Leave of absence is paid for 26 weeks.", source="handbook"),)


def given(
    events: EventStore,
    topic: str,
    queries: tuple[str, ...],
    count: int,
    declined: int,
    *,
    passages: tuple[RetrievedPassage, ...] = LEAVE,
    accuracy: float = 0.9,
    first: int = 0,
) -> list[Interaction]:
    ones = [
        asked(
            first + number,
            NOW - timedelta(minutes=1 + number),
            outcome=Outcome.DECLINED if number < declined else Outcome.ANSWERED,
            query=queries[number % len(queries)],
            passages=passages,
        )
        for number in range(count)
    ]
    record(events, ones)
    scored = quality(accuracy, topic=topic)
    flags = ("unsupported",) if accuracy < 0.5 else ()
    scored = replace(
        scored,
        scores=tuple(
            replace(each, flags=flags if each.dimension is Dimension.ACCURACY else ())
            for each in scored.scores
        ),
    )
    refused = replace(scored, scores=(Score(Dimension.ACCURACY, None, reason="declined"),))
    events.put_scores(
        [(one.id, refused if one.outcome is Outcome.DECLINED else scored) for one in ones]
    )
    return ones


def test_a_gap_names_what_stands_in_nothing_that_was_found(events: EventStore):
    ones = given(events, "sabbatical, years", SABBATICAL, 8, 6)
    (gap,) = explained(events, WINDOW)
    assert (gap.gap.topic, gap.gap.asked, gap.gap.declined) == ("sabbatical, years", 8, 6)
    assert gap.examples == tuple(one.id for one in ones[:5])
    assert gap.words == ("sabbatical",)
    assert gap.looked_in == ("handbook",)
    assert gap.missing == (
        "a source about sabbatical: nothing that was found in handbook speaks of it"
    )


def test_words_of_a_single_question_are_not_told(events: EventStore):
    given(events, "sabbatical", SABBATICAL, 6, 6)
    (gap,) = explained(events, WINDOW)
    assert "gdynia" not in gap.missing.lower()


def test_where_nothing_was_found_it_says_so(events: EventStore):
    given(events, "sabbatical", SABBATICAL, 6, 6, passages=())
    (gap,) = explained(events, WINDOW)
    assert gap.missing.startswith("no source holds anything about it")
    assert gap.looked_in == ()


def test_where_everything_was_found_the_source_is_not_precise_enough(events: EventStore):
    near = (RetrievedPassage(1, "A sabbatical may be taken, says the board.", source="minutes"),)
    given(events, "sabbatical", ("Is a sabbatical paid?", "sabbatical?"), 6, 6, passages=near)
    (gap,) = explained(events, WINDOW)
    assert gap.missing.startswith("something more precise: what was found in minutes is near")


def test_answers_without_support_are_a_gap_too(events: EventStore):
    ones = given(events, "crane, tonnes", ("How many tonnes?",), 6, 0, accuracy=0.1)
    (gap,) = explained(events, WINDOW)
    assert (gap.gap.declined, gap.gap.unsupported) == (0, 6)
    assert set(gap.examples) <= {one.id for one in ones}
    assert len(gap.examples) == 5


def test_what_is_answered_well_or_hardly_asked_is_no_gap(events: EventStore):
    given(events, "well answered", SABBATICAL, 20, 0)
    given(events, "hardly asked", SABBATICAL, 4, 4, first=100)
    assert gaps(events, WINDOW) == ()
    assert explained(events, WINDOW) == ()


def test_the_largest_gaps_come_first_and_no_more_than_ten(events: EventStore):
    for number in range(12):
        given(events, f"topic {number:02}", SABBATICAL, 18, 5 + number, first=100 * number)
    found = explained(events, WINDOW)
    assert [each.gap.topic for each in found] == [f"topic {n:02}" for n in range(11, 1, -1)]


@pytest.mark.parametrize("application", ["support", "other", None])
def test_gaps_are_of_the_application_that_is_looked_at(events: EventStore, application: str | None):
    given(events, "sabbatical", SABBATICAL, 6, 6)
    found = explained(events, replace(WINDOW, application=application))
    assert len(found) == (0 if application == "other" else 1)


def test_what_many_ask_in_vain_is_recommended_as_a_source(events: EventStore):
    given(events, "sabbatical", SABBATICAL, 12, 9)
    given(events, "well answered", SABBATICAL, 12, 0, first=100)
    (found,) = recommendations(events, WINDOW, DEFAULT)
    assert (found.type, found.priority) == ("knowledge", "high")
    assert "sabbatical" in found.recommendation
    assert found.evidence == (
        "9 of 24 questions were declined",
        "9 of the 12 about “sabbatical”",
    )
    assert found.impact.startswith("up to 100")


def test_a_few_declined_questions_recommend_nothing(events: EventStore):
    given(events, "sabbatical", SABBATICAL, 40, 4)
    assert recommendations(events, WINDOW, DEFAULT) == ()
