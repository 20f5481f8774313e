"""`/mcp`: the tools over the Model Context Protocol (streamable HTTP), without sessions of its own.

Every request carries its credential and passes the same gate as the rest; what a tool shows is
decided by the identity of that request.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from groundwatch.errors import GroundwatchError, InvalidInput
from groundwatch.serving.authentication import identity_of
from groundwatch.serving.edge import log_error
from groundwatch.serving.errors import correlation_id_of, problem_of
from groundwatch.serving.mcp_tools import TOOLS, Caller, Tool, ToolResult
from groundwatch.serving.permissions import require
from groundwatch.serving.server import Server

if TYPE_CHECKING:
    from mcp import types
    from mcp.server import Server as Protocol
    from mcp.server import ServerRequestContext
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

_INSTRUCTIONS = "Answers and passages from the company's documents that the caller may read."


class McpEndpoint:
    """An ASGI application that answers at `/mcp` while `running`."""

    def __init__(self, server: Server, version: str) -> None:
        self._server = server
        self._version = version
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Serve inside; a manager of sessions can run only once, so each start makes its own."""
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        manager = StreamableHTTPSessionManager(self._protocol(), stateless=True)
        async with manager.run():
            self._manager = manager
            yield
            self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._manager is not None, "the application has not been started"
        await self._manager.handle_request(scope, receive, send)

    def _protocol(self) -> "Protocol[dict[str, object]]":
        from mcp.server import Server as Protocol

        protocol: Protocol[dict[str, object]] = Protocol(
            "groundwatch",
            version=self._version,
            instructions=_INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        protocol.middleware.clear()  # traces go nowhere
        return protocol

    async def _list(
        self,
        context: "ServerRequestContext[dict[str, object]]",
        _params: "types.PaginatedRequestParams | None",
    ) -> "types.ListToolsResult":
        from mcp import types

        identity = identity_of(_scope_of(context))
        return types.ListToolsResult(
            tools=[_described(tool) for tool in TOOLS if identity.may(tool.permission)]
        )

    async def _call(
        self,
        context: "ServerRequestContext[dict[str, object]]",
        params: "types.CallToolRequestParams",
    ) -> "types.CallToolResult":
        scope = _scope_of(context)
        caller = Caller(identity_of(scope), correlation_id_of(scope))
        try:
            tool = _find(params.name)
            require(caller.identity, tool.permission)
            result = await tool.run(self._server, caller, json.dumps(params.arguments or {}))
        except ValidationError as error:
            return _failed(_first_problem(error))
        except GroundwatchError as error:
            log_error(error)
            return _failed(problem_of(error).detail)
        except Exception as error:  # noqa: BLE001  the boundary towards the caller
            log_error(error)
            return _failed(f"{problem_of(error).detail} ({caller.correlation_id})")
        return _succeeded(result)


def _scope_of(context: "ServerRequestContext[dict[str, object]]") -> Scope:
    assert context.request is not None, "tools are only reached over HTTP"
    scope: Scope = context.request.scope
    return scope


def _find(name: str) -> Tool:
    for tool in TOOLS:
        if tool.name == name:
            return tool
    raise InvalidInput(f"There is no tool {name[:100]!r}.")


def _described(tool: Tool) -> "types.Tool":
    from mcp import types

    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _succeeded(result: ToolResult) -> "types.CallToolResult":
    from mcp import types

    return types.CallToolResult(
        content=[types.TextContent(text=result.text)],
        structured_content=result.data.model_dump(mode="json"),
    )


def _failed(message: str) -> "types.CallToolResult":
    from mcp import types

    return types.CallToolResult(content=[types.TextContent(text=message)], is_error=True)


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}"
