"""The watch's own questions to the server: whether it is ready, and a search."""

import json
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from groundwatch.app.paths import DataFolder
from groundwatch.config import Config
from groundwatch.domain.access import EVERYONE
from groundwatch.domain.clock import Clock
from groundwatch.domain.queries import EVERYTHING
from groundwatch.errors import Unavailable
from groundwatch.retrieval.ranking import RemoteRanking
from groundwatch.retrieval.retriever import Retriever
from groundwatch.store.database import Database
from groundwatch.store.events import EventStore
from groundwatch.telemetry.probing import Prober
from groundwatch.wire.client import Client

_PATIENCE = 5.0
_QUESTION = "is anything found at all"


@contextmanager
def open_prober(
    config: Config, database: Database, events: EventStore, clock: Clock
) -> Generator[Callable[[], None]]:
    """A chore that asks the server of the data folder, where one has said that it runs."""
    folder = DataFolder(config.data)
    engine = Client(folder.engine_socket, patience=_PATIENCE)
    retriever = Retriever(database, RemoteRanking(engine, _PATIENCE), config.retrieval)

    def search() -> None:
        began = perf_counter()
        retriever.search(_QUESTION, frozenset({EVERYONE}), EVERYTHING, 1)
        seconds = perf_counter() - began
        if seconds > _PATIENCE:
            raise Unavailable(f"a search took {seconds:.1f} s")

    questions = (("ready", lambda: _ready(folder.address)), ("search", search))
    prober = Prober(questions, folder.address.exists, events.add_points, clock)
    try:
        yield prober.probe
    finally:
        engine.close()


def _ready(address: Path) -> None:
    """Ask the server whether it is ready, at the address where it listens.

    Raises:
        OSError: it cannot be reached in time, or says that it is not.
    """
    said = json.loads(address.read_text())
    url = said.get("local") or said["url"]
    with urllib.request.urlopen(f"{url}/readyz", timeout=_PATIENCE):  # noqa: S310  our own server
        pass
