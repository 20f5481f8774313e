"""Documents, jobs, sources and embeddings over HTTP."""

import base64

import numpy as np
import pytest
from tests.serving.company import document_id
from tests.serving.worlds import world

from groundwatch.domain.access import AccessList
from groundwatch.errors import Overloaded
from groundwatch.serving.settings import LimitSettings

pytestmark = pytest.mark.integration
LEAVE_ID = document_id("handbook", "people/leave.md")


def test_a_document_is_uploaded_found_and_deleted(client, here):
    editor = client("ben")
    body = {"path": "notes/ferry.md", "content": "# Ferry\n\nThe ferry sails at noon."}
    response = editor.post("/v1/documents", json=body)
    job = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{job['id']}"
    assert here.uploads.received[0].access is None
    document = job["tasks"][0]["document_id"]
    assert editor.get(f"/v1/documents/{document}").json()["title"] == "Ferry"
    assert "noon" in editor.get(f"/v1/documents/{document}/content").json()["text"]
    assert client("anna").get(f"/v1/documents/{document}").status_code == 404
    assert editor.get(f"/v1/jobs/{job['id']}").json()["tasks"][0]["state"] == "queued"
    assert editor.get("/v1/jobs").json()["jobs"][0]["id"] == job["id"]
    assert editor.delete(f"/v1/documents/{document}").status_code == 202
    assert editor.get(f"/v1/documents/{document}").status_code == 404


def test_a_form_carries_bytes_permissions_and_tags(client, here):
    response = client("ben").post(
        "/v1/documents",
        files={"file": ("plan.pdf", b"%PDF-\x00\xff", "application/pdf")},
        data={"path": "plans/2026.pdf", "allow": ["group:hr", "user:ben"], "tags": ["plan"]},
    )
    assert response.status_code == 202
    taken = here.uploads.received[0]
    assert taken.path == "plans/2026.pdf"
    assert taken.data == b"%PDF-\x00\xff"
    assert taken.access == AccessList(frozenset({"group:hr", "user:ben"}))
    assert taken.tags == ("plan",)


def test_a_form_without_a_path_takes_the_files_name(client, here):
    files = {"file": ("plan.pdf", b"x")}
    assert client("ben").post("/v1/documents", files=files).status_code == 202
    assert here.uploads.received[0].path == "plan.pdf"


@pytest.mark.parametrize(
    "path",
    [
        "../etc/passwd",
        "a/../../b",
        "/etc/passwd",
        "C:\\x.md",
        "c:/x.md",
        "a\\..\\b",
        "a//b",
        "./a",
        "a/.",
        "",
        "a\x00b",
        "a\nb",
        "a/\u202eb",
        "x" * 1001,
        "é" * 200,
    ],
)
@pytest.mark.parametrize("way", ["json", "form", "batch"])
def test_a_path_that_could_mean_another_place_is_refused(client, here, path, way):
    editor = client("ben")
    if way == "json":
        response = editor.post("/v1/documents", json={"path": path, "content": "a"})
    elif way == "batch":
        operation = {"op": "put", "path": path, "content": "a"}
        response = editor.post("/v1/documents/batch", json={"operations": [operation]})
    else:
        response = editor.post("/v1/documents", files={"file": ("", b"x")}, data={"path": path})
    assert response.status_code in (400, 422)
    assert here.uploads.received == []


def test_a_files_own_name_is_not_trusted_either(client, here):
    files = {"file": ("../../etc/cron.d/x", b"x")}
    response = client("ben").post("/v1/documents", files=files)
    assert response.status_code == 422
    assert here.uploads.received == []


@pytest.mark.parametrize(
    "body",
    [
        {"path": "a.md"},
        {"path": "a.md", "content": "a", "content_base64": "YQ=="},
        {"path": "a.md", "content_base64": "not base64!"},
        {"path": "a.md", "content": "a", "access": {"allow": ["hr"]}},
        {"path": "a.md", "content": "a", "acl": {}},
    ],
)
def test_a_wrong_upload_says_what_would_be_right(client, body):
    response = client("ben").post("/v1/documents", json=body)
    assert response.status_code == 422
    assert response.json()["detail"]


def test_another_content_type_is_refused(client):
    response = client("ben").post(
        "/v1/documents", content=b"a", headers={"Content-Type": "text/plain"}
    )
    assert response.status_code == 415


def test_a_file_of_a_source_is_not_changed_over_http(client):
    editor = client("ben")
    response = editor.put(f"/v1/documents/{LEAVE_ID}", json={"content": "new"})
    assert response.status_code == 409
    assert "handbook" in response.json()["detail"]
    assert editor.delete(f"/v1/documents/{LEAVE_ID}").status_code == 409


def test_an_upload_gets_new_content(client, here):
    editor = client("ben")
    job = editor.post("/v1/documents", json={"path": "a.md", "content": "old"}).json()
    path = f"/v1/documents/{job['tasks'][0]['document_id']}"
    assert editor.put(path, json={"content": "new"}).status_code == 202
    assert editor.put(path, files={"file": ("b.md", b"newer")}).status_code == 202
    assert [each.data for each in here.uploads.received] == [b"old", b"new", b"newer"]


def test_a_batch_is_one_job(client):
    editor = client("ben")
    content = base64.b64encode(b"b").decode()
    operations = [
        {"op": "put", "path": "a.md", "content": "a"},
        {"op": "put", "path": "b.md", "content_base64": content, "access": {"allow": ["everyone"]}},
    ]
    job = editor.post("/v1/documents/batch", json={"operations": operations}).json()
    assert (job["total"], job["state"], job["queue_size"]) == (2, "queued", 2)
    assert job["estimated_completion"]
    assert editor.post("/v1/documents/batch", json={"operations": []}).status_code == 422


def test_a_full_queue_asks_to_come_back(client, here):
    here.uploads.failure = Overloaded("10,000 changes wait.", retry_after=12)
    response = client("ben").post("/v1/documents", json={"path": "a.md", "content": "a"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "12")


def test_permissions_change_at_once(client):
    path = f"/v1/documents/{LEAVE_ID}"
    assert client("anna").get(path).status_code == 200
    body = {"allow": ["group:hr"], "deny": ["user:anna"]}
    assert client("ben").put(f"{path}/acl", json=body).status_code == 403
    assert client("cleo").put(f"{path}/acl", json=body).status_code == 204
    assert client("anna").get(path).status_code == 404
    assert client("hana").get(path).status_code == 200


def test_who_may_change_permissions_learns_their_reason(client):
    path = f"/v1/documents/{LEAVE_ID}/access"
    found = client("cleo").get(path, params={"user": "anna"}).json()
    assert (found["user"], found["readable"], found["reason"]) == ("anna", True, "allowed")
    assert client("cleo").get(path).json()["user"] == "cleo"
    assert client("ben").get(path).status_code == 403


def test_a_list_is_paged(client):
    seen, after = [], ""
    for _ in range(5):
        page = client("anna").get("/v1/documents", params={"limit": 2, "after": after}).json()
        seen += [each["id"] for each in page["documents"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 4
    assert client("anna").get("/v1/documents", params={"limit": 500}).status_code == 422


def test_sources_show_their_state_and_can_be_synced(client, here):
    editor = client("ben")
    handbook, wiki = editor.get("/v1/sources").json()["sources"]
    assert (handbook["status"], wiki["status"]) == ("warning", "unknown")
    assert handbook["failures"][1]["reason"] == "encrypted"
    assert editor.get("/v1/sources/handbook").json()["changes"][0]["timings"] == {"parse": 0.01}
    assert editor.post("/v1/sources/handbook/sync").status_code == 202
    assert here.sources.synced == ["handbook"]
    assert editor.post("/v1/sources/nothing/sync").status_code == 404
    retried = editor.post("/v1/sources/handbook/retry", json={"paths": ["a.md", "b.md"]})
    assert (retried.status_code, retried.json()) == (202, {"retried": 2})
    assert editor.post("/v1/sources/handbook/retry", json={}).json() == {"retried": 1}
    assert editor.post("/v1/sources/nothing/retry", json={}).status_code == 404


def test_embeddings_come_as_numbers_or_base64(client):
    asking = client("anna")
    numbers = asking.post("/v1/embeddings", json={"input": ["ab", "c"]}).json()
    text = asking.post("/v1/embeddings", json={"input": "ab", "encoding_format": "base64"}).json()
    vector = np.frombuffer(base64.b64decode(text["data"][0]["embedding"]), dtype="<f4")
    assert numbers["data"][0]["embedding"] == pytest.approx(vector.tolist())
    assert numbers["model"] == "fake-embedder"
    for body, status in (
        ({"input": [""]}, 422),
        ({"input": []}, 422),
        ({"input": "a", "model": "other"}, 422),
        ({"input": "a", "dimensions": 7}, 422),
        ({"input": [[1, 2]]}, 422),
    ):
        assert asking.post("/v1/embeddings", json=body).status_code == status


class TestBodyLimit:
    @pytest.fixture
    def here(self):
        return world(LimitSettings(body_megabytes=1, body_seconds=1))

    def test_a_body_that_says_it_is_too_large_is_refused(self, client):
        body = {"path": "a.md", "content": "a" * 1_000_001}
        response = client("ben").post("/v1/documents", json=body)
        assert response.status_code == 413
        assert response.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
    def test_a_body_that_does_not_say_its_length_too(self, client, here, kind):
        def chunks():
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n'
            for _ in range(20):
                yield b"a" * 100_000

        headers = {"Content-Type": kind}
        response = client("ben").post("/v1/documents", content=chunks(), headers=headers)
        assert response.status_code == 413
        assert here.uploads.received == []

    def test_a_body_that_does_not_arrive_is_given_up(self, address):
        import socket
        from urllib.parse import urlsplit

        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
            connection.sendall(
                b"POST /v1/answers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer gw_anna\r\n"
                b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
            )
            assert b" 408 " in connection.recv(1000)


def test_health_is_open_and_says_nothing_more(client, here):
    assert client("").get("/healthz").json() == {"status": "ok"}
    assert client("").get("/readyz").json() == {"status": "ok"}
    here.is_ready = False
    response = client("").get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "not ready"})
