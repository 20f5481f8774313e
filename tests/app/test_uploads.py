"""Documents that come over HTTP: taken durably, followed as jobs, seen by nobody else."""

import base64
import signal
import socket
from collections.abc import Callable
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from groundwatch.store import uploads
from tests.app.deployment import PATIENCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(company: Deployment) -> Deployment:
    return company


def upload(server: Deployment, user: str, path: str, content: str, **more: Any) -> httpx.Response:
    body = {"path": path, "content": content, **more}
    return server.ask(user, "POST", "/v1/documents", json=body)


def document_of(job: dict[str, Any]) -> str:
    return str(job["tasks"][0]["document_id"])


def test_a_document_is_uploaded_replaced_and_deleted(server: Deployment) -> None:
    accepted = upload(server, "eve", "notes/pump.md", "# Pump\n\nThe pump is called Archimedes.\n")
    job = server.finished("eve", accepted)
    assert accepted.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["state"], job["total"], job["done"], job["failed"]) == ("done", 1, 1, 0)
    document = document_of(job)
    assert server.finds("eve", "called Archimedes")
    shown = server.ask("eve", "GET", f"/v1/documents/{document}").json()
    assert (shown["source"], shown["media_type"]) == ("uploads", "text/markdown")
    assert not server.finds("ada", "called Archimedes"), "a new document is its uploader's"

    form = {"file": ("pump.md", b"# Pump\n\nThe pump is called Ctesibius.\n")}
    again = server.ask("eve", "PUT", f"/v1/documents/{document}", files=form)
    assert server.finished("eve", again)["state"] == "done"
    assert server.finds("eve", "called Ctesibius")
    assert not server.finds("eve", "called Archimedes")

    deleted = server.ask("eve", "DELETE", f"/v1/documents/{document}")
    assert not server.finds("eve", "called Ctesibius"), "in force when the call returns"
    problem(server.ask("eve", "GET", f"/v1/documents/{document}/content"), 404)
    assert server.finished("eve", deleted)["state"] == "done"
    problem(server.ask("eve", "DELETE", f"/v1/documents/{document}"), 404)


def test_a_path_used_again_after_a_deletion_is_shared_with_nobody(server: Deployment) -> None:
    text, everyone = "The spare rudder lies in Genoa.", {"allow": ["everyone"]}
    job = server.finished("eve", upload(server, "eve", "again.md", text, access=everyone))
    assert server.finds("bob", "rudder lies in Genoa")
    server.finished("eve", server.ask("eve", "DELETE", f"/v1/documents/{document_of(job)}"))
    server.finished("eve", upload(server, "eve", "again.md", text))
    assert server.finds("eve", "rudder lies in Genoa")
    assert not server.finds("bob", "rudder lies in Genoa")


def test_a_form_carries_path_readers_and_tags(server: Deployment) -> None:
    sent = server.ask(
        "eve",
        "POST",
        "/v1/documents",
        files={"file": ("any.txt", b"The spare keys hang behind the periscope.")},
        data={"path": "office/keys.txt", "allow": ["group:hr"], "tags": ["keys"]},
    )
    server.finished("eve", sent)
    found = server.search("hana", "behind the periscope", filters={"tags": ["keys"]})
    assert [each["document"]["title"] for each in found]
    assert not server.finds("bob", "behind the periscope")


def test_a_batch_is_one_job_with_the_state_of_each_document(server: Deployment) -> None:
    first = server.finished("eve", upload(server, "eve", "batch/0.md", "The heron is grey."))
    operations = [
        {"op": "put", "path": "batch/1.md", "content": "The otter lives under the quay."},
        {
            "op": "put",
            "path": "batch/2.pdf",
            "content_base64": base64.b64encode(b"%PDF-1.7\n").decode(),
        },
        {"op": "put", "path": "batch/3.md", "content": "   "},
        {"op": "put", "path": "batch/4.csv", "content": "name,depth\nquay,9\n"},
        {"op": "delete", "document_id": document_of(first)},
    ]
    accepted = server.ask("eve", "POST", "/v1/documents/batch", json={"operations": operations})
    assert not server.finds("eve", "heron is grey"), "deletions are in force when the call returns"
    job = server.finished("eve", accepted)
    assert (job["total"], job["done"], job["failed"]) == (5, 3, 2)
    assert job["state"] == "failed"
    states = {task["path"]: task for task in job["tasks"]}
    assert [task["state"] for task in states.values()].count("done") == 3
    broken, empty = states["eve/batch/2.pdf"], states["eve/batch/3.md"]
    assert (broken["state"], broken["stage"], broken["reason"]) == ("failed", "parse", "corrupt")
    assert (empty["state"], empty["reason"]) == ("failed", "empty")
    assert broken["error"]
    assert empty["error"]
    assert server.finds("eve", "otter lives")
    listed = server.ask("eve", "GET", "/v1/jobs").json()["jobs"]
    assert job["id"] in [each["id"] for each in listed]

    gone = {"op": "delete", "document_id": "0" * 32}
    mixed = {"operations": [{"op": "put", "path": "batch/5.md", "content": "The ibis."}, gone]}
    problem(server.ask("eve", "POST", "/v1/documents/batch", json=mixed), 404)
    assert not server.finds("eve", "The ibis"), "all operations are taken, or none"


@pytest.mark.parametrize("taken_back", ["DELETE", "PUT"])
def test_an_upload_that_could_not_be_indexed_can_be_taken_back(
    server: Deployment, taken_back: str
) -> None:
    path = f"broken/{taken_back}.pdf"
    document = document_of(server.finished("eve", upload(server, "eve", path, "no pdf at all")))
    body: dict[str, Any] = {"json": {"content": "%PDF-1.4 again"}} if taken_back == "PUT" else {}
    accepted = server.ask("eve", taken_back, f"/v1/documents/{document}", **body)
    server.finished("eve", accepted)
    with server.database() as database, database.read() as connection:
        kept = uploads.get(connection, "uploads", f"eve/{path}")
    assert (kept is None) == (taken_back == "DELETE")


@pytest.mark.parametrize(
    "path",
    [
        "../escape.md",
        "a/../../escape.md",
        "/etc/escape.md",
        "..\\escape.md",
        "C:/escape.md",
        "a//escape.md",
        "./escape.md",
        "escape\u0000.md",
        "escape\u202e.md",
        "",
        "x" * 300,
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(server: Deployment, path: str) -> None:
    told = problem(upload(server, "eve", path, "The escape succeeded."), 422)
    assert "escape succeeded" not in str(told)
    form = {"file": ("f.md", b"The escape succeeded.")}
    named = server.ask("eve", "POST", "/v1/documents", files=form, data={"path": path})
    assert named.status_code in (202, 422), "an empty field means the file's own name"
    assert named.status_code == 422 or not path
    assert not server.finds("ada", "escape succeeded")
    assert not list(server.root.rglob("escape*"))


def test_uploads_and_jobs_of_others_do_not_exist(server: Deployment) -> None:
    job = server.finished("eve", upload(server, "eve", "private.md", "The password is swordfish."))
    document = document_of(job)
    same = server.finished("mallory", upload(server, "mallory", "private.md", "Mine is haddock."))
    assert document_of(same) != document, "a path says nothing of other people's paths"

    content = {"content": "Mallory was here."}
    for method, address, body in (
        ("GET", f"/v1/documents/{document}", None),
        ("GET", f"/v1/documents/{document}/content", None),
        ("PUT", f"/v1/documents/{document}", content),
        ("DELETE", f"/v1/documents/{document}", None),
        ("GET", f"/v1/jobs/{job['id']}", None),
    ):
        problem(server.ask("mallory", method, address, json=body), 404)
    assert not server.finds("mallory", "swordfish")
    assert server.finds("eve", "swordfish")
    listed = server.ask("mallory", "GET", "/v1/jobs").json()["jobs"]
    assert {each["user"] for each in listed} == {"mallory"}
    problem(upload(server, "bob", "any.md", "A reader may not upload."), 403)


def test_what_comes_from_a_folder_is_not_changed_over_http(server: Deployment) -> None:
    found = server.search("eve", "parental leave")[0]["document"]["id"]
    told = problem(server.ask("eve", "DELETE", f"/v1/documents/{found}"), 409)
    assert "docs" in told["detail"]
    assert server.previews("eve", "leave.md")


def test_acknowledged_uploads_survive_and_nothing_else_is_visible(
    deploy: Callable[..., Deployment],
) -> None:
    server = deploy(settings={"embedder": {"kind": "none"}, "indexing": {"queue_limit": 6}})
    server.start()
    worker = server.child("worker")
    for process in (worker, *worker.children(recursive=True)):
        process.send_signal(signal.SIGSTOP)
    accepted = [
        upload(server, "eve", f"kept/{n}.md", f"Buoy {n} is painted vermilion.") for n in range(6)
    ]
    assert [reply.status_code for reply in accepted] == [202] * 6
    refused = upload(server, "eve", "kept/6.md", "Buoy 6 is painted vermilion.")
    problem(refused, 429)
    assert int(refused.headers["Retry-After"]) >= 1
    first = document_of(accepted[0].json())
    assert server.ask("eve", "DELETE", f"/v1/documents/{first}").status_code == 202
    assert server.search("eve", "painted vermilion", filters={"sources": ["uploads"]}) == []
    half = begin_upload(server)

    _kill(server, worker)
    half.close()
    server.start(indexed=False)
    jobs = [server.finished("eve", reply) for reply in accepted]
    until(server.is_settled, PATIENCE)
    assert {job["state"] for job in jobs} == {"done"}
    shown = server.search("eve", "painted vermilion", filters={"sources": ["uploads"]})
    assert sorted(each["document"]["path"] for each in shown) == [
        f"eve/kept/{n}.md" for n in range(1, 6)
    ]
    assert server.verified().agrees


def begin_upload(server: Deployment) -> socket.socket:
    """Send one half of an upload, and leave it at that."""
    body = b'{"path": "kept/half.md", "content": "Buoy 7 is painted vermil'
    head = (
        "POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {server.key('eve')}\r\nContent-Length: {2 * len(body)}\r\n\r\n"
    )
    url = server.http.base_url
    connection = socket.create_connection((url.host, url.port or 80))
    connection.sendall(head.encode() + body)
    return connection


def _kill(server: Deployment, stopped: psutil.Process) -> None:
    """Kill the server; a stopped child cannot notice that by itself."""
    stopped.kill()
    server.end(signal.SIGKILL)
