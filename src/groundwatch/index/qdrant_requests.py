"""Points, filters, queries and collections in the words of qdrant-client."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groundwatch.index.conditions import Conditions, document_token
from groundwatch.index.edge_requests import (
    DENSE,
    DOCUMENT,
    HNSW_EF,
    LEXICAL,
    MARK,
    MODIFIED,
    OVERSAMPLING,
    TOKENS,
    payload,
)
from groundwatch.index.lexical import Lexical, SparseWeights
from groundwatch.index.points import IndexModel, Point, Vector
from groundwatch.index.vectors import checked

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

__all__ = ["DENSE", "DOCUMENT", "LEXICAL", "MARK", "MODIFIED", "TOKENS", "payload"]


@dataclass(frozen=True, slots=True)
class Query:
    """One ranking's query, without its length."""

    query: "models.NearestQuery"
    using: str
    filter: "models.Filter"
    params: "models.SearchParams"

    def request(self, limit: int) -> "models.QueryRequest":
        from qdrant_client import models

        return models.QueryRequest(
            query=self.query,
            using=self.using,
            filter=self.filter,
            params=self.params,
            limit=limit,
            with_payload=False,
            with_vector=False,
        )


def point(
    source: Point, payload: dict[str, Any], model: IndexModel, lexical: Lexical
) -> "models.PointStruct":
    from qdrant_client import models

    words = lexical.document(source.text)
    vector: dict[str, Any] = {
        LEXICAL: models.SparseVector(indices=words.indices, values=words.values)
    }
    if source.vector is not None and model.dimensions:
        vector[DENSE] = checked(source.vector, model).tolist()
    return models.PointStruct(id=source.chunk_id, vector=vector, payload=payload)


def filter_of(conditions: Conditions) -> "models.Filter":
    from qdrant_client import models

    must: list[models.Condition] = [_any(group) for group in conditions.any_of]
    if conditions.since is not None or conditions.until is not None:
        within = models.Range(gte=conditions.since, lt=conditions.until)
        must.append(models.FieldCondition(key=MODIFIED, range=within))
    return models.Filter(must=must, must_not=[_any(conditions.none_of)])


def of_document(document_id: str, but: Collection[int] = ()) -> "models.Filter":
    """The points of a document, except some."""
    from qdrant_client import models

    return models.Filter(
        must=[_any((document_token(document_id),))],
        must_not=[models.HasIdCondition(has_id=list(but))] if but else None,
    )


def any_document() -> "models.Filter":
    """Every point but the one that describes the collection."""
    from qdrant_client import models

    description = models.IsEmptyCondition(is_empty=models.PayloadField(key=DOCUMENT))
    return models.Filter(must_not=[description])


def dense_query(vector: Vector, filter_: "models.Filter") -> Query:
    from qdrant_client import models

    params = models.SearchParams(
        hnsw_ef=HNSW_EF,
        quantization=models.QuantizationSearchParams(rescore=True, oversampling=OVERSAMPLING),
        acorn=models.AcornSearchParams(enable=True),
    )
    return Query(models.NearestQuery(nearest=vector.tolist()), DENSE, filter_, params)


def lexical_query(words: SparseWeights, filter_: "models.Filter", corpus: "models.Filter") -> Query:
    """BM25 whose document frequencies are counted over `corpus`, what the asker may read."""
    from qdrant_client import models

    vector = models.SparseVector(indices=words.indices, values=words.values)
    params = models.SearchParams(idf=models.IdfCorpusParams(corpus=corpus))
    return Query(models.NearestQuery(nearest=vector), LEXICAL, filter_, params)


def create_collection(client: "QdrantClient", collection: str, model: IndexModel) -> None:
    """A collection for one embedder's vectors, with the indexes that the filters need."""
    from qdrant_client import models

    hnsw = models.HnswConfigDiff(m=16, ef_construct=100, full_scan_threshold=60_000)
    int8 = models.ScalarQuantization(
        scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
    )
    dense = models.VectorParams(
        size=model.dimensions,
        distance=models.Distance.COSINE,
        hnsw_config=hnsw,
        quantization_config=int8,
    )
    client.create_collection(
        collection,
        vectors_config={DENSE: dense} if model.dimensions else {},
        sparse_vectors_config={LEXICAL: models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )


def index_fields(client: "QdrantClient", collection: str) -> None:
    """Index what filters look at; a server needs it, the emulation in memory has none."""
    from qdrant_client import models

    client.create_payload_index(collection, TOKENS, models.PayloadSchemaType.KEYWORD, wait=True)
    by_time = models.IntegerIndexParams(
        type=models.IntegerIndexType.INTEGER, lookup=False, range=True
    )
    client.create_payload_index(collection, MODIFIED, by_time, wait=True)


def _any(tokens: Collection[str]) -> "models.FieldCondition":
    from qdrant_client import models

    return models.FieldCondition(key=TOKENS, match=models.MatchAny(any=list(tokens)))
