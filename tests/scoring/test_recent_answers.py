"""Earlier answers are found by nearly the same question, and nothing else."""

from dataclasses import replace

from tests.scoring.given import interaction

from groundwatch.scoring.consistency import Consistency
from groundwatch.scoring.recent_answers import RecentAnswers

QUERY = "How much do guests pay for a night in the harbour?"
BEFORE = replace(interaction("Guests pay EUR 30 a night in the harbour.", QUERY), id="before")
NOW = interaction("Guests pay EUR 25 a night.", "How much does a guest pay a night in the harbour?")


def remembered(*interactions):
    recent = RecentAnswers()
    for each in interactions:
        recent.observe(each, ())
    return recent


def test_nearly_the_same_question_is_found_in_other_words():
    assert [each.interaction_id for each in remembered(BEFORE).like(NOW)] == ["before"]


def test_another_question_application_or_the_answer_itself_is_not():
    other = replace(BEFORE, query="How much do dogs pay for a week on the ferry?")
    elsewhere = replace(BEFORE, application="other")
    itself = replace(BEFORE, id=NOW.id)
    assert remembered(other, elsewhere, itself).like(NOW) == []


def test_a_year_makes_another_question():
    old = replace(BEFORE, query="What was the revenue in 2020?")
    new = replace(NOW, query="What was the revenue in 2021?")
    assert remembered(old).like(new) == []


def test_the_newest_come_first_and_few_are_kept():
    recent = remembered(*(replace(BEFORE, id=f"i{at}x") for at in range(400)))
    found = [each.interaction_id for each in recent.like(NOW)]
    assert found == [f"i{at}x" for at in range(399, 99, -1)]


def test_a_refusal_is_not_remembered():
    refusal = replace(BEFORE, response="I cannot answer this from the documents.")
    assert remembered(refusal).like(NOW) == []


def test_a_contradiction_to_what_was_said_before_is_flagged():
    score = Consistency(remembered(BEFORE)).score(NOW)
    assert score.flags == ("contradicts_earlier",)
    assert score.evidence[0].detail == "before"
