"""Nothing is reachable without authentication, and every route declares what it needs."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from starlette.routing import BaseRoute, Route
from tests.serving.company import document_id
from tests.serving.servers import served
from tests.serving.worlds import world

from groundwatch.serving.api import create_api
from groundwatch.serving.mcp_endpoint import McpEndpoint
from groundwatch.serving.permissions import OpenToAll, Requires, declaration

pytestmark = pytest.mark.integration
OPEN = {"/healthz", "/readyz", "/sign-in/{token}"}
FORBIDDEN = document_id("handbook", "hr/salaries.md")
SILENCE = {
    "matchers": [{"name": "a", "value": "b", "isRegex": False}],
    "startsAt": "2026-03-04T12:00:00Z",
    "endsAt": "2036-03-04T12:00:00Z",
    "createdBy": "anna",
    "comment": "upgrade",
}
BODIES = {
    "/v1/answers": {"question": "What is the salary of harbour masters?"},
    "/v1/search": {"query": "salary of harbour masters"},
    "/v1/embeddings": {"input": "a"},
    "/v1/chat/completions": {
        "model": "groundwatch",
        "messages": [{"role": "user", "content": "harbour masters"}],
    },
    "/v1/documents": {"path": "a.md", "content": "a"},
    "/v1/documents/batch": {"operations": [{"op": "delete", "document_id": FORBIDDEN}]},
    "/v1/documents/{document_id}": {"content": "a"},
    "/v1/documents/{document_id}/acl": {"allow": ["everyone"]},
    "/v1/interactions/{interaction_id}/feedback": {"thumb": 1},
    "/v1/interactions": {"application": "shop", "interactions": []},
    "/v1/events": {"application": "shop", "events": []},
    "/v1/incidents/{incident_id}/snooze": {"seconds": 60},
    "/v1/incidents/{incident_id}/owner": {"owner": "anna"},
    "/v1/incidents/{incident_id}/comments": {"text": "a"},
    "/v1/silences": SILENCE,
    "/v1/alerts/pagerduty": {"event": {"event_type": "incident.acknowledged"}},
    "/v1/rules/preview": {"rule": {}},
    "/v1/rules/{name}": {"rule": {}},
    "/v1/alerts/explain": {"labels": {"alertname": "a"}},
    "/v1/experiments/{name}/stop": {"reason": "a"},
    "/v1/experiments/{name}/decision": {"winner": "a", "reason": "a"},
    "/api/v2/silences": SILENCE,
}


def every_route() -> list[BaseRoute]:
    contexts = iter_route_contexts(create_api(world().services()).routes)
    return [context.original_route for context in contexts]


def routes() -> list[APIRoute]:
    found = [each for each in every_route() if isinstance(each, APIRoute)]
    assert len(found) > 20
    return found


def calls() -> list[tuple[str, str, str]]:
    """Method, path template and declared permission of every route that is not open."""
    found = []
    for route in routes():
        declared = declaration(route)
        if isinstance(declared, Requires):
            found += [
                (each, route.path, declared.permission) for each in sorted(route.methods or ())
            ]
    return found


def test_every_route_declares_its_permission():
    assert [route.path for route in routes() if declaration(route) is None] == []


def test_only_signing_in_and_health_are_open():
    found = {route.path for route in routes() if isinstance(declaration(route), OpenToAll)}
    assert found == OPEN


def test_nothing_else_is_mounted():
    others = [route for route in every_route() if not isinstance(route, APIRoute)]
    mcp = next(route for route in others if isinstance(route, Route))
    assert mcp.path == "/mcp"
    assert isinstance(mcp.endpoint, McpEndpoint)
    sockets = [route.path for route in others if isinstance(route, APIWebSocketRoute)]
    assert sockets == ["/v1/live"]  # test_live.py says who may listen
    assert len(others) == 2


@pytest.fixture(scope="module")
def untouched() -> Iterator[str]:
    """One server for the walks over all routes, in which nobody may change anything."""
    with served(create_api(world().services())) as address:
        yield address


@pytest.fixture
def nobody(untouched: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=untouched) as client:
        yield client


@pytest.fixture
def nemo(untouched: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer gw_nemo"}
    with httpx.Client(base_url=untouched, headers=headers) as client:
        yield client


def send(client: httpx.Client, method: str, path: str, value: str = "unknown") -> httpx.Response:
    parts = [value if part.startswith("{") else part for part in path.split("/")]
    return client.request(
        method,
        "/".join(parts),
        json=BODIES.get(path) if method in ("POST", "PUT") else None,
        headers={"X-Correlation-Id": "same"},
    )


@pytest.mark.parametrize(("method", "path", "permission"), calls())
def test_nobody_may_call_a_route(nobody, method, path, permission):
    response = send(nobody, method, path)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "permission"), calls())
def test_somebody_without_the_permission_may_not_call_a_route(nemo, method, path, permission):
    response = send(nemo, method, path)
    if permission:
        assert response.status_code == 403
        assert permission in response.json()["detail"]
    else:
        assert response.status_code in (200, 303)


@pytest.mark.parametrize(
    "value",
    ["/", "/ask", "/_nicegui/anything", "/mcp", "/openapi.json", "/docs", "/v1/nothing", "/.env"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_nobody_reaches_any_other_path(nobody, value, method):
    assert nobody.request(method, value).status_code == 401


def by_id() -> list[tuple[str, str, str]]:
    return [each for each in calls() if "{document_id}" in each[1] or "batch" in each[1]]


@pytest.mark.parametrize(("method", "path", "permission"), by_id())
def test_a_forbidden_document_is_answered_like_an_unknown_one(
    client, here, method, path, permission
):
    asking = here.authentication.people["anna"]
    here.authentication.people["anna"] = type(asking)(
        asking.user, asking.principals, asking.permissions | {permission}, "key"
    )
    forbidden = send(client("anna"), method, path, FORBIDDEN)
    del here.library.records[FORBIDDEN]
    unknown = send(client("anna"), method, path, FORBIDDEN)
    assert forbidden.status_code == 404
    assert forbidden.content == unknown.content
    assert forbidden.headers.raw[1:] == unknown.headers.raw[1:]  # the first is the date


def test_lists_and_searches_show_only_what_may_be_seen(client):
    anna, hana = client("anna"), client("hana")
    listed = anna.get("/v1/documents").json()["documents"]
    assert "hr/salaries.md" not in {each["path"] for each in listed}
    assert len(hana.get("/v1/documents").json()["documents"]) == len(listed) + 1
    query = {"query": "the top band of harbour masters"}
    assert "98,000" not in anna.post("/v1/search", json=query).text
    assert "98,000" in hana.post("/v1/search", json=query).text


def test_only_administrators_get_explanations_and_permissions(client):
    query = {"query": "parental leave", "explain": True}
    assert client("ben").post("/v1/search", json=query).status_code == 403
    explained = client("cleo").post("/v1/search", json=query).json()["explanation"]
    assert explained[0]["verdict"] == "shown"
    path = f"/v1/documents/{document_id('handbook', 'people/leave.md')}/content"
    assert client("anna").get(path).json()["access"] is None
    assert client("anna").get(path).json()["readable_as"] == ["group:staff"]
    assert client("cleo").get(path).json()["access"] == {"allow": ["group:staff"], "deny": []}


def test_jobs_are_ones_own(client):
    job = client("ben").post("/v1/documents", json={"path": "a.md", "content": "a"}).json()
    headers = {"X-Correlation-Id": "same"}
    others = client("cleo").get(f"/v1/jobs/{job['id']}", headers=headers)
    unknown = client("cleo").get("/v1/jobs/unknown", headers=headers)
    assert (others.status_code, others.content) == (404, unknown.content)


class TestSessions:
    def test_a_link_works_once_and_only_by_its_button(self, address, here):
        here.authentication.links.add("link-anna")
        with httpx.Client(base_url=address) as browser:
            assert browser.get("/v1/documents").status_code == 401
            assert "Sign in" in browser.get("/sign-in/link-anna").text
            assert browser.get("/v1/documents").status_code == 401
            response = browser.post("/sign-in/link-anna", headers={"Origin": address})
            cookie = response.headers["set-cookie"]
            assert (response.status_code, response.headers["location"]) == (303, "/")
            assert "HttpOnly" in cookie
            assert "SameSite=lax" in cookie
            assert browser.get("/v1/documents").status_code == 200
        again = httpx.post(f"{address}/sign-in/link-anna", headers={"Origin": address})
        unknown = httpx.post(f"{address}/sign-in/unknown", headers={"Origin": address})
        assert again.status_code == 401
        assert again.content == unknown.content

    @pytest.fixture
    def browser(self, address):
        cookies = {"groundwatch_session": "session-anna"}
        with httpx.Client(base_url=address, cookies=cookies) as browser:
            yield browser

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": "{here}"}, 200),
            ({"Origin": "{here}", "Sec-Fetch-Site": "same-origin"}, 200),
            ({"Sec-Fetch-Site": "same-origin"}, 200),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "{here}", "Sec-Fetch-Site": "cross-site"}, 403),
            ({"Origin": "null"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({}, 403),
        ],
    )
    def test_a_cookie_changes_something_only_from_our_own_pages(
        self, browser, address, headers, status
    ):
        sent = {name: value.replace("{here}", address) for name, value in headers.items()}
        response = browser.post("/v1/search", json={"query": "leave"}, headers=sent)
        assert response.status_code == status

    def test_signing_out_ends_the_session(self, browser, address):
        assert browser.post("/sign-out", headers={"Origin": address}).status_code == 303
        browser.cookies.set("groundwatch_session", "session-anna")
        assert browser.get("/v1/documents").status_code == 401

    def test_a_key_is_no_session_and_a_session_no_key(self, address):
        cookies = {"groundwatch_session": "gw_anna"}
        assert httpx.get(f"{address}/v1/models", cookies=cookies).status_code == 401
        headers = {"Authorization": "Bearer session-anna"}
        assert httpx.get(f"{address}/v1/models", headers=headers).status_code == 401
        headers = {"Authorization": "Basic Z3c6YW5uYQ=="}
        assert httpx.get(f"{address}/v1/models", headers=headers).status_code == 401

    def test_a_person_without_a_session_is_told_the_way_in(self, address):
        response = httpx.get(f"{address}/?q=leave", headers={"Accept": "text/html"})
        assert response.status_code == 401
        assert "groundwatch link USER" in response.text
        assert "script" not in response.text.lower()
        assert "http" not in response.text.replace("http-equiv", "")

    def test_https_makes_the_cookie_secure(self, here):
        services = here.services()
        public = services.settings.model_copy(update={"public_url": "https://ask.example"})
        here.authentication.links.add("link-anna")
        with served(create_api(replace(services, settings=public))) as url:
            response = httpx.post(f"{url}/sign-in/link-anna", headers={"Origin": url})
        assert "Secure" in response.headers["set-cookie"]


def test_a_websocket_needs_a_session_from_our_own_page(address):
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect
    from websockets.typing import Origin

    host = urlsplit(address).netloc
    for headers in ({}, {"Cookie": "groundwatch_session=session-anna"}):
        with pytest.raises(InvalidStatus, match="403"):
            connect(
                f"ws://{host}/_nicegui_ws/socket.io/",
                origin=Origin("https://evil.example"),
                additional_headers=headers,
            )
