"""The documentation of the HTTP API is complete and true."""

import re
from pathlib import Path

from fastapi.routing import APIRoute, iter_route_contexts
from tests.serving.worlds import world

from groundwatch.serving.api import create_api
from groundwatch.serving.errors import TABLE, UNEXPECTED
from groundwatch.serving.mcp_tools import TOOLS
from groundwatch.serving.permissions import OpenToAll, Requires, declaration

TEXT = (Path(__file__).parents[2] / "docs" / "http-api.md").read_text("utf-8")


def documented() -> dict[str, str]:
    """Route -> permission, from the table of routes."""
    rows = re.findall(r"^\| `((?:GET|POST|PUT|DELETE) [^`]+)` \| ([^|]+) \|", TEXT, re.MULTILINE)
    return {route: permission.strip() for route, permission in rows}


def existing() -> dict[str, str]:
    found = {"POST /mcp": ", ".join(f"`{tool.permission}`" for tool in TOOLS)}
    for context in iter_route_contexts(create_api(world().services()).routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            declared = declaration(route)
            permission = "*open*" if isinstance(declared, OpenToAll) else "signed in"
            if isinstance(declared, Requires) and declared.permission:
                permission = f"`{declared.permission}`"
            found |= {f"{method} {route.path}": permission for method in route.methods or ()}
    return found


def test_every_route_is_documented_with_its_permission_and_no_other_is():
    assert documented() == existing()


def test_every_field_of_a_body_is_named():
    schemas = create_api(world().services()).openapi()["components"]["schemas"]
    bodies = ["QuestionBody", "SearchBody", "FiltersBody", "FeedbackBody", "AccessBody", "JobBody"]
    bodies += ["TaskBody", "AnswerBody", "GroundsBody", "EmbeddingsBody"]
    missing = [
        f"{body}.{name}"
        for body in bodies
        for name in schemas[body]["properties"]
        if not re.search(rf'[`"\[{{, ]{name}[`":, ]', TEXT)
    ]
    assert missing == []


def test_every_status_of_the_error_table_is_documented():
    statuses = {row.status for row in TABLE.values()} | {UNEXPECTED.status}
    assert {f"| {status} |" for status in statuses if f"| {status} |" not in TEXT} == set()


def test_every_tool_is_documented():
    assert all(f"| `{tool.name}` | `{tool.permission}` |" in TEXT for tool in TOOLS)
