"""Index everything and wait, with or without a running server."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from groundwatch.app.ground import START_SECONDS, open_ground, running
from groundwatch.app.paths import DataFolder
from groundwatch.config import Config
from groundwatch.domain.clock import system_clock
from groundwatch.errors import Unavailable
from groundwatch.index.remote import RemoteIndex
from groundwatch.store import ledger
from groundwatch.store.database import Database
from groundwatch.wire.client import Client

_LOOK_SECONDS = 0.1

Progress = Callable[[int, int], None]
"""Told how many documents are done, of how many."""


def sync_and_wait(
    config: Config, config_path: Path, names: Sequence[str], progress: Progress
) -> None:
    """Index with the running server's processes, or with some started for the purpose.

    Raises:
        NotFound: there is no such source.
        Unavailable: a source cannot be read, or a process does not start.
    """
    folder = DataFolder(config.data)
    with running(folder, "engine", config_path), running(folder, "worker", config_path):
        sync(config, names, progress)


def sync(config: Config, names: Sequence[str], progress: Progress) -> None:
    """Scan sources (all, when no name is given) and wait until all of it is searchable.

    Raises:
        NotFound: there is no such source.
        Unavailable: a source cannot be read, or there is no worker.
    """
    worker = Client(DataFolder(config.data).worker_socket, patience=START_SECONDS)
    with open_ground(config, system_clock) as ground:
        try:
            for name in names or [source.name for source in config.sources]:
                _scan(worker, name)
            _drain(ground.database, progress)
            _wait_for_index(ground.index)
        finally:
            worker.close()


def _scan(worker: Client, name: str) -> None:
    reply = worker.call("scan", {"name": name}, timeout=600.0)
    if reply["error"]:
        raise Unavailable(reply["error"])


def _drain(database: Database, progress: Progress) -> None:
    while True:
        with database.read() as connection:
            counts = ledger.counts(connection)
        ended = counts.done + counts.failed + counts.quarantined
        progress(ended, ended + counts.waiting)
        if not counts.waiting:
            return
        time.sleep(_LOOK_SECONDS)


def _wait_for_index(index: RemoteIndex) -> None:
    """An index that was damaged or of another format is being built from the store."""
    while (status := index.status()).position < status.latest:
        time.sleep(_LOOK_SECONDS)
