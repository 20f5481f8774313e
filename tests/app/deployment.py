"""A data folder, its configuration and documents, and the real server on them.

The server is `groundwatch serve` in a process of its own, with all its children; people reach it
over HTTP with real keys.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from groundwatch.access.credentials import Credentials
from groundwatch.access.directory import Directory
from groundwatch.app.paths import DataFolder
from groundwatch.config import load
from groundwatch.domain.clock import system_clock
from groundwatch.domain.documents import document_id
from groundwatch.domain.interactions import Interaction
from groundwatch.index.remote import RemoteIndex
from groundwatch.index.verify import Difference
from groundwatch.store import ledger
from groundwatch.store.database import Database, open_database
from groundwatch.store.events import Filter, open_events
from groundwatch.wire.client import Client
from tests.copies import Copy
from tests.waiting import until

PATIENCE = 120.0
"""Seconds for what takes a tenth of it on a machine with nothing else to do."""
SOURCE = "docs"
Settings = dict[str, Any]

USERS: Settings = {
    "ada": {"groups": ["hr"], "role": "admin"},
    "eve": {"groups": ["engineering"], "role": "editor"},
    "mallory": {"role": "editor"},
    "bob": {"groups": ["engineering"]},
    "hana": {"groups": ["hr"]},
}
GROUPS: Settings = {"hr": {}, "engineering": {}}
RULES: list[Settings] = [
    {"path": "**", "allow": ["everyone"]},
    {"path": "hr/**", "allow": ["group:hr"]},
]
DOCUMENTS: Mapping[str, str] = {
    "leave.md": "# Parental leave\n\nParental leave lasts 480 days for each child.\n",
    "travel.md": "# Travel\n\nThe daily meal allowance abroad is 52 euros.\n",
    "hr/salaries.md": "# Salaries\n\nThe salary of the managing director is 7,400 doubloons.\n",
}


class Deployment:
    """One installation.

    Args:
        root: an empty folder for everything.
        models: prepared models, shared by all installations.
        data: the data folder, if it is to be elsewhere.
        settings: parts of the configuration that differ from the usual ones.
    """

    def __init__(
        self,
        root: Path,
        models: Path,
        *,
        data: Path | None = None,
        documents: Mapping[str, str] = DOCUMENTS,
        settings: Settings | None = None,
    ) -> None:
        self.root = root
        self.docs = root / "docs"
        self.config_path = root / "groundwatch.yaml"
        self.data = data or root / "data"
        self.folder = DataFolder(self.data)
        self.settings: Settings = {
            "data": str(self.data),
            "server": {"port": 0, "limits": {"requests_per_minute": 1_000_000}},
            "sources": [{"name": SOURCE, "path": str(self.docs), "permissions": RULES}],
            "users": dict(USERS),
            "groups": GROUPS,
            **(settings or {}),
        }
        self._keys: dict[str, str] = {}
        self._server: subprocess.Popen[bytes] | Copy | None = None
        self._http: httpx.Client | None = None
        self.docs.mkdir(parents=True, exist_ok=True)
        for path, text in documents.items():
            self.save(path, text)
        self.folder.root.mkdir(parents=True, exist_ok=True)
        if not self.folder.models.exists():
            self.folder.models.symlink_to(models)
        self.configure()

    # --- configuration and documents

    def configure(self, **parts: object) -> None:
        """Write the configuration, with other parts; None takes a part out."""
        self.settings |= parts
        self.settings = {name: part for name, part in self.settings.items() if part is not None}
        written = self.config_path.with_suffix(".new")
        with written.open("w") as out:
            YAML(typ="safe", pure=True).dump(self.settings, out)
        written.replace(self.config_path)

    def save(self, path: str, content: str | bytes) -> Path:
        file = self.docs / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def rules(self, *more: Settings, source: str = SOURCE) -> list[Settings]:
        """The sources of the configuration with more permission rules in one of them."""
        return [
            {**each, "permissions": [*RULES, *more]} if each["name"] == source else each
            for each in self.settings["sources"]
        ]

    # --- the server

    @property
    def pid(self) -> int:
        assert self._server is not None, "the server was not started"
        return self._server.pid

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self, *, ready: bool = True, indexed: bool = True, anew: bool = False) -> Self:
        """Start the server; wait until it listens, can answer, and everything is indexed."""
        self.launch(anew=anew)
        until(lambda: self.folder.address.exists() or not self.is_running, PATIENCE)
        assert self.is_running, f"the server ended: {self.log('server')}"
        address = json.loads(self.folder.address.read_text())
        self._http = httpx.Client(base_url=address["url"], timeout=PATIENCE)
        until(self._listens, PATIENCE)
        if ready:
            until(self.is_ready, PATIENCE)
        if ready and indexed:
            until(self.is_settled, PATIENCE)
        return self

    def _listens(self) -> bool:
        try:
            return self.http.get("/healthz").is_success
        except httpx.TransportError:
            return False

    def launch(self, *, anew: bool = False) -> "subprocess.Popen[bytes] | Copy":
        """Start the server's process without waiting for anything.

        Args:
            anew: as people start it; else it is a copy of a process with its imports.
        """
        assert not self.is_running, "the server runs already"
        self._hang_up()
        self.folder.address.unlink(missing_ok=True)
        arguments = ["serve", "--json", "--config", str(self.config_path)]
        log = self.root / "server.log"
        if not anew:
            self._server = Copy(arguments, log)
            return self._server
        command = [sys.executable, "-m", "groundwatch", *arguments]
        with log.open("ab") as out:
            self._server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        return self._server

    def end(self, how: signal.Signals = signal.SIGTERM, *, group: bool = False) -> int:
        """Send the server, or its whole group, a signal; wait for its end and its children's."""
        if self._server is None:
            return 0
        children = self.children() if self.is_running else []
        if group:
            os.killpg(self.pid, how)
        else:
            self._server.send_signal(how)
        code = self._server.wait(PATIENCE)
        self._hang_up()
        _, alive = psutil.wait_procs(children, PATIENCE)
        assert not alive, f"processes outlive the server: {alive}"
        self._server = None
        return code

    def restart(self) -> Self:
        self.end()
        return self.start()

    def children(self) -> list[psutil.Process]:
        found: list[psutil.Process] = psutil.Process(self.pid).children(recursive=True)
        return found

    def child(self, role: str) -> psutil.Process:
        """The process of a role, as soon as it is there."""
        found: list[psutil.Process] = []

        def look() -> bool:
            found[:] = [each for each in self.children() if _role(each) == role]
            return bool(found)

        until(look, PATIENCE)
        return found[0]

    def is_ready(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            assert self.is_running, f"the server ended: {self.log('server')}"
            return False

    def is_settled(self) -> bool:
        """Whether every source was scanned and nothing waits to be indexed."""
        reply = self.ask("ada", "GET", "/v1/sources")
        if reply.status_code != 200:
            return False
        sources = reply.json()["sources"]
        return all(each["last_scan_at"] and not each["pending"] for each in sources)

    def log(self, process: str) -> str:
        file = self.root / "server.log" if process == "server" else self.folder.log(process)
        return file.read_text() if file.exists() else ""

    # --- people

    @property
    def http(self) -> httpx.Client:
        assert self._http is not None, "the server was not started"
        return self._http

    def key(self, user: str) -> str:
        """An API key of a user."""
        if user not in self._keys:
            config = load(self.config_path, {}, folders_may_be_away=True)
            with self.database() as database:
                directory = Directory(config.users, config.groups)
                credentials = Credentials(database, directory, system_clock)
                self._keys[user] = credentials.create_key(user, name="tests").token
        return self._keys[user]

    def ask(self, user: str, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request as a user; as nobody when the name is empty."""
        headers = {"Authorization": f"Bearer {self.key(user)}"} if user else {}
        headers |= request.pop("headers", {})
        return self.http.request(method, path, headers=headers, **request)

    def search(self, user: str, query: str, **body: Any) -> list[dict[str, Any]]:
        """The passages found."""
        reply = self.ask(user, "POST", "/v1/search", json={"query": query, "k": 50, **body})
        assert reply.status_code == 200, reply.text
        passages: list[dict[str, Any]] = reply.json()["passages"]
        return passages

    def finds(self, user: str, text: str, path: str = "") -> bool:
        """Whether a search for a text shows it, in the document of that path if one is given."""
        return any(
            text in passage["text"] and path in ("", passage["document"]["path"])
            for passage in self.search(user, text)
        )

    def previews(self, user: str, path: str, source: str = SOURCE) -> bool:
        """Whether a user can open a document."""
        return self.preview(user, path, source).status_code == 200

    def preview(self, user: str, path: str, source: str = SOURCE) -> httpx.Response:
        return self.ask(user, "GET", f"/v1/documents/{document_id(source, path)}/content")

    def question(self, user: str, text: str, **body: Any) -> httpx.Response:
        return self.ask(user, "POST", "/v1/answers", json={"question": text, **body})

    def job(self, user: str, job_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(user, "GET", f"/v1/jobs/{job_id}").json()
        return found

    def finished(self, user: str, accepted: httpx.Response) -> dict[str, Any]:
        """The job of an accepted request, when it has come to its end."""
        assert accepted.status_code == 202, accepted.text
        job_id = accepted.json()["id"]
        until(lambda: self.job(user, job_id)["finished_at"], PATIENCE)
        return self.job(user, job_id)

    # --- what is stored

    def database(self) -> "_Closing":
        """The store, opened beside the server."""
        return _Closing(
            lambda: open_database(
                load(self.config_path, {}, folders_may_be_away=True).store, self.data, system_clock
            )
        )

    def counts(self) -> ledger.Counts:
        with self.database() as database, database.read() as connection:
            return ledger.counts(connection)

    def interactions(self, endpoint: str = "") -> list[Interaction]:
        """Everything recorded, newest first."""
        settings = load(self.config_path, {}, folders_may_be_away=True).store
        with self.database() as database:
            events = open_events(settings, self.data, database, system_clock)
            try:
                found = [each.interaction for each in events.page(Filter(), limit=500)]
            finally:
                events.close()
        return [each for each in found if each.endpoint == endpoint or not endpoint]

    def cli(
        self, *arguments: str, code: int = 0, environment: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command on this installation."""
        command = [sys.executable, "-m", "groundwatch", *arguments, "-c", str(self.config_path)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=2 * PATIENCE,
            env=environment,
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    def verified(self) -> Difference:
        """In what store and index differ; it takes a running server."""
        with closing(Client(self.folder.engine_socket)) as engine:
            return RemoteIndex(engine).verify(repair=False)

    def _hang_up(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end(signal.SIGTERM)


class _Closing:
    """Opens a database for a block."""

    def __init__(self, open_it: Callable[[], Database]) -> None:
        self._open = open_it

    def __enter__(self) -> Database:
        self._database = self._open()
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()


def problem(reply: httpx.Response, status: int) -> dict[str, Any]:
    """The problem a reply tells; checks that it is one, and that nothing internal shows."""
    assert reply.status_code == status, f"{reply.status_code}: {reply.text}"
    assert reply.headers["content-type"] == "application/problem+json"
    assert not internals(reply.text)
    told: dict[str, Any] = reply.json()
    assert told["status"] == status
    assert told["detail"]
    return told


def internals(text: str) -> list[str]:
    """What of a text only the program itself should see."""
    return [mark for mark in ("Traceback", 'File "', ".py", "sqlite", ".db") if mark in text]


def _role(process: psutil.Process) -> str:
    try:
        arguments: Sequence[str] = process.cmdline()
    except psutil.Error:
        return ""
    return arguments[arguments.index("run") + 1] if "run" in arguments else ""
