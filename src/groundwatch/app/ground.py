"""What every process needs below the two halves: the store, and the engine's socket."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from groundwatch.app.children import Child, role_command, started
from groundwatch.app.paths import DataFolder
from groundwatch.app.usable import usable
from groundwatch.config import Config
from groundwatch.domain.clock import Clock
from groundwatch.errors import Unavailable
from groundwatch.index.remote import RemoteIndex
from groundwatch.models.remote import RemoteEmbedder
from groundwatch.models.settings import NoEmbedderSettings
from groundwatch.store.database import Database, open_database
from groundwatch.wire.client import Client

START_SECONDS = 120.0
"""The first start builds the model and may build the index."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An open data folder.

    Attributes:
        engine: calls to the engine process, for search.
        embedder: the engine's embedder; None when search is lexical only.
    """

    config: Config
    folder: DataFolder
    database: Database
    engine: Client
    embedder: RemoteEmbedder | None
    index: RemoteIndex
    clock: Clock


@contextmanager
def open_ground(config: Config, clock: Clock) -> Generator[Ground]:
    """Open the store and the engine's socket; the engine itself may start later."""
    config = usable(config)
    folder = DataFolder(config.data)
    folder.prepare()
    with ExitStack() as stack:
        database = open_database(config.store, config.data, clock)
        stack.callback(database.close)
        engine = Client(folder.engine_socket)
        stack.callback(engine.close)
        has_embedder = not isinstance(config.embedder, NoEmbedderSettings)
        embedder = RemoteEmbedder(engine) if has_embedder else None
        yield Ground(config, folder, database, engine, embedder, RemoteIndex(engine), clock)


def answers(socket: Path, patience: float = 0.0) -> bool:
    """Whether a process of ours listens on a socket."""
    client = Client(socket, patience=patience)
    try:
        client.call("ping", {}, timeout=max(patience, 0.5))
    except Unavailable:
        return False
    finally:
        client.close()
    return True


@contextmanager
def running(folder: DataFolder, role: str, config_path: Path) -> Generator[None]:
    """Use the process of that role if one runs; else run one until the block ends.

    Raises:
        Unavailable: it did not come up; its log says why.
    """
    folder.prepare()
    socket = folder.socket(role)
    if answers(socket):
        yield
        return
    log = folder.log(role)
    child = Child(role, partial(started, role_command(role, config_path), log))
    child.supervise()
    try:
        if not answers(socket, START_SECONDS):
            raise Unavailable(f"the {role} process does not start; {log} says why")
        yield
    finally:
        child.close()
