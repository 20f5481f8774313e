"""An endpoint of a language model as it should be, and as it should not."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Interaction
from tests.app.deployment import PATIENCE, Deployment, problem
from tests.llm_stub import Answer, Hang, Html, LLMStub, Raw, Step, Stream
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

QUESTION = "How long does parental leave last?"
TRUE = ("Parental leave ", "lasts 480 days ", "for each child [1].")
FALSE = (" It is paid ", "in 9,000 pearls [1].")
GOOD = Stream(TRUE)
OVERLOADED = Answer(429, {"error": "slow down"}, {"Retry-After": "0"})
STATUS = {Outcome.REFUSED: 429, Outcome.FAILED: 503, Outcome.TIMED_OUT: 504}
BROKEN = Answer(500, {"error": "a secret of the endpoint"})


@pytest.fixture(scope="module")
def stub() -> Iterator[LLMStub]:
    with LLMStub() as running:
        yield running


@pytest.fixture(scope="module")
def settings(stub: LLMStub) -> dict[str, Any]:
    return {
        "embedder": {"kind": "none"},
        "llm": {"endpoints": [stub.url], "model": "stub", "timeout_seconds": 2},
        "answers": {"answerer": "llm", "timeout_seconds": 5},
        "server": {
            "port": 0,
            "limits": {
                "requests_per_minute": 1_000_000,
                "concurrent_answers": 2,
                "answer_seconds": 30,
            },
        },
    }


def recorded(server: Deployment, query: str) -> Interaction:
    """The one interaction of a question that nobody else asked."""
    found: list[Interaction] = []

    def look() -> bool:
        found[:] = [each for each in server.interactions() if each.query == query]
        return bool(found)

    until(look, PATIENCE)
    assert len(found) == 1, "one question is one interaction"
    return found[0]


@pytest.mark.parametrize(
    ("steps", "requests"),
    [
        ((GOOD,), 1),
        ((OVERLOADED, GOOD), 2),
        ((BROKEN, GOOD), 2),
        ((Html(502), GOOD), 2),
        ((Html(200), GOOD), 2),
        ((Stream((), ends="cut"), GOOD), 2),
    ],
    ids=["well", "429 once", "500 once", "502 page once", "200 page once", "cut before a word"],
)
def test_what_a_second_try_heals_is_answered(
    server: Deployment,
    stub: LLMStub,
    steps: tuple[Step, ...],
    requests: int,
    request: pytest.FixtureRequest,
) -> None:
    before = len(stub.requests)
    stub.script(*steps)
    question = f"{QUESTION} ({request.node.callspec.id})"
    reply = server.question("bob", question)
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    assert (answer["outcome"], answer["text"]) == (
        "answered",
        "Parental leave lasts 480 days for each child.",
    )
    assert len(stub.requests) - before == requests
    interaction = recorded(server, question)
    assert interaction.id == answer["id"]
    assert interaction.outcome is Outcome.ANSWERED
    assert (interaction.model, interaction.input_tokens, interaction.output_tokens) == (
        "stub",
        11,
        7,
    )


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (OVERLOADED, Outcome.REFUSED),
        (BROKEN, Outcome.FAILED),
        (Html(200), Outcome.FAILED),
        (Html(502), Outcome.FAILED),
        (Hang(), Outcome.TIMED_OUT),
        (Answer(401, {"error": "no such key sk-secret"}), Outcome.FAILED),
        (Answer(404, {"error": "no such model"}), Outcome.FAILED),
        (Answer(200, {"surprise": True}), Outcome.FAILED),
        (Raw((b"data: {broken\n\n",)), Outcome.FAILED),
    ],
    ids=["429", "500", "html", "502 page", "hangs", "401", "404", "other json", "broken event"],
)
def test_what_does_not_heal_is_a_clear_problem_and_one_interaction(
    server: Deployment,
    stub: LLMStub,
    step: Step,
    outcome: Outcome,
    request: pytest.FixtureRequest,
) -> None:
    stub.script(*[step] * 9)
    question = f"{QUESTION} (always {request.node.callspec.id})"
    told = problem(server.question("bob", question), STATUS[outcome])
    stub.forget_script()
    assert "secret" not in json.dumps(told)
    assert stub.url not in json.dumps(told)
    interaction = recorded(server, question)
    assert interaction.outcome is outcome
    assert interaction.response == ""
    assert [passage.title for passage in interaction.passages]
    assert "secret" not in interaction.error


@pytest.mark.parametrize("ends", ["cut", "eof"])
def test_of_half_a_stream_the_verified_half_stays(
    server: Deployment, stub: LLMStub, ends: str
) -> None:
    question = f"{QUESTION} (half, {ends})"
    stub.script(Stream((*TRUE, " And then it"), ends=ends))
    events = read_events(server.question("bob", question, stream=True).text)
    assert [name for name, _ in events] == ["passages", "sentence", "error"]
    assert events[1][1]["text"] == "Parental leave lasts 480 days for each child."
    assert events[2][1]["status"] == 503
    interaction = recorded(server, question)
    assert interaction.outcome is Outcome.FAILED
    assert interaction.response == "Parental leave lasts 480 days for each child."
    assert "cut-short" in interaction.flags


def test_what_cannot_be_verified_is_dropped(server: Deployment, stub: LLMStub) -> None:
    question = f"{QUESTION} (half true)"
    stub.script(Stream((*TRUE, *FALSE)))
    answer = server.question("bob", question).json()
    assert answer["text"] == "Parental leave lasts 480 days for each child."
    assert answer["flags"] == ["unverifiable-sentence-dropped"]
    assert recorded(server, question).outcome is Outcome.ANSWERED

    question = f"{QUESTION} (all wrong)"
    stub.script(Stream(FALSE))
    answer = server.question("bob", question).json()
    assert answer["outcome"] == "declined"
    assert "pearls" not in answer["text"]
    assert recorded(server, question).outcome is Outcome.DECLINED


def test_the_first_sentence_arrives_before_the_model_has_finished(
    server: Deployment, stub: LLMStub
) -> None:
    finish = threading.Event()
    stub.script(Stream(("".join(TRUE) + " Then", " nothing."), holds=finish))
    headers = {"Authorization": f"Bearer {server.key('bob')}"}
    body = {"question": f"{QUESTION} (early)", "stream": True}
    with server.http.stream("POST", "/v1/answers", json=body, headers=headers) as reply:
        seen = []
        for line in reply.iter_lines():
            seen.append(line)
            if line == "event: sentence":
                finish.set()
        assert "event: done" in seen


def test_a_caller_who_leaves_cancels_the_answer(server: Deployment, stub: LLMStub) -> None:
    question = f"{QUESTION} (left)"
    stub.gone.clear()
    stub.script(Stream(["".join(TRUE) + " Then ", *["more "] * 200], pause=0.05))
    connection = begin(server, question)
    seen = b""
    while b"event: sentence" not in seen:
        seen += connection.recv(65536)
    connection.close()
    assert recorded(server, question).outcome is Outcome.CANCELLED
    assert stub.gone.wait(PATIENCE), "the model is not left to write for nobody"


def test_a_caller_who_leaves_while_the_model_is_silent_cancels_too(
    server: Deployment, stub: LLMStub
) -> None:
    question = f"{QUESTION} (left in silence)"
    stub.script(*[Hang()] * 9)
    connection = begin(server, question)
    seen = b""
    while b"event: passages" not in seen:
        seen += connection.recv(65536)
    connection.close()
    interaction = recorded(server, question)
    stub.forget_script()
    assert interaction.outcome is Outcome.CANCELLED


def test_more_answers_than_may_be_in_the_making_are_refused_and_recorded(
    server: Deployment, stub: LLMStub
) -> None:
    stub.script(*[Hang()] * 9)
    with ThreadPoolExecutor(4) as pool:
        replies = list(
            pool.map(lambda n: server.question("bob", f"{QUESTION} (crowd {n})"), range(4))
        )
    stub.forget_script()
    assert sorted(reply.status_code for reply in replies) == [429, 429, 504, 504]
    assert all("Retry-After" in reply.headers for reply in replies if reply.status_code == 429)
    outcomes = sorted(recorded(server, f"{QUESTION} (crowd {n})").outcome for n in range(4))
    assert outcomes == sorted([Outcome.REFUSED] * 2 + [Outcome.TIMED_OUT] * 2)


def test_without_passages_nothing_is_sent(server: Deployment, stub: LLMStub) -> None:
    before = len(stub.requests)
    nowhere = {"filters": {"path_prefix": "nowhere/"}}
    answer = server.question("bob", f"{QUESTION} (nowhere)", **nowhere).json()
    assert answer["outcome"] == "declined"
    assert recorded(server, f"{QUESTION} (nowhere)").outcome is Outcome.DECLINED
    assert len(stub.requests) == before


def test_forbidden_passages_are_not_sent_either(server: Deployment, stub: LLMStub) -> None:
    before = len(stub.requests)
    stub.script(Stream(("NOT_FOUND",)))
    question = "What is the daily salary of the managing director?"
    answer = server.question("bob", question).json()
    assert answer["outcome"] == "declined"
    assert len(stub.requests) == before + 1
    sent = json.dumps([request.body for request in stub.requests[before:]])
    assert "doubloons" not in sent
    assert "Salaries" not in sent


def test_openai_clients_are_told_in_their_own_shape(server: Deployment, stub: LLMStub) -> None:
    stub.script(*[BROKEN] * 9)
    body = {"model": "groundwatch", "messages": [{"role": "user", "content": f"{QUESTION} (chat)"}]}
    told = problem(server.ask("bob", "POST", "/v1/chat/completions", json=body), 503)
    stub.forget_script()
    assert told["error"]["message"] == told["detail"]
    assert recorded(server, f"{QUESTION} (chat)").outcome is Outcome.FAILED


def test_the_log_tells_the_failures_by_their_names_and_nobodys_words(server: Deployment) -> None:
    log = server.log("server")
    failed = [json.loads(line) for line in log.splitlines() if '"level": "error"' in line]
    assert {line["error"] for line in failed} <= {"Unavailable", "TimedOut", "ModelUnusable"}
    assert "Traceback" not in log
    assert "secret" not in log
    assert QUESTION.lower() not in log.lower()
    assert "480 days" not in log


def begin(server: Deployment, question: str) -> socket.socket:
    """Ask over a connection of our own, to be able to drop it."""
    body = json.dumps({"question": question, "stream": True})
    url = server.http.base_url
    connection = socket.create_connection((url.host, url.port or 80), PATIENCE)
    connection.sendall(
        (
            "POST /v1/answers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {server.key('bob')}\r\nContent-Length: {len(body)}\r\n\r\n"
            f"{body}"
        ).encode()
    )
    return connection


def read_events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Server-sent events by name and data."""
    events = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line[1:])
        if "event" in lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events
