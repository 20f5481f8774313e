"""The official MCP client."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from tests.serving.company import EDITOR, identity
from tests.serving.worlds import world

from groundwatch.domain.answers import DOUBT_TEXT, DOUBTFUL
from groundwatch.errors import Unavailable
from groundwatch.serving.settings import LimitSettings

pytestmark = pytest.mark.integration


@pytest.fixture
def calling(address) -> Callable[[str, Callable[[Client], Awaitable[Any]]], Any]:
    """Runs something with a client of a user."""

    async def connect(user: str, run: Callable[[Client], Awaitable[Any]], mode: str) -> Any:
        headers = {"Authorization": f"Bearer gw_{user}"}
        async with httpx2.AsyncClient(headers=headers, timeout=20) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport, mode=mode) as client:
                return await run(client)

    def call(user: str, run: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
        return asyncio.run(connect(user, run, mode))

    return call


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_tools_are_listed_and_answer(calling, here, mode):
    async def run(client):
        tools = await client.list_tools()
        answer = await client.call_tool("ask", {"question": "How many weeks of parental leave?"})
        found = await client.call_tool("search", {"query": "parental leave", "k": 1})
        return tools, answer, found

    tools, answer, found = calling("anna", run, mode)
    assert {tool.name for tool in tools.tools} == {"search", "ask"}
    assert "26 weeks of paid leave. [1]" in answer.content[0].text
    assert "[1] Parental leave (handbook/people/leave.md)" in answer.content[0].text
    assert answer.structured_content["outcome"] == "answered"
    assert here.sink.recorded[0].endpoint == "mcp:ask"
    assert len(found.structured_content["passages"]) == 1


def test_a_doubtful_answer_begins_by_saying_so(calling, here):
    here.asking.flags = (DOUBTFUL,)

    async def run(client):
        return await client.call_tool("ask", {"question": "How many weeks of parental leave?"})

    answer = calling("anna", run)
    assert answer.content[0].text.startswith(f"{DOUBT_TEXT}\n\nEvery parent")
    assert answer.structured_content["doubtful"] is True


def test_tools_show_only_what_the_caller_may_see(calling):
    async def run(client):
        results = []
        for tool, name in (("ask", "question"), ("search", "query")):
            results.append(await client.call_tool(tool, {name: "top band of harbour masters"}))
        return [str(each.model_dump()) for each in results]

    assert not any("98,000" in text for text in calling("anna", run))
    assert all("98,000" in text for text in calling("hana", run))


def test_a_caller_without_permission_sees_and_calls_nothing(calling):
    async def run(client):
        tools = await client.list_tools()
        return tools.tools, await client.call_tool("ask", {"question": "leave?"})

    tools, refused = calling("nemo", run)
    assert tools == []
    assert refused.is_error
    assert "answers:ask" in refused.content[0].text


def test_one_permission_gives_one_tool(calling, here):
    here.authentication.people["ben"] = identity("ben", EDITOR - {"answers:ask"}, "staff")

    async def run(client):
        return await client.list_tools()

    assert [tool.name for tool in calling("ben", run).tools] == ["search"]


def test_nobody_does_not_even_connect(calling):
    async def run(client):
        return await client.list_tools()

    with pytest.raises(BaseExceptionGroup, match="unhandled errors"):
        calling("unknown", run)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": " "}, "empty"),
        ("ask", {"question": "x" * 5000}, "at most 4,000"),
        ("ask", {}, "question"),
        ("search", {"query": "leave", "k": 51}, "at most 50"),
        ("search", {"query": "leave", "unknown": 1}, "unknown"),
        ("nothing", {}, "no tool"),
    ],
)
def test_wrong_calls_are_explained(calling, tool, arguments, words):
    async def run(client):
        return await client.call_tool(tool, arguments)

    result = calling("anna", run)
    assert result.is_error
    assert words in result.content[0].text


@pytest.mark.parametrize("failure", [Unavailable("at 10.0.0.7"), RuntimeError("at 10.0.0.7")])
def test_a_failure_leaks_nothing(calling, here, failure):
    here.asking.failure = failure

    async def run(client):
        return await client.call_tool("ask", {"question": "parental leave"})

    result = calling("anna", run)
    assert result.is_error
    assert "10.0.0.7" not in str(result.model_dump())


class TestRate:
    @pytest.fixture
    def here(self):
        return world(LimitSettings(requests_per_minute=1))

    def test_tools_count_against_the_rate(self, calling):
        async def run(client):
            arguments = {"query": "leave"}
            return [await client.call_tool("search", arguments) for _ in range(2)]

        first, second = calling("anna", run)
        assert not first.is_error
        assert second.is_error
        assert "requests a minute" in second.content[0].text
