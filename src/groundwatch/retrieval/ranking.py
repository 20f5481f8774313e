"""A question to both rankings in one round trip to the engine process."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from groundwatch.domain.access import Principal
from groundwatch.domain.queries import SearchFilters
from groundwatch.domain.questions import SearchMode
from groundwatch.index.filters import filters_from, filters_to
from groundwatch.index.handlers import pack
from groundwatch.index.points import Rankings, SearchRequest
from groundwatch.index.remote import unpack
from groundwatch.models.embedder import Embedder, Urgency
from groundwatch.retrieval.retriever import Ranked
from groundwatch.wire.client import Client

Payload = dict[str, Any]
Search = Callable[[SearchRequest], Rankings]

RANK = "rank"
TIMEOUT_SECONDS = 20.0


class LocalRanking:
    """Embeds and searches in this process."""

    def __init__(self, embedder: Embedder | None, search: Search) -> None:
        self._embedder = embedder
        self._search = search

    def rank(
        self, question: str, principals: frozenset[Principal], filters: SearchFilters, limit: int
    ) -> Ranked:
        began = perf_counter()
        vector = self._embedder.embed([question], Urgency.QUESTION)[0] if self._embedder else None
        embedded = perf_counter()
        rankings = self._search(SearchRequest(principals, vector, question, filters, limit))
        mode = SearchMode.LEXICAL if vector is None else SearchMode.HYBRID
        return Ranked(rankings, mode, embedded - began, perf_counter() - embedded)


def ranking_handlers(ranking: LocalRanking) -> Mapping[str, Callable[[Payload], Payload]]:
    """What the engine process answers for `RemoteRanking`."""

    def rank(payload: Payload) -> Payload:
        ranked = ranking.rank(
            payload["question"],
            frozenset(payload["principals"]),
            filters_from(payload["filters"]),
            payload["limit"],
        )
        return {
            "dense": pack(ranked.rankings.dense),
            "lexical": pack(ranked.rankings.lexical),
            "generation": ranked.rankings.generation,
            "mode": ranked.mode.value,
            "seconds": [ranked.embed_seconds, ranked.search_seconds],
        }

    return {RANK: rank}


class RemoteRanking:
    """Asks the engine process.

    Args:
        client: the way to it.
        seconds: how long an answer may take.
    """

    def __init__(self, client: Client, seconds: float = TIMEOUT_SECONDS) -> None:
        self._client = client
        self._seconds = seconds

    def rank(
        self, question: str, principals: frozenset[Principal], filters: SearchFilters, limit: int
    ) -> Ranked:
        reply = self._client.call(
            RANK,
            {
                "question": question,
                "principals": list(principals),
                "filters": filters_to(filters),
                "limit": limit,
            },
            self._seconds,
        )
        rankings = Rankings(unpack(reply["dense"]), unpack(reply["lexical"]), reply["generation"])
        return Ranked(rankings, SearchMode(reply["mode"]), *reply["seconds"])
