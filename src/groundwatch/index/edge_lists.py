"""The permission lists that the points of a shard carry."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from groundwatch.domain.access import AccessList
from groundwatch.index.conditions import ACCESS
from groundwatch.index.edge_requests import ALLOW, DENY, TOKENS

if TYPE_CHECKING:
    import qdrant_edge as qe

_ALL = 100_000_000


def stored_lists(shard: "qe.EdgeShard") -> Iterator[AccessList]:
    """Each distinct list once, read from one of its points."""
    from qdrant_edge import FacetRequest, FieldCondition, Filter, MatchValue, ScrollRequest

    for hit in shard.facet(FacetRequest(TOKENS, limit=_ALL, exact=True)).hits:
        if not str(hit.value).startswith(ACCESS):
            continue
        carrying = Filter(must=[FieldCondition(TOKENS, MatchValue(hit.value))])
        found, _ = shard.scroll(ScrollRequest(limit=1, filter=carrying, with_payload=[ALLOW, DENY]))
        for record in found:
            payload = record.payload or {}
            yield AccessList(frozenset(payload[ALLOW]), frozenset(payload[DENY]))
