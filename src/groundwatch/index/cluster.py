"""Generations on a Qdrant server: collections, and an alias that names the one in use.

The collection `groundwatch-000002` describes itself in a point with id 0, which chunks never have:
what it was built for and how far it follows the store. The server optimises itself, so a build
only copies; it runs in a thread, for the work is the server's.
"""

import re
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from groundwatch.errors import Unusable
from groundwatch.index import qdrant_requests as requests
from groundwatch.index.backend import Priority, Progress
from groundwatch.index.generation import FORMAT, Generation, Manifest
from groundwatch.index.lexical import Lexical, settle_average
from groundwatch.index.pages import measure, pages
from groundwatch.index.points import IndexModel
from groundwatch.index.qdrant import QdrantEngine, translated
from groundwatch.index.settings import QdrantIndexSettings
from groundwatch.store import changes
from groundwatch.store.database import Database

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_DESCRIPTION = 0
_NEVER = 2**62


def connect(settings: QdrantIndexSettings) -> "QdrantClient":
    """A client of the configured server; it connects when it is first used."""
    from qdrant_client import QdrantClient

    return QdrantClient(
        url=settings.url, api_key=settings.api_key or None, check_compatibility=False
    )


class ClusterBackend:
    """Collections of a server.

    Args:
        alias: names the collection in use; collections are called `ALIAS-000001` and so on.
        model: the configured embedder's.
    """

    def __init__(
        self, client: "QdrantClient", alias: str, model: IndexModel, database: Database
    ) -> None:
        self._client = client
        self._alias = alias
        self._model = model
        self._database = database
        self._built = ""

    @property
    def model(self) -> IndexModel:
        return self._model

    @property
    def graph_above(self) -> int:
        return _NEVER

    def check_room(self) -> None:
        """Nothing to check: the disk is the server's."""

    def current(self) -> Generation | None:
        with translated():
            aliases = self._client.get_aliases().aliases
        names = [a.collection_name for a in aliases if a.alias_name == self._alias]
        return self._open(names[0]) if names else None

    def begin(self, reason: str, average: float, priority: Priority) -> "ClusterBuild":  # noqa: ARG002
        self._built = self._next()
        return ClusterBuild(
            self._client, self._built, self._database, Manifest(self._model, average), reason
        )

    def built(self) -> Generation:
        return self._open(self._built)

    def empty(self, position: int) -> Generation:
        name = self._next()
        with translated():
            create(self._client, name, self._model)
            describe(self._client, name, Manifest(self._model, built_at=position), position, 0)
        return self._open(name)

    def adopt(self, generation: Generation) -> None:
        from qdrant_client import models

        named = models.CreateAlias(collection_name=generation.name, alias_name=self._alias)
        operations: list[Any] = [models.CreateAliasOperation(create_alias=named)]
        with translated():
            if any(a.alias_name == self._alias for a in self._client.get_aliases().aliases):
                former = models.DeleteAlias(alias_name=self._alias)
                operations.insert(0, models.DeleteAliasOperation(delete_alias=former))
            self._client.update_collection_aliases(operations)

    def discard_others(self, kept: Generation | None) -> None:
        with translated():
            for name in self._collections():
                if kept is None or name != kept.name:
                    self._client.delete_collection(name)

    def bytes(self) -> int:
        """Nothing here: the files are the server's."""
        return 0

    def holding(self, markers: list[str]) -> list[str]:
        if markers:
            raise Unusable(
                "the files of a Qdrant server cannot be searched for markers from here; "
                "the collection that held them is deleted"
            )
        return []

    def _open(self, name: str) -> Generation:
        with translated():
            found = self._client.retrieve(name, [_DESCRIPTION], with_payload=True)
        description = (found[0].payload or {}) if found else {}
        if description.get("format") != FORMAT:
            raise Unusable(f"the collection {name} is not one of this version; it is made anew")
        manifest = Manifest(
            IndexModel(description["model"], description["dimensions"]),
            description["average"],
            description["built_at"],
        )
        engine = QdrantEngine(self._client, name, manifest.model, Lexical(manifest.average))
        note = partial(describe, self._client, name, manifest)
        return Generation(
            name,
            manifest,
            engine,
            note,
            position=description["position"],
            loose=description["loose"],
        )

    def _collections(self) -> list[str]:
        ours = re.compile(re.escape(self._alias) + r"-\d{6,}")
        collections = self._client.get_collections().collections
        return [c.name for c in collections if ours.fullmatch(c.name)]

    def _next(self) -> str:
        with translated():
            numbers = [int(name.rsplit("-", 1)[1]) for name in self._collections()]
        return f"{self._alias}-{max(numbers, default=0) + 1:06d}"


class ClusterBuild:
    """Copies the store into a new collection, in a thread."""

    def __init__(
        self,
        client: "QdrantClient",
        name: str,
        database: Database,
        wanted: Manifest,
        reason: str,
    ) -> None:
        self._client = client
        self._name = name
        self._database = database
        self._wanted = wanted
        self._reason = reason
        self._began = time.monotonic()
        self._points = 0
        self._cancelled = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="index-build", daemon=True)
        self._thread.start()

    def progress(self) -> Progress:
        return Progress(self._reason, self._points, time.monotonic() - self._began)

    def finished(self) -> bool:
        return not self._thread.is_alive()

    def check(self) -> None:
        if self._failure is not None:
            raise Unusable(f"building {self._name} failed: {self._failure}") from self._failure

    def cancel(self) -> None:
        self._cancelled.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._copy()
        except Exception as error:  # noqa: BLE001  told by `check`, in the thread that waits
            self._failure = error

    def _copy(self) -> None:
        model = self._wanted.model
        with self._database.read() as c:
            position = changes.latest(c)
        average = settle_average(measure(self._database, model), self._wanted.average or None)
        with translated():
            create(self._client, self._name, model)
        engine = QdrantEngine(self._client, self._name, model, Lexical(average))
        for page in pages(self._database, model):
            if self._cancelled.is_set():
                return
            engine.put(page)
            self._points += sum(len(document.points) for document in page)
        with translated():
            describe(self._client, self._name, Manifest(model, average, position), position, 0)


def create(client: "QdrantClient", name: str, model: IndexModel) -> None:
    """A new, empty collection."""
    requests.create_collection(client, name, model)
    if not _emulated(client):
        requests.index_fields(client, name)


def describe(
    client: "QdrantClient", name: str, manifest: Manifest, position: int, loose: int
) -> None:
    """Write down what a collection was built for and how far it follows the store."""
    from qdrant_client import models

    description = {
        "format": FORMAT,
        "model": manifest.model.name,
        "dimensions": manifest.model.dimensions,
        "average": manifest.average,
        "built_at": manifest.built_at,
        "position": position,
        "loose": loose,
    }
    with translated():
        client.upsert(
            name, [models.PointStruct(id=_DESCRIPTION, vector={}, payload=description)], wait=True
        )


def _emulated(client: "QdrantClient") -> bool:
    """Whether it is the emulation in memory, which has no payload indexes and warns of them."""
    from qdrant_client.local.qdrant_local import QdrantLocal

    return isinstance(client._client, QdrantLocal)  # noqa: SLF001  it has no other mark
