"""`GET /v1/interactions/{id}` joins scores of ours, scores of others, and what people said."""

from dataclasses import replace

import pytest
from tests.serving.company import NOW
from tests.serving.test_interactions import ID, QUALITY, own

from groundwatch.domain.interactions import Feedback
from groundwatch.domain.scores import Dimension, Score

pytestmark = pytest.mark.integration


def test_everything_that_is_known_of_an_answer_is_joined(client, here):
    judged = Score(
        Dimension.ACCURACY, 0.0, facts={"agrees": 0.0, "offline": 0.6}, scorer="judge:m/judge-1"
    )
    quality = replace(
        QUALITY, scores=(*QUALITY.scores, judged), topic="leave, weeks", category="fact",
        complexity=0.1,
    )  # fmt: skip
    attributes = {"score:helpful": '{"score": 4, "kind": "HUMAN", "by": "judy"}', "plan": "gold"}
    here.watch.events.put(own(attributes=attributes))
    here.watch.events.score(ID, quality)
    here.watch.events.give_feedback(Feedback(ID, "anna", NOW, -1, 2, "wrong year"))
    shown = client("anna").get(f"/v1/interactions/{ID}").json()
    found = shown["quality"]
    assert (found["topic"], found["category"], found["complexity"]) == ("leave, weeks", "fact", 0.1)
    assert [each["scorer"] for each in found["scores"]] == ["a/1", "", "judge:m/judge-1"]
    assert found["scores"][-1]["facts"]["agrees"] == 0.0
    assert found["overall"] == QUALITY.overall
    assert shown["external_scores"] == [
        {"name": "helpful", "score": 4.0, "label": "", "explanation": "", "kind": "HUMAN",
         "by": "judy"}
    ]  # fmt: skip
    (given,) = shown["business"]["feedback"]
    assert (given["thumb"], given["rating"], given["comment"]) == (-1, 2, "wrong year")
    assert shown["business"]["satisfaction"] == 0.25


def test_without_scores_of_others_there_are_none(client, here):
    here.watch.events.put(own(attributes={"score:": "1", "scores": "2"}))
    assert client("anna").get(f"/v1/interactions/{ID}").json()["external_scores"] == []
