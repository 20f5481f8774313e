"""Questions asked over HTTP, the chat API, MCP and the page, as each asker."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from groundwatch.app.questions.counting import Cited, Result
from groundwatch.app.questions.leaks import Mark, shown
from groundwatch.app.questions.page import shown_later
from groundwatch.app.questions.sets import Question
from groundwatch.app.questions.strings import readable

ABSENT = "0" * 32
"""An id that no document has."""

Surface = Callable[[httpx.Client, Question], str]


def ask_all(
    url: str,
    keys: Mapping[str, str],
    marks: Mapping[str, Sequence[Mark]],
    questions: Sequence[Question],
    progress: Callable[[int, int], None],
) -> list[Result]:
    """Ask every question on every surface as its asker.

    Args:
        url: the running server.
        keys: an API key for each asker.
        marks: what must not be seen by each asker.
        questions: asked in this order.
        progress: called with how many are done, of how many.
    """
    results = []
    for number, question in enumerate(questions, start=1):
        key = keys[question.asker]
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
            results.append(_ask(client, key, question, marks[question.asker]))
        progress(number, len(questions))
    return results


def _ask(client: httpx.Client, key: str, question: Question, marks: Sequence[Mark]) -> Result:
    reply = client.post("/v1/answers", json={"question": question.ask})
    reply.raise_for_status()
    answer = reply.json()
    leaks = []
    for name, text in _shown_texts(client, key, question, reply.text):
        leaks += [
            f"{mark.kind} of {mark.path} in {name}" for mark in shown(marks, text, question.ask)
        ]
    leaks += _different_errors(client, marks)
    return Result(
        question,
        answer["outcome"],
        answer["text"],
        tuple(_citations(answer)),
        answer["confidence"],
        tuple(dict.fromkeys(leaks)),
    )


def _citations(answer: Mapping[str, Any]) -> Iterator[Cited]:
    """Citations in order of first use, each number once."""
    seen = set()
    for sentence in answer["sentences"]:
        for citation in sentence["citations"]:
            if citation["number"] not in seen:
                seen.add(citation["number"])
                yield Cited(citation["document"]["path"], citation["quote"])


def _shown_texts(
    client: httpx.Client, key: str, question: Question, answer: str
) -> Iterator[tuple[str, str]]:
    """What each surface shows for a question, as text."""
    yield "the answer", readable(answer)
    search = {"query": question.ask, "k": 20}
    yield "search", readable(_posted(client, "/v1/search", search))
    chat = {"model": "groundwatch", "messages": [{"role": "user", "content": question.ask}]}
    yield "chat", readable(_posted(client, "/v1/chat/completions", chat))
    yield "documents", _all_documents(client)
    yield "the page", _page(client, key, question, found=bool(json.loads(answer)["passages"]))
    yield "MCP", asyncio.run(_mcp(str(client.base_url), key, question.ask))


def _posted(client: httpx.Client, path: str, body: Mapping[str, Any]) -> str:
    return client.post(path, json=body).raise_for_status().text


def _page(client: httpx.Client, key: str, question: Question, *, found: bool) -> str:
    opened = client.get("/", params={"q": question.ask}).raise_for_status().text
    headers = {"Authorization": f"Bearer {key}"}
    return f"{opened}\n{shown_later(opened, str(client.base_url), headers, found=found)}"


def _all_documents(client: httpx.Client) -> str:
    pages: list[str] = []
    after: str | None = ""
    while after is not None:
        reply = client.get("/v1/documents", params={"limit": 100, "after": after})
        reply.raise_for_status()
        pages.append(readable(reply.text))
        after = reply.json()["next"]
    return "\n".join(pages)


def _different_errors(client: httpx.Client, marks: Sequence[Mark]) -> list[str]:
    """A preview of a forbidden document must be refused like one of no document."""
    absent = client.get(f"/v1/documents/{ABSENT}/content")
    different = []
    for mark in marks:
        if mark.kind != "id":
            continue
        reply = client.get(f"/v1/documents/{mark.text}/content")
        if _comparable(reply, mark.text) != _comparable(absent, ABSENT):
            different.append(f"preview of {mark.path} differs from one that is not there")
    return different


def _comparable(reply: httpx.Response, document_id: str) -> tuple[int, str]:
    body = reply.json()
    body.pop("correlation_id", None)
    body.pop("instance", None)
    return reply.status_code, json.dumps(body, sort_keys=True).replace(document_id, "ID")


async def _mcp(url: str, key: str, question: str) -> str:
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=120) as http:
        transport = streamable_http_client(url.rstrip("/") + "/mcp", http_client=http)
        async with Client(transport) as client:
            said = []
            for tool, argument in (("search", "query"), ("ask", "question")):
                reply = await client.call_tool(tool, {argument: question})
                said.append(reply.model_dump_json())
    return " \n ".join(readable(text) for text in said)
