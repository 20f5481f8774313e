"""What a caller learns of an error."""

import asyncio

import pytest
from tests.serving.worlds import world

from groundwatch import errors
from groundwatch.serving.edge import Edge
from groundwatch.serving.errors import problem_of
from groundwatch.serving.settings import LimitSettings

TREE = [
    (errors.Overloaded("full", 2.2), 429, "full"),
    (errors.Unavailable("http://inner/ said no"), 503, None),
    (errors.TimedOut("http://inner/ after 5 s"), 504, None),
    (errors.Transient("hm"), 503, None),
    (errors.InvalidInput("k is 51"), 422, "k is 51"),
    (errors.TextRejected(3, "is empty"), 422, "text 3 is empty"),
    (errors.ConfigInvalid(["secret: hunter2"]), 500, None),
    (errors.NotAuthenticated("hash abc unknown"), 401, None),
    (errors.NotPermitted("This needs x:y."), 403, "This needs x:y."),
    (errors.NotFound("document 7 is forbidden"), 404, None),
    (errors.Conflict("It changed."), 409, "It changed."),
    (errors.DocumentRejected("parse", "encrypted", "It is encrypted."), 422, "It is encrypted."),
    (errors.ModelUnusable("/models/x is damaged"), 503, None),
    (errors.Unusable("row 7"), 503, None),
    (errors.GroundwatchError("inner"), 500, None),
    (RuntimeError("inner"), 500, None),
    (KeyError("inner"), 500, None),
]


@pytest.mark.parametrize(("error", "status", "detail"), TREE, ids=lambda each: repr(each)[:40])
def test_each_error_has_its_status_and_says_only_what_it_may(error, status, detail):
    problem = problem_of(error)
    assert problem.status == status
    if detail is not None:
        assert problem.detail == detail
    else:
        assert str(error) not in problem.detail


def test_the_whole_tree_is_in_the_table():
    named = {type(error) for error, _, _ in TREE}
    found = {
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.GroundwatchError)
    }
    assert found <= named


def test_retry_after_is_whole_seconds_rounded_up():
    assert problem_of(errors.Overloaded("full", 2.2)).headers["Retry-After"] == "3"


@pytest.mark.integration
class TestOverHttp:
    def test_an_unexpected_error_says_nothing_but_its_correlation_id(self, client, here, capfd):
        here.asking.failure = RuntimeError("password is hunter2")
        headers = {"X-Correlation-Id": "find-me"}
        body = {"question": "parental leave"}
        response = client("anna").post("/v1/answers", json=body, headers=headers)
        assert response.status_code == 500
        assert response.json() == {
            "type": "about:blank",
            "title": "Internal error",
            "status": 500,
            "detail": "Something went wrong. Quote the correlation id.",
            "correlation_id": "find-me",
        }
        logged = "".join(capfd.readouterr())
        assert "find-me" in logged
        assert "RuntimeError" in logged

    def test_an_unexpected_error_of_a_plain_route_too(self, client, here):
        here.uploads.failure = RuntimeError("password is hunter2")
        body = {"path": "a.md", "content": "a"}
        response = client("ben").post("/v1/documents", json=body)
        assert response.status_code == 500
        assert "hunter2" not in response.text
        assert len(response.json()["correlation_id"]) == 16

    def test_a_strange_correlation_id_is_replaced(self, client):
        response = client("").get("/healthz", headers={"X-Correlation-Id": "a b<script>"})
        assert response.headers["x-correlation-id"] != "a b<script>"

    def test_authentication_that_does_not_answer_is_503_without_detail(self, client, here):
        here.authentication.is_down = True
        response = client("anna").get("/v1/models")
        assert response.status_code == 503
        assert "secret" not in response.text

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "/v1/nothing", 404), ("GET", "/v1/answers", 405), ("POST", "/healthz", 405)],
    )
    def test_unknown_paths_and_methods_are_problems(self, client, method, path, status):
        response = client("anna").request(method, path)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b"null", b""])
    def test_a_body_that_is_no_json_object_is_refused(self, client, content):
        for path in ("/v1/answers", "/v1/documents"):
            response = client("ben").post(
                path, content=content, headers={"Content-Type": "application/json"}
            )
            assert response.status_code in (400, 422)
            assert response.headers["content-type"] == "application/problem+json"

    def test_headers_keep_browsers_safe(self, client):
        response = client("anna").get("/v1/models")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("leaves", "text", "is_told"),
    [
        (True, "No response returned.", False),
        (False, "No response returned.", True),
        (True, "broken", True),
    ],
)
def test_a_caller_who_leaves_early_is_no_error(capfd, leaves, text, is_told):
    sent = []

    async def app(_scope, receive, _send):
        await receive()
        raise RuntimeError(text)

    async def receive():
        return {"type": "http.disconnect" if leaves else "http.request"}

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    asyncio.run(Edge(app)(scope, receive, send))
    assert bool(sent) is is_told
    assert ("request failed" in "".join(capfd.readouterr())) is is_told


@pytest.mark.integration
class TestRates:
    @pytest.fixture
    def here(self):
        return world(LimitSettings(requests_per_minute=3))

    def test_the_fourth_request_has_to_wait(self, client):
        asking = client("anna")
        responses = [asking.get("/v1/models") for _ in range(4)]
        assert [each.status_code for each in responses] == [200, 200, 200, 429]
        assert 1 <= int(responses[-1].headers["retry-after"]) <= 20
        assert client("ben").get("/v1/models").status_code == 200
        assert client("").get("/healthz").status_code == 200
