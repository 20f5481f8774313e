"""Every command of docs/cli.md as people run it: beside a running server, and without one."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from groundwatch.cli import main
from groundwatch.domain.documents import document_id
from groundwatch.index.remote import RemoteIndex
from groundwatch.store import documents as documents_store
from groundwatch.wire.client import Client
from tests.app.deployment import PATIENCE, SOURCE, Deployment, problem
from tests.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.slow]

QUESTION = "How long does parental leave last?"
NOBODY = 65534


def told(server: Deployment, *arguments: str, code: int = 0) -> Any:
    """What a command prints as JSON."""
    return json.loads(said(server, *arguments, "--json", code=code))


def said(server: Deployment, *arguments: str, code: int = 0) -> str:
    """What a command prints; beside a server in this process, which is quicker."""
    if not server.is_running:
        return server.cli(*arguments, code=code).stdout
    out, err = run(server, *arguments, code=code)
    assert "Traceback" not in err
    return out


def refused(server: Deployment, *arguments: str, code: int = 1) -> str:
    """What a command refuses with, no more than lines."""
    out, err = run(server, *arguments, code=code)
    assert out == ""
    assert all(line.startswith("groundwatch: ") for line in err.splitlines())
    return err


def run(server: Deployment, *arguments: str, code: int) -> tuple[str, str]:
    """What a command prints and complains of, run in this process."""
    written, err = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(written, "utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["groundwatch", *arguments, "-c", str(server.config_path)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert (ended.value.code or 0) == code, err.getvalue()
    out.flush()
    return written.getvalue().decode(), err.getvalue()


def test_asking_and_searching_beside_the_server(server: Deployment) -> None:
    answer = told(server, "ask", QUESTION, "--as", "bob")
    assert answer["outcome"] == "answered"
    assert "480 days" in answer["text"]
    assert (
        answer["sentences"][0]["citations"][0]["quote"]
        in "Parental leave lasts 480 days for each child."
    )
    found = told(server, "search", "salary in doubloons", "--as", "hana", "-k", "1")
    assert found["passages"][0]["document"]["path"] == "hr/salaries.md"
    explained = told(server, "search", "salary", "--as", "ada", "--explain")
    assert explained["explanation"]
    assert "may not" in refused(server, "search", "salary", "--as", "bob", "--explain")
    assert "zoe" in refused(server, "ask", QUESTION, "--as", "zoe")
    recorded = [each.user for each in server.interactions("cli:ask")]
    assert recorded == ["bob"]


def test_the_server_tells_programs_where_it_listens(server: Deployment) -> None:
    url = str(server.http.base_url).rstrip("/")
    until(lambda: json.dumps({"url": url}, indent=2) in server.log("server"), PATIENCE)


def test_sources_beside_the_server(server: Deployment) -> None:
    listed = told(server, "source", "list")
    assert {each["name"]: each["status"] for each in listed} == {
        SOURCE: "healthy",
        "uploads": "healthy",
    }
    server.save("broken.pdf", b"%PDF-1.7 and no more")
    synced = {each["name"]: each for each in told(server, "source", "sync")}
    assert (synced[SOURCE]["documents"], synced[SOURCE]["failed"]) == (3, 1)
    status = told(server, "source", "status", SOURCE)
    assert [each["reason"] for each in status["failures"]] == ["corrupt"]
    rows = said(server, "source", "status", SOURCE).splitlines()
    error = status["failures"][0]["error"]
    assert any(
        {"broken.pdf", "changed", "quarantined"} < set(row.split()) and error in row for row in rows
    )
    assert told(server, "source", "retry", SOURCE)["retried"] == 1
    assert "no such source" in refused(server, "source", "status", "none")
    (server.docs / "broken.pdf").unlink()
    more = server.root / "more"
    more.mkdir()
    (more / "one.md").write_text("One more folder holds a sundial.")
    made = told(server, "source", "add", str(more), "--name", "extra", "--allow", "group:hr")
    assert (made["name"], made["path"]) == ("extra", str(more))
    until(lambda: server.finds("hana", "holds a sundial"), PATIENCE)
    assert "extra" in refused(server, "source", "add", str(more), "--name", "extra", code=2)
    said(server, "source", "remove", "extra")
    until(lambda: not server.finds("hana", "holds a sundial"), PATIENCE)
    assert "extra" in refused(server, "source", "remove", "extra")


def test_documents_beside_the_server(server: Deployment) -> None:
    file = server.root / "handed in.md"
    file.write_text("# Ballast\n\nThe ballast is cast iron.\n")
    job = told(
        server,
        "document",
        "add",
        str(file),
        "--as",
        "eve",
        "--path",
        "ballast.md",
        "--allow",
        "everyone",
    )
    document = job["tasks"][0]["document_id"]
    until(lambda: server.finds("bob", "ballast is cast iron"), PATIENCE)
    listed = told(server, "document", "list", "--as", "bob", "--source", "uploads")
    assert [each["id"] for each in listed] == [document]
    assert "cast iron" in told(server, "document", "show", document, "--as", "bob")["text"]
    assert "documents:write" in refused(server, "document", "delete", document, "--as", "bob")
    assert told(server, "document", "delete", document, "--as", "eve")["total"] == 1
    assert not server.finds("bob", "ballast is cast iron")
    assert refused(server, "document", "show", document, "--as", "bob")
    salaries = told(server, "document", "list", "--as", "hana", "--prefix", "hr/")[0]["id"]
    hidden = refused(server, "document", "show", salaries, "--as", "bob")
    assert hidden == refused(server, "document", "show", "0" * 32, "--as", "bob")


def test_why_somebody_may_read_a_document_beside_the_server(server: Deployment) -> None:
    salaries = told(server, "document", "list", "--as", "hana", "--prefix", "hr/")[0]["id"]
    allowed = told(server, "document", "access", salaries, "hana")
    assert allowed["readable"]
    assert allowed["words"] == "allowed by rule 2 `hr/**` through group:hr"
    refusal = told(server, "document", "access", salaries, "bob")
    assert not refusal["readable"]
    assert "rule 2 `hr/**`, and bob is none of them" in refusal["words"]
    path = f"/v1/documents/{salaries}/acl"
    by_hand = {"allow": ["group:hr", "user:bob"]}
    assert server.ask("ada", "PUT", path, json=by_hand).status_code == 204
    shown = said(server, "document", "access", salaries, "bob")
    assert "allowed by the document's own permissions through user:bob" in shown
    asked = {"user": "bob"}
    reply = server.ask("ada", "GET", f"/v1/documents/{salaries}/access", params=asked)
    shown = told(server, "document", "access", salaries, "bob")
    assert reply.json() == {name: shown[name] for name in reply.json()}
    assert (reply.json()["reason"], "path" in reply.json()) == ("allowed", False)
    server.ask("ada", "PUT", path, json={"allow": ["group:hr"]})
    again = server.ask("ada", "GET", f"/v1/documents/{salaries}/access", params=asked).json()
    assert (again["readable"], again["reason"]) == (False, "not-listed")
    problem(server.ask("hana", "GET", f"/v1/documents/{salaries}/access", params=asked), 403)
    problem(server.ask("ada", "GET", f"/v1/documents/{salaries}/access?user=zoe"), 422)
    problem(server.ask("ada", "GET", f"/v1/documents/{'0' * 32}/access"), 404)
    assert "no such document" in refused(server, "document", "access", "0" * 32, "bob")
    assert "zoe" in refused(server, "document", "access", salaries, "zoe")


def test_keys_and_links_beside_the_server(server: Deployment) -> None:
    made = told(
        server, "key", "create", "bob", "--name", "phone", "--scope", "search:read", "--days", "3"
    )
    bearer = {"Authorization": f"Bearer {made['key']}"}
    search = {"query": "leave"}
    assert server.ask("", "POST", "/v1/search", json=search, headers=bearer).status_code == 200
    problem(server.ask("", "GET", "/v1/documents", headers=bearer), 403)
    listed = told(server, "key", "list", "--user", "bob")
    assert "phone" in [each["name"] for each in listed]
    assert made["key"] not in json.dumps(listed)
    assert told(server, "key", "revoke", made["id"])["id"] == made["id"]
    until(
        lambda: (
            server.ask("", "POST", "/v1/search", json=search, headers=bearer).status_code == 401
        ),
        PATIENCE,
    )
    assert refused(server, "key", "revoke", "none")
    assert refused(server, "key", "create", "zoe")

    link = str(told(server, "link", "bob")["link"])
    assert link.startswith(str(server.http.base_url).rstrip("/"))
    headers = {"Origin": str(server.http.base_url).rstrip("/")}
    first = server.http.post(link, headers=headers)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    server.http.cookies.clear()
    assert server.http.post(link, headers=headers).status_code != 303, "a link works once"


def test_the_index_beside_the_server(server: Deployment) -> None:
    before = told(server, "index", "status")
    documents = before["points"]
    assert before["position"] == before["latest"]
    rebuilt = told(server, "index", "rebuild")
    assert rebuilt["generation"] != before["generation"]
    purged = told(server, "index", "purge")
    assert purged["generation"] != rebuilt["generation"]
    found = told(server, "index", "verify", "--repair")
    assert (found["checked"], found["missing"], found["stale"], found["extra"])[1:] == ([], [], [])
    assert found["checked"] == documents, "each of them is one chunk"
    assert (found["lost"], found["unknown"]) == ([], [])
    with server.database() as database, database.write() as connection:
        (travel,) = documents_store.metas(connection, [document_id(SOURCE, "travel.md")]).values()
        documents_store.delete(connection, travel.id, travel.version)
    broken = told(server, "index", "verify", "--repair", code=1)
    assert broken["lost"] == [[SOURCE, "travel.md"]]
    until(lambda: server.finds("bob", "meal allowance abroad"), PATIENCE)
    assert told(server, "index", "verify")["lost"] == []
    assert server.finds("bob", "480 days")


def test_the_index_holds_no_text_and_the_store_does(server: Deployment) -> None:
    with closing(Client(server.folder.engine_socket)) as engine:
        RemoteIndex(engine).flush()
    words = (b"parental", b"doubloons", b"leave.md", b"salaries")

    def found(files: Iterable[Path]) -> set[bytes]:
        held = b"".join(each.read_bytes() for each in files if each.is_file()).lower()
        return {word for word in words if word in held}

    assert found(server.data.glob("*.db*")) == set(words)
    points = list(server.folder.index.rglob("*"))
    assert len(points) > 10
    assert found(points) == set()


def test_the_engine_alone_holds_the_model(server: Deployment) -> None:
    holders = [
        each.pid
        for each in (psutil.Process(server.pid), *server.children())
        if any("onnxruntime" in part.path for part in each.memory_maps())
    ]
    assert holders == [server.child("engine").pid]


def test_nobody_else_reaches_the_processes(server: Deployment) -> None:
    sockets = [each for each in server.folder.run.iterdir() if each.is_socket()]
    assert {each.name for each in sockets} == {"engine.sock", "worker.sock", "watch.sock"}
    for each in (server.folder.run, server.folder.index, *sockets):
        assert each.stat().st_mode & 0o077 == 0, each


def test_the_configuration_is_judged(server: Deployment) -> None:
    schema = server.root / "schema.json"
    assert told(server, "check-config", "--schema", str(schema)) == {"schema": str(schema)}
    assert json.loads(schema.read_text())["properties"]["sources"]
    good = dict(server.settings)
    server.configure(users={"bob": {"groups": ["none"]}}, colour="blue")
    assert "users.bob" in refused(server, "check-config", code=2)
    judged = told(server, "check-config", code=2)
    assert judged["accepted"] is False
    assert len(judged["problems"]) >= 2
    server.settings = good
    server.configure()
    accepted = told(server, "check-config")
    assert accepted == {"accepted": True, "problems": [], "lexical_only": ""}
    assert "2 group(s)" in said(server, "check-config")


def test_others_may_not_use_the_command_line(models: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    # Not in pytest's folder, which every run of pytest closes to other users.
    with TemporaryDirectory(prefix="groundwatch-others-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ours = Deployment(folder / "ours", models)
        asking = ("ask", QUESTION, "--as", "ada")
        ours.data.chmod(0o700)
        assert "may not be written to by this user" in refused_to_nobody(ours, *asking, code=2)
        ours.data.chmod(0o777)
        assert "belongs to somebody else" in refused_to_nobody(ours, *asking)
        assert "belongs to somebody else" in refused_to_nobody(ours, "key", "create", "ada")
        assert not list(ours.data.glob("*.db")), "nothing was touched"


def refused_to_nobody(server: Deployment, *arguments: str, code: int = 1) -> str:
    """The line with which a command refuses a user that owns nothing."""
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *arguments, "-c", str(server.config_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


AS_NOBODY = f"""
import os, sys
from pathlib import Path
import groundwatch.app.local
from groundwatch.cli import main
from groundwatch.domain.documents import document_id
from groundwatch.store import documents as documents_store
from groundwatch.cli.terminal import load
load(Path(sys.argv[-1]))  # imports everything as long as that is possible
os.setgid({NOBODY})
os.setuid({NOBODY})
main()
"""


def test_answers_are_scored_again_and_measured_beside_the_server(
    server: Deployment, tmp_path: Path
) -> None:
    assert "480 days" in said(server, "ask", QUESTION, "--as", "hana")
    assert told(server, "rescore", "--since", "1h")["pending"] >= 0
    assert "no moment" in refused(server, "rescore", "--since", "soon")
    before = len(server.interactions("cli:ask"))
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": QUESTION, "sources": ["leave.md"]}) + "\n")
    asking = ("evaluate", str(questions), "--as", "bob", "--no-index")
    means = told(server, *asking)["configurations"][0]["means"]
    shown = said(server, *asking).splitlines()
    assert json.loads(shown[-1])["configurations"][0]["means"].keys() == means.keys()
    assert any("recall_at_k" in line for line in shown[:-1])
    assert means["recall_at_k"]["mean"] == means["outcome_right"]["mean"] == 1.0
    assert len(server.interactions("cli:ask")) == before
    assert "nobody asks" in refused(server, "evaluate", str(questions))


@pytest.mark.parametrize("kind", ["daily", "weekly", "executive"])
def test_reports_are_printed_and_written(server: Deployment, tmp_path: Path, kind: str) -> None:
    made = said(server, *_report(kind), "--date", "2026-03-02", "--format", "json")
    assert json.loads(made)["kind"] == kind
    file = tmp_path / "report.pdf"
    said(server, *_report(kind), "--date", "2026-03-02", "--format", "pdf", "--out", str(file))
    assert file.read_bytes().startswith(b"%PDF")
    assert "'yesterday' is no date" in refused(server, *_report(kind), "--date", "yesterday")


def _report(kind: str) -> list[str]:
    commands = (["report", "daily"], ["report", "weekly"], ["report", "executive"])
    return next(each for each in commands if each[1] == kind)


def test_reports_that_went_out_are_listed(server: Deployment) -> None:
    assert told(server, "report", "list") is not None


def test_everything_without_a_server(server: Deployment) -> None:
    server.end()
    assert "480 days" in told(server, "ask", QUESTION, "--as", "bob")["text"]
    unknown = {each["name"]: each["status"] for each in told(server, "source", "list")}
    assert unknown[SOURCE] == "unknown", "nobody looks after the sources now"
    server.save("offline.md", "While nobody served, the sextant was polished.")
    synced = {each["name"]: each for each in told(server, "source", "sync", SOURCE)}
    assert synced[SOURCE]["documents"] == 4
    assert synced["uploads"]["documents"] == 0
    assert told(server, "index", "verify")["missing"] == []
    assert not list(server.folder.run.glob("*.sock")), "nothing is left running"


def test_everything_moves_to_another_place_in_one_file(server: Deployment, deploy: Any) -> None:
    key = server.key("bob")
    file = server.root / "all.zip"
    assert told(server, "export", str(file)) == {"file": str(file)}
    assert "exists" in refused(server, "export", str(file))
    other = deploy("other", documents={}, settings={**server.settings, "data": None})
    other.settings |= {"data": str(other.data)}
    other.configure()
    other.cli("import", str(file))
    assert refused(other, "import", str(file)), "only into an empty store"
    other.start()
    bearer = {"Authorization": f"Bearer {key}"}
    answer = other.ask("", "POST", "/v1/answers", json={"question": QUESTION}, headers=bearer)
    assert "480 days" in answer.json()["text"]
    assert {each.id for each in server.interactions()} <= {each.id for each in other.interactions()}


def test_every_documented_command_is_tested_here_or_beside_what_it_commands() -> None:
    documented = set(
        re.findall(
            r"^\| `groundwatch ([a-z-]+(?: [a-z-]+)?)",
            Path("docs/cli.md").read_text(),
            re.MULTILINE,
        )
    )
    source = Path(__file__).read_text()
    beside = {
        "alert": "".join(each.read_text() for each in Path("tests/alerting").glob("test_*.py")),
        "anomaly": "".join(each.read_text() for each in Path("tests/anomaly").glob("test_*.py")),
        "experiment": "".join(each.read_text() for each in Path("tests").rglob("test_exp*.py")),
        "score": "".join(each.read_text() for each in Path("tests/scoring").glob("test_*.py")),
        "metrics": "".join(each.read_text() for each in Path("tests/telemetry").rglob("*.py")),
    }
    elsewhere = {"serve", "demo run", "demo questions", "demo traffic"}
    missing = [
        command
        for command in documented - elsewhere
        if not re.search(r",\s+".join(f'"{word}"' for word in command.split()), source)
        and f'"{command.split()[-1]}"' not in beside.get(command.split()[0], "")
    ]
    assert missing == []
