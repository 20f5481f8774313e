"""Phoenix and MLflow as servers of traces: installed once, started on loopback, looked into."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from benchmarks.harness import CACHE, say, wait_for

_START_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class TraceServer:
    """A peer that takes OTLP.

    Attributes:
        counting: the query that says how many spans are in its database.
    """

    name: str
    package: str
    database: str
    counting: str
    health: str


PEERS = (
    TraceServer(
        "Phoenix", "arize-phoenix==20.26.1", "phoenix.db", "SELECT count(*) FROM spans", "/healthz"
    ),
    TraceServer("MLflow", "mlflow==3.17.2", "mlflow.db", "SELECT count(*) FROM spans", "/health"),
)


@dataclass
class Started:
    """A peer that runs on a folder of its own."""

    peer: TraceServer
    url: str
    process: psutil.Process
    folder: Path
    headers: dict[str, str] = field(default_factory=dict)

    def spans(self) -> int:
        """How many spans are durable, read from its database file."""
        file = self.folder / self.peer.database
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30) as connection:
            return int(connection.execute(self.peer.counting).fetchone()[0])

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        for each in (*self.process.children(recursive=True), self.process):
            each.kill()
        psutil.wait_procs([self.process], timeout=20)


@contextmanager
def started(peer: TraceServer, folder: Path) -> Generator[Started | None]:
    """The peer, running; None, with a word, where it cannot be installed."""
    python = _installed(peer)
    if python is None:
        yield None
        return
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    command, environment = _command(peer, python, folder, port)
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=log, process_group=0
        ) as process,
    ):
        running = Started(peer, f"http://127.0.0.1:{port}", psutil.Process(process.pid), folder)
        try:
            wait_for(lambda: _answers(running.url + peer.health), _START_SECONDS)
            if peer.name == "MLflow":
                running.headers["x-mlflow-experiment-id"] = _experiment(running.url)
            yield running
        finally:
            if psutil.pid_exists(process.pid):
                running.kill()


def _command(
    peer: TraceServer, python: Path, folder: Path, port: int
) -> tuple[list[str | Path], Mapping[str, str]]:
    binaries = python.parent
    environment = {"PATH": f"{binaries}:{os.defpath}", "HOME": str(folder)}
    if peer.name == "Phoenix":
        environment |= {
            "PHOENIX_WORKING_DIR": str(folder),
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(_free_port()),
            "PHOENIX_TELEMETRY_ENABLED": "false",
        }
        return [binaries / "phoenix", "serve"], environment
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    store = f"sqlite:///{folder / peer.database}"
    where: list[str | Path] = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return [binaries / "mlflow", "server", "--backend-store-uri", store, *where], environment


def _experiment(url: str) -> str:
    told = httpx.post(f"{url}/api/2.0/mlflow/experiments/create", json={"name": "bench"}).json()
    return str(told["experiment_id"])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _installed(peer: TraceServer) -> Path | None:
    environment = CACHE / f"{peer.name.lower()}-venv"
    python = environment / "bin" / "python"
    if python.exists():
        return python.absolute()
    say(f"installing {peer.name}, once")
    uv = Path(sys.executable).with_name("uv")
    steps: tuple[list[str | Path], ...] = (
        [uv, "venv", "--quiet", "--python", sys.executable, environment],
        [uv, "--system-certs", "pip", "install", "--quiet", "--python", python, peer.package],
    )
    for step in steps:
        if subprocess.run(step, check=False).returncode:
            python.unlink(missing_ok=True)
            say(f"{peer.name} cannot be installed; going on without it")
            return None
    return python.absolute()
