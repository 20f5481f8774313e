"""Questions as nobody should ask them, and text as few write it."""

import json

import httpx
import pytest

from tests.app.deployment import PATIENCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(strict: Deployment) -> Deployment:
    return strict


MEGABYTE = "x " * 500_000
ASKED = {
    "/v1/answers": "question",
    "/v1/search": "query",
    "/v1/embeddings": "input",
}


def send(server: Deployment, path: str, text: str) -> httpx.Response:
    return server.ask("bob", "POST", path, json={ASKED[path]: text})


@pytest.mark.parametrize("path", ASKED)
def test_empty_and_huge_texts_are_refused_with_what_would_be_right(
    server: Deployment, path: str
) -> None:
    for text in ("", " \n\t ", MEGABYTE):
        problem(send(server, path, text), 422)
    if path != "/v1/embeddings":
        problem(send(server, path, "\u0000\u0007"), 422)
    problem(send(server, path, MEGABYTE * 5), 413)
    chat = {"model": "groundwatch", "messages": [{"role": "user", "content": MEGABYTE}]}
    problem(server.ask("bob", "POST", "/v1/chat/completions", json=chat), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"question": 5}',
        b'{"question": null}',
        b'{"query": "a"',
        b'{"question": "a", "query": "a", "k": 0}',
        b'{"question": "a", "query": "a", "k": -1}',
        b'{"question": "a", "query": "a", "k": 1000000}',
        b'{"question": "a", "query": "a", "k": 1e400}',
        b'{"question": "a", "query": "a", "surprise": 1}',
        b'{"question": "a", "query": "a", "filters": {"path_prefix": 5}}',
        b'{"question": "a", "query": "a", "filters": {"modified_after": "yesterday"}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
@pytest.mark.parametrize("path", ["/v1/answers", "/v1/search"])
def test_a_malformed_body_is_a_clear_problem(server: Deployment, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    reply = server.ask("bob", "POST", path, content=body, headers=headers)
    assert reply.status_code in (400, 422), reply.text
    problem(reply, reply.status_code)


def test_control_characters_in_a_question_change_nothing(server: Deployment) -> None:
    plain = server.question("bob", "How long does parental leave last?").json()
    dirty = server.question(
        "bob", "\u202eHow long\u0000 does\u001b parental leave last?\u0007"
    ).json()
    assert plain["outcome"] == dirty["outcome"] == "answered"
    assert plain["text"] == dirty["text"]
    raw = b'{"question": "How long does parental leave last? \\ud800"}'
    lone = server.ask(
        "bob", "POST", "/v1/answers", content=raw, headers={"Content-Type": "application/json"}
    )
    assert lone.status_code in (200, 422), lone.text


def test_injected_syntax_is_only_text(server: Deployment) -> None:
    for text in (
        "'; DROP TABLE documents; --",
        '" OR 1=1',
        "%",
        "_",
        "*",
        "\\",
        "{{7*7}}",
        "NEAR(a b)",
        "a AND",
        "../../etc/passwd",
        "<script>alert(1)</script>",
    ):
        assert send(server, "/v1/search", text).status_code == 200, text
    listed = server.ask("bob", "GET", "/v1/documents", params={"prefix": "%"})
    assert listed.json()["documents"] == []
    assert server.finds("bob", "480 days")


def test_right_to_left_text_is_found_and_quoted_as_it_stands(server: Deployment) -> None:
    hebrew = "חופשת הלידה נמשכת 480 ימים."
    arabic = "تستمر إجازة الوالدين 480 يوما."
    server.save("he.md", f"# חופשה\n\n{hebrew}\n")
    server.save("ar.txt", arabic)
    until(lambda: server.finds("bob", hebrew, "he.md"), PATIENCE)
    until(lambda: server.finds("bob", arabic, "ar.txt"), PATIENCE)
    assert hebrew in server.preview("bob", "he.md").json()["text"]
    shown = server.ask("bob", "POST", "/v1/answers", json={"question": hebrew})
    answer = shown.json()
    texts = {
        p["document"]["id"]: server.ask(
            "bob", "GET", f"/v1/documents/{p['document']['id']}/content"
        ).json()["text"]
        for p in answer["passages"]
    }
    for sentence in answer["sentences"]:
        for citation in sentence["citations"]:
            text = texts[citation["document"]["id"]]
            assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_control_characters_in_a_document_do_not_reach_anybody(server: Deployment) -> None:
    dirty = "# Tide\x1b[2J table\n\nHigh tide is\x07 at \u202enoon\u202c, says the gauge.\r\n"
    server.save("tide.md", dirty)
    until(lambda: server.previews("bob", "tide.md"), PATIENCE)
    text = server.preview("bob", "tide.md").json()["text"]
    assert not [c for c in text if ord(c) < 32 and c not in "\n\t"]
    assert "says the gauge" in text
    shown = server.ask("bob", "POST", "/v1/search", json={"query": "when is high tide"}).text
    assert "\\u0000" not in shown
    assert "\\u001b" not in shown


def test_every_question_is_one_interaction_and_refused_input_is_none(server: Deployment) -> None:
    server.question("bob", "How long does parental leave last?")
    server.question("bob", "")
    asked = [each.query for each in server.interactions("/v1/answers")]
    until(lambda: len(server.interactions("/v1/answers")) >= len(asked), PATIENCE)
    assert "" not in asked
    assert all("\u0000" not in query for query in asked)


def test_nothing_of_it_was_a_surprise_to_the_program(server: Deployment) -> None:
    for process in ("server", "worker", "engine"):
        assert "Traceback" not in server.log(process)


def test_the_streamed_answer_says_what_went_wrong_as_an_event(server: Deployment) -> None:
    reply = server.question("bob", "", stream=True)
    if reply.status_code == 200:
        name, data = reply.text.strip().splitlines()[:2]
        assert name == "event: error"
        assert json.loads(data.removeprefix("data: "))["status"] == 422
    else:
        problem(reply, 422)
