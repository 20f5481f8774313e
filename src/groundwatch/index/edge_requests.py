"""Points, filters and queries in the words of qdrant-edge."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from groundwatch.index.conditions import (
    Conditions,
    document_token,
    mark_of,
    microseconds,
    tokens_of,
)
from groundwatch.index.lexical import Lexical, SparseWeights
from groundwatch.index.points import IndexModel, Label, Point, Vector
from groundwatch.index.vectors import checked

if TYPE_CHECKING:
    import qdrant_edge as qe

DENSE, LEXICAL = "dense", "lexical"
TOKENS, MODIFIED, DOCUMENT, MARK = "tokens", "modified", "document", "mark"
ALLOW, DENY = "allow", "deny"

HNSW_EF, OVERSAMPLING = 256, 3.0
"""Recall@10 of int8 vectors against exact is .98 without oversampling and .995 with."""

Fetch = Callable[[int], Sequence[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Query:
    """One ranking's query, without its length."""

    query: "qe.Query"
    filter: "qe.Filter"
    params: "qe.SearchParams"

    def request(self, limit: int) -> "qe.QueryRequest":
        from qdrant_edge import QueryRequest

        return QueryRequest(
            limit=limit,
            query=self.query,
            filter=self.filter,
            params=self.params,
            with_payload=False,
            with_vector=False,
        )


def payload(label: Label) -> dict[str, Any]:
    """No text: ids, tokens and a time."""
    return {
        DOCUMENT: label.document_id,
        MARK: mark_of(label),
        TOKENS: tokens_of(label),
        MODIFIED: microseconds(label.modified_at),
        ALLOW: sorted(label.access.allow),
        DENY: sorted(label.access.deny),
    }


def point(
    source: Point, payload: dict[str, Any], model: IndexModel, lexical: Lexical
) -> "qe.Point":
    from qdrant_edge import Point as EdgePoint
    from qdrant_edge import SparseVector

    words = lexical.document(source.text)
    vector: dict[str, Any] = {LEXICAL: SparseVector(words.indices, words.values)}
    if source.vector is not None and model.dimensions:
        vector[DENSE] = checked(source.vector, model).tolist()
    return EdgePoint(source.chunk_id, vector, payload)


@lru_cache(maxsize=64)
def filter_of(conditions: Conditions, readable: tuple[str, ...] = (), few: int = 0) -> "qe.Filter":
    """All of the conditions, and one of the `readable` tokens if any are given.

    Kept for the next question of the same askers: hundreds of tokens take a third of a millisecond.

    Up to `few` alternatives are asked one by one, more as a set: the engine walks the points of
    single tokens, and looks at every candidate point for a set.
    """
    from qdrant_edge import FieldCondition, Filter, MatchAny, MatchValue, RangeFloat

    must = [FieldCondition(TOKENS, MatchAny(list(group))) for group in conditions.any_of]
    if conditions.since is not None or conditions.until is not None:
        within = RangeFloat(gte=_number(conditions.since), lt=_number(conditions.until))
        must.append(FieldCondition(MODIFIED, range=within))
    if readable and len(readable) > few:
        must.append(FieldCondition(TOKENS, MatchAny(list(readable))))
        readable = ()
    should = [FieldCondition(TOKENS, MatchValue(token)) for token in readable]
    none_of = [FieldCondition(TOKENS, MatchAny(list(conditions.none_of)))]
    return Filter(
        must=list(must) or None,
        should=list(should) or None,
        must_not=list(none_of) if conditions.none_of else None,
    )


def of_document(document_id: str, but: Collection[int] = ()) -> "qe.Filter":
    """The points of a document, except some."""
    from qdrant_edge import FieldCondition, Filter, HasIdCondition, MatchValue

    return Filter(
        must=[FieldCondition(TOKENS, MatchValue(document_token(document_id)))],
        must_not=[HasIdCondition(set(but))] if but else None,
    )


def dense_query(vector: Vector, filter_: "qe.Filter") -> Query:
    from qdrant_edge import QuantizationSearchParams, SearchParams
    from qdrant_edge import Query as EdgeQuery

    rescoring = QuantizationSearchParams(rescore=True, oversampling=OVERSAMPLING)
    params = SearchParams(hnsw_ef=HNSW_EF, quantization=rescoring)
    return Query(EdgeQuery.Nearest(vector.tolist(), using=DENSE), filter_, params)


def lexical_query(words: SparseWeights, filter_: "qe.Filter", corpus: "qe.Filter | None") -> Query:
    """BM25 whose document frequencies are counted over `corpus`; None means over the shard."""
    from qdrant_edge import IdfParams, SearchParams, SparseVector
    from qdrant_edge import Query as EdgeQuery

    vector = SparseVector(words.indices, words.values)
    params = SearchParams(idf=IdfParams(corpus=corpus) if corpus else None)
    return Query(EdgeQuery.Nearest(vector, using=LEXICAL), filter_, params)


def _number(value: int | None) -> float | None:
    return None if value is None else float(value)
