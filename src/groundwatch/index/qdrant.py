"""The engine of a Qdrant server or cluster: the same points as `edge`, through `qdrant-client`.

The server optimises itself; one collection holds one embedder's vectors. What a collection is made
for is kept in a point of its own, id 0, which carries no permission and so is never found.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from groundwatch.errors import Unavailable
from groundwatch.index import qdrant_requests as requests
from groundwatch.index.conditions import access_conditions, conditions
from groundwatch.index.holdings import collect
from groundwatch.index.lexical import Lexical
from groundwatch.index.points import (
    Holding,
    IndexModel,
    Label,
    LabelledPoints,
    Ranking,
    Rankings,
    SearchRequest,
)
from groundwatch.index.qdrant_requests import DENSE, LEXICAL
from groundwatch.index.ties import SPARE, settle
from groundwatch.index.vectors import checked

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

_BATCH = 256
_PAGE = 2048


class QdrantEngine:
    """A collection.

    Args:
        client: also `QdrantClient(":memory:")`, which emulates the server.
        collection: made by `create_collection`.
        model: whose vectors it holds.
        lexical: makes the word weights; the same constant for the life of the collection.
    """

    def __init__(
        self, client: "QdrantClient", collection: str, model: IndexModel, lexical: Lexical
    ) -> None:
        self._client = client
        self._collection = collection
        self._model = model
        self._lexical = lexical

    @property
    def model(self) -> IndexModel:
        return self._model

    def put(self, documents: Sequence[LabelledPoints]) -> None:
        points = [
            requests.point(point, payload, self._model, self._lexical)
            for document in documents
            for payload in [requests.payload(document.label)]
            for point in document.points
        ]
        with translated():
            for first in range(0, len(points), _BATCH):
                batch = points[first : first + _BATCH]
                self._client.upsert(self._collection, batch, wait=True)
            for document in documents:
                kept = [point.chunk_id for point in document.points]
                self._delete(requests.of_document(document.label.document_id, but=kept))

    def relabel(self, labels: Sequence[Label]) -> None:
        with translated():
            for label in labels:
                self._client.overwrite_payload(
                    self._collection,
                    payload=requests.payload(label),
                    points=requests.of_document(label.document_id),
                    wait=True,
                )

    def delete(self, document_ids: Collection[str]) -> None:
        with translated():
            for document_id in document_ids:
                self._delete(requests.of_document(document_id))

    def search(self, request: SearchRequest) -> Rankings:
        if not request.principals:
            return Rankings([], [], self._collection)
        queries = self._queries(request)
        asked = [query.request(request.limit + SPARE) for query in queries.values()]
        rankings: dict[str, Ranking] = {DENSE: [], LEXICAL: []}
        with translated():
            answers = self._client.query_batch_points(self._collection, asked) if asked else []
            for (name, query), answer in zip(queries.items(), answers, strict=True):
                hits = _pairs(answer.points)
                rankings[name] = settle(hits, request.limit, self._fetch(query))
        return Rankings(rankings[DENSE], rankings[LEXICAL], self._collection)

    def holdings(self) -> Mapping[str, Holding]:
        with translated():
            return collect(self._labels())

    def count(self) -> int:
        with translated():
            documents = requests.any_document()
            return self._client.count(self._collection, count_filter=documents).count

    def flush(self) -> None:
        """Nothing to do: every write waited for the server's write-ahead log."""

    def close(self) -> None:
        """Nothing to do: whoever made the client closes it."""

    def _delete(self, points: "models.Filter") -> None:
        self._client.delete(self._collection, points, wait=True)

    def _queries(self, request: SearchRequest) -> dict[str, requests.Query]:
        filter_ = requests.filter_of(conditions(request.principals, request.filters))
        queries: dict[str, requests.Query] = {}
        if request.vector is not None:
            vector = checked(request.vector, self._model)
            queries[DENSE] = requests.dense_query(vector, filter_)
        words = self._lexical.query(request.text)
        if words.indices:
            corpus = requests.filter_of(access_conditions(request.principals))
            queries[LEXICAL] = requests.lexical_query(words, filter_, corpus)
        return queries

    def _fetch(self, query: requests.Query) -> Callable[[int], list[tuple[int, float]]]:
        def fetch(limit: int) -> list[tuple[int, float]]:
            [answer] = self._client.query_batch_points(self._collection, [query.request(limit)])
            return _pairs(answer.points)

        return fetch

    def _labels(self) -> Iterator[tuple[int, str, str]]:
        offset: Any = None
        while True:
            records, offset = self._client.scroll(
                self._collection,
                scroll_filter=requests.any_document(),
                limit=_PAGE,
                offset=offset,
                with_payload=[requests.DOCUMENT, requests.MARK],
            )
            for record in records:
                payload = record.payload or {}
                yield int(record.id), payload[requests.DOCUMENT], payload[requests.MARK]
            if offset is None:
                return


def _pairs(points: "Sequence[models.ScoredPoint]") -> list[tuple[int, float]]:
    return [(int(point.id), point.score) for point in points]


@contextmanager
def translated() -> Generator[None]:
    """Transport errors become Unavailable; the server's own words stay in the cause."""
    from qdrant_client.common.client_exceptions import QdrantException
    from qdrant_client.http.exceptions import ApiException

    try:
        yield
    except (ApiException, QdrantException, OSError) as error:
        raise Unavailable(f"the Qdrant server does not answer ({type(error).__name__})") from error
