"""What the HTTP server needs, filled with what lies below."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from groundwatch.app.waking import waking
from groundwatch.config import Config
from groundwatch.domain.access import Identity
from groundwatch.domain.queries import SearchFilters
from groundwatch.domain.questions import SearchResult
from groundwatch.domain.sources import SourceStatus
from groundwatch.errors import Unavailable
from groundwatch.indexing.status import Health, SourceBook, SourceInfo, find
from groundwatch.retrieval.retriever import Retriever
from groundwatch.sources import uploads
from groundwatch.wire.client import Client


class Searching:
    """Finds passages for an identity."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    def search(
        self,
        query: str,
        identity: Identity,
        filters: SearchFilters,
        k: int | None,
        *,
        explain: bool,
    ) -> SearchResult:
        found = self._retriever.search(query, identity.principals, filters, k, explain=explain)
        return found.result


class Sources:
    """The sources of the present configuration, with what the worker says of them."""

    def __init__(self, book: SourceBook, worker: Client, config: Callable[[], Config]) -> None:
        self._book = book
        self._worker = worker
        self._config = config

    def overview(self, identity: Identity) -> list[SourceStatus]:
        return self._book.overview(identity, self._infos(), self._healths())

    def get(self, identity: Identity, name: str) -> SourceStatus:
        return self._book.get(identity, find(self._infos(), name), self._healths().get(name))

    def sync(self, identity: Identity, name: str) -> None:  # noqa: ARG002  all may who may sync
        find(self._infos(), name)
        self._worker.call("sync", {"name": name}, timeout=5.0)

    def retry(self, identity: Identity, name: str, paths: Sequence[str] | None) -> int:
        count = self._book.retry(identity, find(self._infos(), name), paths)
        waking(self._worker)()
        return count

    def _infos(self) -> list[SourceInfo]:
        folders = [
            SourceInfo(source.name, source.kind, str(source.path))
            for source in self._config().sources
        ]
        return [*folders, SourceInfo(uploads.NAME, "uploads", "")]

    def _healths(self) -> Mapping[str, Health]:
        try:
            told = self._worker.call("health", {}, timeout=2.0)
        except Unavailable:
            return {}
        return {name: _health(state) for name, state in told.items()}


def _health(state: Mapping[str, Any]) -> Health:
    at = state["last_scan_at"]
    return Health(
        last_scan_at=datetime.fromisoformat(at) if at else None,
        error=state["error"],
        unlisted=tuple((path, reason) for path, reason in state["unlisted"]),
        is_deaf=state["is_deaf"],
    )
