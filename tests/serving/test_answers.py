"""Asking over HTTP."""

import json
from typing import Any

import pytest
from tests.serving.company import LEAVE
from tests.serving.worlds import world
from tests.waiting import until

from groundwatch.domain.answers import DOUBT_TEXT, DOUBTFUL, Outcome
from groundwatch.errors import Overloaded, Unavailable
from groundwatch.serving.settings import LimitSettings

pytestmark = pytest.mark.integration
QUESTION = "How many weeks of parental leave do we get?"


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            name, data = lines
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_an_answer_comes_with_its_citations(client, here):
    answer = client("anna").post("/v1/answers", json={"question": QUESTION}).json()
    assert answer["outcome"] == "answered"
    citation = answer["sentences"][0]["citations"][0]
    assert citation["quote"] == LEAVE[citation["start"] : citation["end"]]
    assert citation["document"]["path"] == "people/leave.md"
    assert [each.id for each in here.sink.recorded] == [answer["id"]]
    assert here.sink.recorded[0].endpoint == "/v1/answers"


@pytest.mark.parametrize(
    "way", [{"json": {"stream": True}}, {"headers": {"Accept": "text/event-stream"}}]
)
def test_an_answer_streams_when_asked_to(client, way):
    body = {"question": QUESTION, **way.get("json", {})}
    response = client("anna").post("/v1/answers", json=body, headers=way.get("headers"))
    assert response.headers["content-type"].startswith("text/event-stream")
    names = [name for name, _ in events(response.text)]
    assert names == ["passages", "sentence", "sentence", "done"]
    passages, done = events(response.text)[0][1], events(response.text)[-1][1]
    assert passages["id"] == done["id"]
    assert done["outcome"] == "answered"


@pytest.mark.parametrize("flags", [(), (DOUBTFUL,)])
def test_an_answer_says_whether_it_is_doubtful(client, here, flags):
    here.asking.flags = flags
    whole = client("anna").post("/v1/answers", json={"question": QUESTION}).json()
    streamed = client("anna").post("/v1/answers", json={"question": QUESTION, "stream": True})
    done = events(streamed.text)[-1][1]
    assert [(each["doubtful"], each["flags"]) for each in (whole, done)] == [
        (bool(flags), list(flags))
    ] * 2
    assert DOUBT_TEXT not in whole["text"]


def test_a_sentence_arrives_before_the_answer_is_done(client, here):
    body = {"question": f"held: {QUESTION}", "stream": True}
    with client("anna").stream("POST", "/v1/answers", json=body) as response:
        lines = response.iter_lines()
        seen = [line for line, _ in zip(lines, range(4), strict=False)]
        assert "event: sentence" in seen
        assert not here.sink.recorded
        here.asking.release.set()
        assert "event: done" in list(lines)


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_is_cancelled_when_the_caller_goes(address, client, here, stream):
    body = {"question": f"endless: {QUESTION}", "stream": stream}
    asking = client("anna")
    if stream:
        with asking.stream("POST", "/v1/answers", json=body) as response:
            next(response.iter_lines())
    else:
        with pytest.raises(Exception, match="timed out"):
            asking.post("/v1/answers", json=body, timeout=0.3)
    until(lambda: here.sink.recorded)
    assert [each.outcome for each in here.sink.recorded] == [Outcome.CANCELLED]


def test_a_forbidden_question_is_answered_like_an_unanswerable_one(client):
    asking = client("anna")
    forbidden, unanswerable = (
        asking.post("/v1/answers", json={"question": question}).json()
        for question in ("What is the salary of harbour masters?", "Who sank the ferry?")
    )
    assert forbidden.pop("id") != unanswerable.pop("id")
    assert forbidden == unanswerable
    assert forbidden["outcome"] == "declined"
    assert forbidden["passages"] == []


def test_a_failure_before_the_first_event_has_its_status(client, here):
    here.asking.failure = Overloaded("the queue is full", retry_after=7)
    body = {"question": "refused at once", "stream": True}
    response = client("anna").post("/v1/answers", json=body)
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert response.headers["content-type"] == "application/problem+json"


def test_a_failure_in_mid_stream_is_an_event_that_leaks_nothing(client, here):
    here.asking.failure = Unavailable("http://10.0.0.7/ said <html>secret</html>")
    response = client("anna").post("/v1/answers", json={"question": QUESTION, "stream": True})
    assert [name for name, _ in events(response.text)] == ["passages", "sentence", "error"]
    assert events(response.text)[-1][1]["status"] == 503
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.FAILED, 503), (Outcome.TIMED_OUT, 504), (Outcome.REFUSED, 429)],
)
@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_failed_is_a_problem(client, here, outcome, status, stream):
    here.asking.outcome = outcome
    response = client("anna").post("/v1/answers", json={"question": QUESTION, "stream": stream})
    problem = events(response.text)[-1][1] if stream else response.json()
    assert problem["status"] == status
    assert problem["interaction_id"] == here.sink.recorded[0].id


class TestLimits:
    @pytest.fixture
    def here(self):
        return world(LimitSettings(requests_per_minute=2, concurrent_answers=1, answer_seconds=1))

    def test_too_many_questions_are_refused_and_recorded(self, client, here):
        asking = client("anna")
        statuses = [
            asking.post("/v1/answers", json={"question": QUESTION}).status_code for _ in range(3)
        ]
        assert statuses == [200, 200, 429]
        refused = here.sink.recorded[-1]
        assert (refused.outcome, refused.query) == (Outcome.REFUSED, QUESTION)
        other = client("ben").post("/v1/answers", json={"question": QUESTION})
        assert other.status_code == 200

    def test_too_many_answers_at_once_are_refused(self, client, here):
        body = {"question": f"held: {QUESTION}", "stream": True}
        with client("anna").stream("POST", "/v1/answers", json=body) as response:
            next(response.iter_lines())
            refused = client("ben").post("/v1/answers", json={"question": QUESTION})
            here.asking.release.set()
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1

    def test_an_answer_that_takes_too_long_is_cut_and_recorded_so(self, client, here):
        response = client("anna").post("/v1/answers", json={"question": f"held: {QUESTION}"})
        here.asking.release.set()
        assert response.status_code == 504
        until(lambda: here.sink.recorded)
        assert here.sink.recorded[0].outcome is Outcome.TIMED_OUT


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("", 422, "empty"),
        ("   \u0000\u0007 ", 422, "empty"),
        ("x" * 1_000_000, 422, "1,000,000 characters"),
        ("\u202ehow many weeks parental leave\u0000", 200, None),
        ("كم عدد أسابيع الإجازة؟", 200, None),
        ("\ud83d unpaired leave", 200, None),
    ],
)
def test_odd_questions_give_a_clear_answer(client, question, status, words):
    body = json.dumps({"question": question}).encode()
    response = client("anna").post(
        "/v1/answers", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == status
    if words:
        assert words in response.json()["detail"]
        assert len(response.content) < 1000


def test_more_passages_than_allowed_are_refused(client):
    response = client("anna").post("/v1/answers", json={"question": QUESTION, "k": 51})
    assert response.status_code == 422
    assert "at most 50" in response.json()["detail"]


def test_an_unknown_field_is_refused_without_repeating_what_was_sent(client):
    body = {"question": QUESTION, "secret": "hunter2"}
    response = client("anna").post("/v1/answers", json=body)
    assert response.status_code == 422
    assert response.json()["problems"][0]["where"] == "body.secret"
    assert "hunter2" not in response.text


def test_feedback_goes_to_ones_own_answers_only(client, here):
    answer = client("anna").post("/v1/answers", json={"question": QUESTION}).json()
    path = f"/v1/interactions/{answer['id']}/feedback"
    body = {"thumb": -1, "comment": "Where is the form?"}
    assert client("anna").post(path, json=body).status_code == 204
    assert here.feedback.given[0].comment == "Where is the form?"
    headers = {"X-Correlation-Id": "same"}
    others = client("ben").post(path, json=body, headers=headers)
    unknown = client("ben").post("/v1/interactions/none/feedback", json=body, headers=headers)
    assert others.status_code == 404
    assert others.content == unknown.content
    assert client("anna").post(path, json={}).status_code == 422
