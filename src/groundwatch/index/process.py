"""The index as the engine process owns it: answers, follows the store, replaces itself."""

import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import assert_never

import structlog

from groundwatch.errors import GroundwatchError, Unavailable
from groundwatch.index.backend import Backend, Progress
from groundwatch.index.cluster import ClusterBackend, connect
from groundwatch.index.embedded import EmbeddedBackend
from groundwatch.index.follower import bring_up_to_date
from groundwatch.index.generation import Manifest
from groundwatch.index.keeper import Keeper
from groundwatch.index.place import IndexPlace
from groundwatch.index.points import IndexModel, Rankings, SearchRequest
from groundwatch.index.settings import EmbeddedIndexSettings, QdrantIndexSettings
from groundwatch.index.verify import Difference, compare
from groundwatch.store import changes
from groundwatch.store.database import Database

POLL_SECONDS = 0.25
"""How often the store is asked for changes that nobody announced."""

_LONGEST_PAUSE = 15.0

log = structlog.get_logger("index")


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How the index is.

    Attributes:
        generation: the one that answers; empty while there is none.
        model: whose vectors it holds; `wanted`: the configured embedder's.
        position: the store's change it holds, -1 without one; `latest` is the store's newest.
        points: chunks held; `graph_points` were in the graph when it was built, `loose` were
            written since.
        bytes: on the disk.
        problem: what is wrong now; empty when nothing is.
    """

    generation: str
    model: IndexModel
    wanted: IndexModel
    position: int
    latest: int
    points: int
    graph_points: int
    loose: int
    bytes: int
    building: Progress | None
    problem: str


class IndexProcess:
    """Owns the index; safe for any number of threads.

    An index of another embedder than the configured one answers by words alone. It is replaced as
    soon as every chunk has a vector of the configured one.
    """

    def __init__(self, backend: Backend, database: Database) -> None:
        self._backend = backend
        self._database = database
        self._work = threading.Lock()
        self._moved = threading.Condition()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._problem = ""
        self._keeper = Keeper(backend, database, self._tell)
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)
        self._thread.start()

    def search(self, request: SearchRequest) -> Rankings:
        """Rank for one question.

        Raises:
            Unavailable: there is no index now; it is being built.
            ModelUnusable: the vector has other dimensions than its embedder's.
        """
        with self._keeper.current.use() as generation:
            whose, model = request.model or self._backend.model.name, generation.manifest.model
            if whose != model.name or not model.dimensions:
                request = replace(request, vector=None)
            return generation.engine.search(request)

    def follow(self, seq: int, timeout: float = 30.0) -> int:
        """Wait until the store's change `seq` is searchable; returns the position reached.

        Raises:
            Unavailable: it is not within `timeout` seconds.
        """
        self._wake.set()
        self._await(
            lambda: self._keeper.position >= seq,
            timeout,
            f"the index has not reached change {seq} of the store",
        )
        return self._keeper.position

    def rebuild(self, reason: str = "asked for", timeout: float | None = None) -> None:
        """Have a new generation built; with a timeout, wait until it answers.

        Raises:
            Unavailable: it does not within `timeout` seconds.
        """
        number = self._keeper.ask(reason)
        self._wake.set()
        if timeout is not None:
            self._await(
                lambda: self._keeper.builds.done >= number,
                timeout,
                "the index is still being built",
            )

    def verify(self, *, repair: bool) -> Difference:
        """Compare index and store; with `repair` make the index right.

        Raises:
            Unavailable: there is no index now.
        """
        with self._work:
            self._keeper.catch_up()
            with self._keeper.current.use() as generation:
                found = compare(self._database, generation.engine, generation.position)
                if repair and not found.agrees:
                    generation.loose += bring_up_to_date(
                        self._database, generation.engine, found.document_ids
                    )
                    generation.checkpoint()
                return found

    def purge(self, markers: list[str], timeout: float) -> list[str]:
        """Replace every file of the index; returns the markers that its files still hold.

        What was erased from the store before the call is in none of them.

        Raises:
            Unavailable: the new generation does not answer within `timeout` seconds.
            Unusable: the files are a server's and cannot be looked at.
        """
        self.rebuild("purge of what was erased", timeout)
        with self._work:
            return self._backend.holding(markers)

    def flush(self) -> None:
        """Make everything applied so far durable."""
        with self._work, self._keeper.current.use() as generation:
            generation.checkpoint()

    def status(self) -> IndexStatus:
        with self._database.read() as c:
            latest = changes.latest(c)
        generation = self._keeper.current.generation
        manifest = generation.manifest if generation else Manifest(self._backend.model)
        return IndexStatus(
            generation=generation.name if generation else "",
            model=manifest.model,
            wanted=self._backend.model,
            position=self._keeper.position,
            latest=latest,
            points=generation.engine.count() if generation else 0,
            graph_points=manifest.graph_points,
            loose=generation.loose if generation else 0,
            bytes=self._backend.bytes(),
            building=self._keeper.builds.progress(),
            problem=self._keeper.damage or self._keeper.builds.problem or self._problem,
        )

    def close(self) -> None:
        """Stop following, make what was applied durable, and close the files."""
        self._stop.set()
        self._wake.set()
        self._thread.join()
        with self._work:
            self._keeper.close()
        self._tell()

    def _run(self) -> None:
        pause = POLL_SECONDS
        while not self._stop.is_set():
            self._wake.wait(pause)
            self._wake.clear()
            self._problem = self._turn()
            self._tell()
            pause = _next_pause(pause) if self._problem else POLL_SECONDS

    def _turn(self) -> str:
        """One turn of the keeper; returns what was wrong."""
        try:
            with self._work:
                self._keeper.turn()
        except GroundwatchError as error:
            return str(error)
        except Exception:
            log.exception("following the store failed")
            return "following the store failed; the log says why"
        return ""

    def _tell(self) -> bool:
        with self._moved:
            self._moved.notify_all()
        return not self._stop.is_set()

    def _await(self, condition: Callable[[], bool], timeout: float, otherwise: str) -> None:
        with self._moved:
            self._moved.wait_for(lambda: condition() or self._stop.is_set(), timeout)
        if not condition():
            raise Unavailable(f"{otherwise}; {self._keeper.damage or self._problem or 'try again'}")


def _next_pause(pause: float) -> float:
    """After a failure the store is asked less often; whoever waits for a change asks at once."""
    return min(2 * pause, _LONGEST_PAUSE)


@contextmanager
def open_index(place: IndexPlace, database: Database) -> Generator[IndexProcess]:
    """The configured index, following and answering until the block ends."""
    with ExitStack() as stack:
        index = IndexProcess(_backend(place, database, stack), database)
        stack.callback(index.close)
        yield index


def _backend(place: IndexPlace, database: Database, stack: ExitStack) -> Backend:
    match place.settings:
        case EmbeddedIndexSettings():
            return EmbeddedBackend(place)
        case QdrantIndexSettings() as settings:
            client = connect(settings)
            stack.callback(client.close)
            return ClusterBackend(client, settings.collection, place.model, database)
        case _:
            assert_never(place.settings)
