"""The embedded engine: qdrant-edge, one shard in a folder, opened by one process at a time.

Its calls hold Python's global lock. So they are atomic to each other, a search must stay short,
and `flush` (some 150 ms of file syncs) and anything that optimises stop the whole process.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from groundwatch.index import edge_requests as requests
from groundwatch.index.conditions import (
    EVERY,
    NO_CONDITIONS,
    access_conditions,
    conditions,
    filter_conditions,
)
from groundwatch.index.edge_lists import stored_lists
from groundwatch.index.edge_requests import DENSE, LEXICAL
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
from groundwatch.index.readable import MOST_TOKENS, AccessLists, Readable
from groundwatch.index.ties import SPARE, settle
from groundwatch.index.vectors import checked

if TYPE_CHECKING:
    import qdrant_edge as qe

OWN_CORPUS_POINTS = 20_000
"""An asker whose permissions are too many lists to name gets document frequencies of the whole
shard, deleted points included, where about more points than that are readable."""

_FEW_TO_FIND, _FEW_TO_COUNT = 16, 300
_BATCH = 64
_PAGE = 2048


class EdgeEngine:
    """A shard.

    Args:
        shard: opened by `edge_shard.create` or `edge_shard.load`.
        model: whose vectors it holds.
        lexical: makes the word weights; the same constant for the life of the shard.
        generation: the name that rankings carry.
    """

    def __init__(
        self, shard: "qe.EdgeShard", model: IndexModel, lexical: Lexical, generation: str
    ) -> None:
        self._shard = shard
        self._model = model
        self._lexical = lexical
        self._generation = generation
        self._lists = AccessLists(stored_lists(shard))

    @property
    def model(self) -> IndexModel:
        return self._model

    def put(self, documents: Sequence[LabelledPoints]) -> None:
        from qdrant_edge import UpdateOperation

        self._lists.add(document.label.access for document in documents)
        points = [
            requests.point(point, payload, self._model, self._lexical)
            for document in documents
            for payload in [requests.payload(document.label)]
            for point in document.points
        ]
        for first in range(0, len(points), _BATCH):
            self._shard.update(UpdateOperation.upsert_points(points[first : first + _BATCH]))
        for document in documents:
            kept = [point.chunk_id for point in document.points]
            former = requests.of_document(document.label.document_id, but=kept)
            self._shard.update(UpdateOperation.delete_points_by_filter(former))

    def relabel(self, labels: Sequence[Label]) -> None:
        from qdrant_edge import UpdateOperation

        self._lists.add(label.access for label in labels)
        for label in labels:
            points = requests.of_document(label.document_id)
            operation = UpdateOperation.overwrite_payload_by_filter(points, requests.payload(label))
            self._shard.update(operation)

    def delete(self, document_ids: Collection[str]) -> None:
        from qdrant_edge import UpdateOperation

        for document_id in document_ids:
            points = requests.of_document(document_id)
            self._shard.update(UpdateOperation.delete_points_by_filter(points))

    def search(self, request: SearchRequest) -> Rankings:
        if request.vector is not None:
            checked(request.vector, self._model)
        readable = self._lists.readable(request.principals)
        rankings = self._rank(request, readable)
        if readable.whole and self._lists.readable(request.principals) is not readable:
            rankings = self._rank(request, replace(readable, whole=False))
        return rankings

    def _rank(self, request: SearchRequest, readable: Readable) -> Rankings:
        """Without a filter where nothing is kept from the asker, which `search` then checks."""
        from qdrant_edge import QueryBatchRequest

        queries = self._queries(request, readable) if readable.tokens else {}
        asked = [query.request(request.limit + SPARE) for query in queries.values()]
        answers = self._shard.query_batch(QueryBatchRequest(asked)) if asked else []
        rankings: dict[str, Ranking] = {DENSE: [], LEXICAL: []}
        for (name, query), hits in zip(queries.items(), answers, strict=True):
            rankings[name] = settle(_pairs(hits), request.limit, self._fetch(query))
        return Rankings(rankings[DENSE], rankings[LEXICAL], self._generation)

    def holdings(self) -> Mapping[str, Holding]:
        return collect(self._labels())

    def count(self) -> int:
        return self._shard.info().points_count

    def flush(self) -> None:
        self._shard.flush()

    def close(self) -> None:
        self._shard.close()

    def _queries(self, request: SearchRequest, readable: Readable) -> dict[str, requests.Query]:
        filter_ = self._filter(request, readable)
        queries: dict[str, requests.Query] = {}
        if request.vector is not None:
            queries[DENSE] = requests.dense_query(request.vector, filter_)
        words = self._lexical.query(request.text)
        if words.indices:
            corpus = self._corpus(request, readable)
            queries[LEXICAL] = requests.lexical_query(words, filter_, corpus)
        return queries

    def _filter(self, request: SearchRequest, readable: Readable) -> "qe.Filter":
        within = filter_conditions(request.filters)
        if readable.whole:
            return requests.filter_of(within)
        if len(readable.tokens) > MOST_TOKENS:
            return requests.filter_of(conditions(request.principals, request.filters))
        return requests.filter_of(within, readable.tokens, few=_FEW_TO_FIND)

    def _corpus(self, request: SearchRequest, readable: Readable) -> "qe.Filter | None":
        """What the asker may read; None, the whole shard, where counting that would be slow.

        The whole shard counts deleted points too, so everything is asked for by a token.
        """
        from qdrant_edge import CountRequest

        if readable.whole:
            return requests.filter_of(NO_CONDITIONS, (EVERY,), few=1)
        if len(readable.tokens) <= MOST_TOKENS:
            return requests.filter_of(NO_CONDITIONS, readable.tokens, few=_FEW_TO_COUNT)
        corpus = requests.filter_of(access_conditions(request.principals))
        about = self._shard.count(CountRequest(exact=False, filter=corpus))
        return corpus if about <= OWN_CORPUS_POINTS else None

    def _fetch(self, query: requests.Query) -> requests.Fetch:
        return lambda limit: _pairs(self._shard.query(query.request(limit)))

    def _labels(self) -> Iterator[tuple[int, str, str]]:
        from qdrant_edge import ScrollRequest

        offset: qe.PointId | None = None
        while True:
            scroll = ScrollRequest(
                offset=offset, limit=_PAGE, with_payload=[requests.DOCUMENT, requests.MARK]
            )
            records, offset = self._shard.scroll(scroll)
            for record in records:
                payload = record.payload or {}
                yield int(str(record.id)), payload[requests.DOCUMENT], payload[requests.MARK]
            if offset is None:
                return


def _pairs(hits: "Sequence[qe.ScoredPoint]") -> list[tuple[int, float]]:
    return [(int(hit.id), hit.score) for hit in hits]
