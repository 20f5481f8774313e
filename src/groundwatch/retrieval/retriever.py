"""Permitted passages for a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from groundwatch.domain.access import AccessReason, Principal
from groundwatch.domain.documents import Passage
from groundwatch.domain.interactions import Stage
from groundwatch.domain.queries import SearchFilters
from groundwatch.domain.questions import Candidate, SearchMode, SearchResult
from groundwatch.index.points import Rankings
from groundwatch.retrieval.fusion import Fused, fuse_minmax, fuse_rrf
from groundwatch.retrieval.settings import RetrievalSettings
from groundwatch.store import documents, permissions
from groundwatch.store.database import Database
from groundwatch.store.documents import FoundChunk

GONE = "gone"
BELOW_K = "below-k"
SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Ranked:
    """Both rankings for a question, already limited to what the principals may see.

    Attributes:
        embed_seconds, search_seconds: time spent in the engine.
    """

    rankings: Rankings
    mode: SearchMode
    embed_seconds: float = 0.0
    search_seconds: float = 0.0


class RankingSource(Protocol):
    """Embeds a question and ranks chunks for it, with the permission filter inside the query."""

    def rank(
        self, question: str, principals: frozenset[Principal], filters: SearchFilters, limit: int
    ) -> Ranked: ...


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a search found and how long its stages took."""

    result: SearchResult
    stages: tuple[Stage, ...]


class Retriever:
    """Ranks, fuses, and checks every passage against the live permissions before it is shown.

    Args:
        also: a store whose permissions must agree, where `database` is another installation's.
    """

    def __init__(
        self,
        database: Database,
        ranking: RankingSource,
        settings: RetrievalSettings,
        also: Database | None = None,
    ) -> None:
        self._database = database
        self._also = also
        self._ranking = ranking
        self._settings = settings

    def search(
        self,
        query: str,
        principals: frozenset[Principal],
        filters: SearchFilters,
        k: int | None,
        *,
        explain: bool = False,
    ) -> Retrieved:
        """Find at most `k` passages (None: the configured number), best first.

        Raises:
            Unavailable: the engine or the store does not answer.
        """
        began = perf_counter()
        ranked = self._ranking.rank(query, principals, filters, self._settings.candidates)
        ranked_at = perf_counter()
        fused = self._fuse(ranked.rankings)
        checked = self._check(fused, principals, k or self._settings.passages, explain=explain)
        stages = _stages(ranked, ranked_at - began, perf_counter() - ranked_at)
        result = SearchResult(
            checked.passages,
            ranked.mode,
            ranked.rankings.generation,
            tuple(checked.candidates) if explain else None,
        )
        return Retrieved(result, stages)

    def _fuse(self, rankings: Rankings) -> list[Fused]:
        if self._settings.fusion == "rrf":
            return fuse_rrf(rankings.dense, rankings.lexical)
        return fuse_minmax(rankings.dense, rankings.lexical, self._settings.dense_weight)

    def _check(
        self, fused: Sequence[Fused], principals: frozenset[Principal], k: int, *, explain: bool
    ) -> "_Checked":
        """Read candidates in windows until `k` are shown; to explain, read all of them."""
        checked = _Checked(k)
        window = len(fused) if explain else k + 4
        with self._database.read() as connection:
            for first in range(0, len(fused), max(window, 1)):
                hits = fused[first : first + window]
                found = documents.found(connection, [hit.chunk_id for hit in hits])
                if self._also is not None:
                    found = _agreed(self._also, found, principals)
                for hit in hits:
                    checked.add(hit, found.get(hit.chunk_id), principals)
                if checked.full:
                    break
        return checked


def _agreed(
    database: Database, found: Mapping[int, FoundChunk], principals: frozenset[Principal]
) -> dict[int, FoundChunk]:
    """Chunks of documents that this store has too, and lets be read."""
    ids = sorted({each.document.id for each in found.values()})
    with database.read() as connection:
        known = documents.metas(connection, ids)
        access = permissions.effective(connection, ids)
    readable = {
        id_
        for id_ in known.keys() & access.keys()
        if access[id_].decide(principals) is AccessReason.ALLOWED
    }
    return {id_: each for id_, each in found.items() if each.document.id in readable}


class _Checked:
    """Collects passages that pass the live check, and the verdict on every candidate."""

    def __init__(self, k: int) -> None:
        self._k = k
        self._passages: list[Passage] = []
        self.candidates: list[Candidate] = []

    @property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(self._passages)

    @property
    def full(self) -> bool:
        return len(self._passages) >= self._k

    def add(self, hit: Fused, found: FoundChunk | None, principals: frozenset[Principal]) -> None:
        verdict = self._verdict(found, principals)
        if found is not None and verdict == SHOWN:
            self._passages.append(_passage(hit, found, len(self._passages) + 1))
        self.candidates.append(_candidate(hit, found, verdict))

    def _verdict(self, found: FoundChunk | None, principals: frozenset[Principal]) -> str:
        if found is None:
            return GONE
        reason = found.access.decide(principals)
        if reason is not AccessReason.ALLOWED:
            return reason.value
        return BELOW_K if self.full else SHOWN


def _passage(hit: Fused, found: FoundChunk, rank: int) -> Passage:
    chunk = found.chunk
    return Passage(
        chunk_id=hit.chunk_id,
        document=found.document,
        text=chunk.text,
        start=chunk.start,
        end=chunk.end,
        heading=chunk.heading,
        page=chunk.page,
        rank=rank,
        score=hit.score,
        dense_score=hit.dense_score,
        lexical_score=hit.lexical_score,
    )


def _candidate(hit: Fused, found: FoundChunk | None, verdict: str) -> Candidate:
    return Candidate(
        chunk_id=hit.chunk_id,
        document_id=found.document.id if found else "",
        source=found.document.source if found else "",
        path=found.document.path if found else "",
        verdict=verdict,
        fused=hit.score,
        dense_rank=hit.dense_rank,
        dense_score=hit.dense_score,
        lexical_rank=hit.lexical_rank,
        lexical_score=hit.lexical_score,
    )


def _stages(ranked: Ranked, ranking: float, check: float) -> tuple[Stage, ...]:
    """The engine's own times first; what the call took beyond them counts as search."""
    embed = min(ranked.embed_seconds, ranking)
    return (
        Stage("embed", 0.0, embed),
        Stage("search", embed, ranking - embed),
        Stage("check", ranking, check),
    )
