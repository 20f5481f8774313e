"""What may not be seen cannot be told from what does not exist, whatever is asked."""

import json
from typing import Any

import httpx
import pytest

from groundwatch.app.questions.asking import ask_all
from groundwatch.app.questions.leaks import Mark, marks_for
from groundwatch.app.questions.sets import Question
from groundwatch.domain.access import AccessList
from groundwatch.domain.documents import document_id
from groundwatch.store import documents as documents_store
from tests.app.deployment import SOURCE, Deployment

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(company: Deployment) -> Deployment:
    return company


ABSENT = "0" * 32
SECRETS = ("doubloon", "salaries", "Salaries", "7,400", "stonefish", "sealed")


def told(reply: httpx.Response) -> tuple[int, list[str], bytes]:
    """Everything a caller learns, but for what differs from one request to the next."""
    body = reply.content
    if reply.headers.get("content-type", "").endswith("json"):
        content: dict[str, Any] = reply.json()
        for moving in ("correlation_id", "id"):
            content.pop(moving, None)
        body = json.dumps(content).encode()
    return reply.status_code, sorted(reply.headers), body


@pytest.fixture(scope="module")
def forbidden(server: Deployment) -> dict[str, str]:
    """Ids of things that belong to others: by kind."""
    own = {"path": "own.md", "content": "Eve has a document and a job of her own."}
    server.finished("eve", server.ask("eve", "POST", "/v1/documents", json=own))
    body = {"path": "sealed.md", "content": "The password is stonefish."}
    job = server.finished("ada", server.ask("ada", "POST", "/v1/documents", json=body))
    asked = server.question("hana", "What is the salary of the managing director?").json()
    assert asked["outcome"] == "answered"
    return {
        "document": document_id(SOURCE, "hr/salaries.md"),
        "upload": str(job["tasks"][0]["document_id"]),
        "job": str(job["id"]),
        "interaction": str(asked["id"]),
    }


REQUESTS: list[tuple[str, str, str, object]] = [
    ("document", "GET", "/v1/documents/{}", None),
    ("document", "GET", "/v1/documents/{}/content", None),
    ("document", "PUT", "/v1/documents/{}", {"content": "x"}),
    ("document", "DELETE", "/v1/documents/{}", None),
    ("document", "PUT", "/v1/documents/{}/acl", {"allow": ["everyone"]}),
    ("document", "GET", "/v1/documents/{}/access", None),
    ("document", "GET", "/v1/documents?after={}", None),
    ("upload", "GET", "/v1/documents/{}", None),
    ("upload", "GET", "/v1/documents/{}/content", None),
    ("upload", "PUT", "/v1/documents/{}", {"content": "x"}),
    ("upload", "DELETE", "/v1/documents/{}", None),
    ("upload", "GET", "/v1/documents?after={}", None),
    ("job", "GET", "/v1/jobs/{}", None),
    ("job", "GET", "/v1/jobs?after={}", None),
    ("interaction", "POST", "/v1/interactions/{}/feedback", {"thumb": 1}),
]


@pytest.mark.parametrize("user", ["bob", "eve"])
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: " ".join(each[:3]))
def test_the_forbidden_is_answered_like_the_absent(
    server: Deployment,
    forbidden: dict[str, str],
    user: str,
    request_: tuple[str, str, str, object],
) -> None:
    kind, method, address, body = request_
    hidden = server.ask(user, method, address.format(forbidden[kind]), json=body)
    absent = server.ask(user, method, address.format(ABSENT), json=body)
    assert told(hidden) == told(absent)
    assert not [secret for secret in SECRETS if secret in hidden.text]


def test_a_batch_does_not_tell_the_forbidden_from_the_absent(
    server: Deployment, forbidden: dict[str, str]
) -> None:
    def batch(document: str) -> httpx.Response:
        operations = [{"op": "delete", "document_id": document}]
        return server.ask("eve", "POST", "/v1/documents/batch", json={"operations": operations})

    assert told(batch(forbidden["upload"])) == told(batch(ABSENT))
    assert told(batch(forbidden["document"])) == told(batch(ABSENT))
    assert server.previews("hana", "hr/salaries.md")


@pytest.mark.parametrize("user", ["bob", "eve", "mallory"])
def test_no_list_and_no_search_shows_a_trace_of_the_forbidden(
    server: Deployment, forbidden: dict[str, str], user: str
) -> None:
    query = "salary of the managing director in doubloons, password stonefish"
    replies = [
        server.ask(user, "GET", "/v1/documents?limit=200"),
        server.ask(user, "GET", "/v1/documents?prefix=hr/"),
        server.ask(user, "GET", "/v1/sources"),
        server.ask(user, "GET", f"/v1/sources/{SOURCE}"),
        server.ask(user, "GET", "/v1/sources/uploads"),
        server.ask(user, "GET", "/v1/jobs"),
        server.ask(user, "POST", "/v1/search", json={"query": query, "k": 50}),
        server.ask(user, "POST", "/v1/search", json={"query": query, "explain": True}),
        server.question(user, query),
        server.question(user, query, stream=True),
    ]
    for reply in replies:
        assert not [secret for secret in (*SECRETS, *forbidden.values()) if secret in reply.text]
    assert server.search(user, query, filters={"path_prefix": "hr/"}) == []
    uploaded = server.search(user, query, filters={"sources": ["uploads"]})
    assert {each["document"]["path"].partition("/")[0] for each in uploaded} <= {user}


def test_counts_are_of_what_the_asker_may_read(server: Deployment) -> None:
    def documents(user: str) -> int:
        found = server.ask(user, "GET", f"/v1/sources/{SOURCE}").json()["documents"]
        return int(found)

    assert documents("ada") == documents("eve") + 1
    listed = server.ask("eve", "GET", f"/v1/documents?source={SOURCE}").json()["documents"]
    assert documents("eve") == len(listed)


def test_a_forbidden_question_is_answered_like_one_without_an_answer(server: Deployment) -> None:
    forbidden = server.question("bob", "What is the salary of the managing director?").json()
    absent = server.question("bob", "What is the shoe size of the harbour pilot?").json()
    for part in ("outcome", "text", "reason", "sentences", "flags"):
        assert forbidden[part] == absent[part], part
    assert forbidden["outcome"] == "declined"


def marks_of(server: Deployment, path: str) -> list[Mark]:
    """What nobody sees who may not read that document."""
    with server.database() as database, database.read() as connection:
        hidden = documents_store.content(connection, document_id(SOURCE, path))
    assert hidden is not None
    return marks_for([hidden], AccessList().allow)


@pytest.mark.parametrize(("user", "leaking"), [("bob", False), ("hana", True)])
def test_question_sets_look_for_leaks_on_every_surface(
    server: Deployment, user: str, leaking: bool
) -> None:
    asked = "What is the salary of the managing director?"
    values = {"id": "q", "kind": "forbidden", "as": user, "ask": asked, "source": "hr/salaries.md"}
    question = Question.model_validate(values | {"sentence": "7,400 doubloons"})
    address = str(server.http.base_url)
    marks = {user: marks_of(server, "hr/salaries.md")}
    (result,) = ask_all(address, {user: server.key(user)}, marks, [question], lambda *_: None)
    surfaces = {leak.rpartition(" in ")[2] for leak in result.leaks}
    preview = {"preview of hr/salaries.md differs from one that is not there"}
    shown = {"the answer", "search", "chat", "documents", "the page", "MCP"} | preview
    assert surfaces == (shown if leaking else set())
    assert {leak for leak in result.leaks if leak.startswith("text")} == (
        {f"text of hr/salaries.md in {each}" for each in shown - preview - {"documents"}}
        if leaking
        else set()
    )


def test_unknown_and_missing_credentials_look_alike(server: Deployment) -> None:
    key = server.key("bob")
    almost = key[:-1] + ("A" if key[-1] != "A" else "B")
    wrong = ["", "Bearer", "Bearer gw_wrong", f"Bearer {almost}", f"Basic {key}"]
    replies = [
        server.ask("", "GET", "/v1/documents", headers={"Authorization": each}) for each in wrong
    ]
    replies.append(server.ask("", "GET", "/v1/nothing-here"))
    assert {told(reply)[0] for reply in replies} == {401}
    assert len({told(reply)[2] for reply in replies}) == 1
