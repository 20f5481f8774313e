"""An installation of the real product in a folder of its own, to be measured."""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
from ruamel.yaml import YAML

from groundwatch.access.credentials import Credentials
from groundwatch.access.directory import Directory
from groundwatch.app.ground import Ground, open_ground, running
from groundwatch.app.paths import DataFolder
from groundwatch.app.syncing import sync
from groundwatch.config import Config, load
from groundwatch.domain.clock import system_clock
from groundwatch.domain.queries import EVERYTHING
from groundwatch.retrieval.ranking import RemoteRanking
from groundwatch.retrieval.retriever import Retriever

CACHE = Path(".cache/bench")
SOURCE = "documents"
READER, ADMIN = "reader", "chief"
PRINCIPALS = frozenset({"user:reader", "everyone"})
_OPEN_TO_ALL = ({"path": "**", "allow": ["everyone"]},)
_START_SECONDS = 180.0

Rules = Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Options:
    """What every benchmark takes.

    Attributes:
        data: the folder of corpora.
        quick: small sizes, to see that it runs; the figures mean nothing.
    """

    data: Path
    quick: bool


def options(what: str | None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--quick", action="store_true", help="small sizes; figures mean nothing")
    given = parser.parse_args()
    return Options(given.data, given.quick)


def say(text: str) -> None:
    """Tell what goes on; figures go to standard output."""
    sys.stderr.write(f"{text}\n")


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder, a folder of documents and their configuration."""

    root: Path

    @property
    def documents(self) -> Path:
        return self.root / "documents"

    @property
    def config_path(self) -> Path:
        return self.root / "groundwatch.yaml"

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.root / "data")

    def config(self) -> Config:
        return load(self.config_path, {})

    def configure(self, rules: Rules = _OPEN_TO_ALL, settings: Mapping[str, object] = {}) -> None:
        """Write the configuration, in place of a former one at once."""
        source = {"name": SOURCE, "path": str(self.documents), "permissions": [*rules]}
        whole = {
            "data": str(self.folder.root),
            "server": {"port": 0, "limits": {"requests_per_minute": 1_000_000}},
            "sources": [source],
            "users": {READER: {}, ADMIN: {"role": "admin"}},
            **settings,
        }
        written = self.config_path.with_suffix(".new")
        with written.open("w") as out:
            YAML(typ="safe", pure=True).dump(whole, out)
        written.replace(self.config_path)

    def key(self, user: str) -> str:
        """An API key of a user."""
        config = self.config()
        with open_ground(config, system_clock) as ground:
            directory = Directory(config.users, config.groups)
            credentials = Credentials(ground.database, directory, system_clock)
            return credentials.create_key(user, name="benchmark").token


WITHOUT_CACHE: Mapping[str, object] = {"embedder": {"cache": {"max_bytes": 0}}}
"""So that a question asked again costs what it cost the first time."""


def install(
    root: Path, settings: Mapping[str, object] = WITHOUT_CACHE, *, own_models: bool = False
) -> Installation:
    """Make an installation; the prepared model is shared with other benchmarks unless `own`."""
    installation = Installation(root.absolute())
    installation.documents.mkdir(parents=True)
    if not own_models:
        models = (CACHE / "models").absolute()
        models.mkdir(parents=True, exist_ok=True)
        installation.folder.root.mkdir(mode=0o700)
        installation.folder.models.symlink_to(models)
    installation.configure(settings=settings)
    return installation


@contextmanager
def processes(installation: Installation) -> Generator[list[psutil.Process]]:
    """Engine and worker until the block ends; yields both."""
    me, folder = psutil.Process(), installation.folder
    before = {child.pid for child in me.children()}
    with (
        running(folder, "engine", installation.config_path),
        running(folder, "worker", installation.config_path),
    ):
        yield [child for child in me.children() if child.pid not in before]


@dataclass(frozen=True, slots=True)
class Server:
    """A whole server: its address, and its first process."""

    url: str
    process: psutil.Process


@contextmanager
def serving(installation: Installation) -> Generator[Server]:
    """`groundwatch serve` until the block ends."""
    folder = installation.folder
    folder.prepare()
    folder.address.unlink(missing_ok=True)
    command = [sys.executable, "-m", "groundwatch", "serve", "-c", str(installation.config_path)]
    with folder.log("server").open("ab") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for(lambda: folder.address.exists() or server.poll() is not None)
        if server.poll() is not None:
            raise SystemExit(f"the server does not start; {folder.log('server')} says why")
        url = json.loads(folder.address.read_text())["url"]
        yield Server(url, psutil.Process(server.pid))
    finally:
        server.terminate()
        server.wait(timeout=60)


@contextmanager
def searching(
    installation: Installation, dense_weight: float | None = None
) -> Generator[tuple[Retriever, Ground]]:
    """The retriever as the server makes it, in this process; another weight may be given."""
    config = installation.config()
    settings = config.retrieval
    if dense_weight is not None:
        settings = settings.model_copy(update={"dense_weight": dense_weight})
    with open_ground(config, system_clock) as ground:
        yield Retriever(ground.database, RemoteRanking(ground.engine), settings), ground


def index_everything(installation: Installation) -> float:
    """Scan and wait until nothing waits; returns the seconds it took."""
    began = time.perf_counter()
    sync(installation.config(), [], lambda _done, _total: None)
    return time.perf_counter() - began


def wait_for(condition: Callable[[], bool], seconds: float = _START_SECONDS) -> None:
    """Look every 20 ms until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited {seconds:g} seconds in vain")
        time.sleep(0.02)


def latencies(
    retriever: Retriever,
    queries: Sequence[str],
    principals: frozenset[str] = PRINCIPALS,
) -> list[float]:
    """Seconds of a search for each query."""
    taken = []
    for query in queries:
        began = time.perf_counter()
        retriever.search(query, principals, EVERYTHING, 10)
        taken.append(time.perf_counter() - began)
    return taken


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and all its children; those that ended hold nothing."""
    found = [process, *process.children(recursive=True)]
    return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]


def cpu_seconds(of: Sequence[psutil.Process]) -> float:
    """Processor time that processes and their ended children used, user and system."""
    return sum(sum(process.cpu_times()[:4]) for process in of if process.is_running())


def proportional_megabytes(of: Sequence[psutil.Process]) -> float:
    """Memory of processes; a page that n of them share counts an n-th for each."""
    return sum(float(process.memory_full_info().pss) for process in of) / 1_048_576


def load_average() -> float:
    """Of the last minute, beside our own work: a figure taken under load is no figure."""
    return os.getloadavg()[0]
