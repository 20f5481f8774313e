"""Searches as HTTP shows them."""

from pydantic import Field

from groundwatch.domain.questions import Candidate, SearchMode, SearchResult
from groundwatch.serving.bodies.body import Body
from groundwatch.serving.bodies.passages import FiltersBody, PassageBody


class SearchBody(Body):
    """A search."""

    query: str = Field(examples=["parental leave"])
    filters: FiltersBody = FiltersBody()
    k: int | None = Field(default=None, ge=1, description="How many passages at most.")
    explain: bool = Field(
        default=False, description="Say of every candidate why it is shown or not."
    )


class CandidateBody(Body):
    """A chunk that was considered; only administrators see it."""

    chunk_id: int
    document_id: str
    source: str
    path: str
    verdict: str = Field(description="`shown`, `denied`, `not-listed`, `no-acl`, `below-k`, `gone`")
    fused: float
    dense_rank: int | None
    dense_score: float | None
    lexical_rank: int | None
    lexical_score: float | None

    @classmethod
    def of(cls, candidate: Candidate) -> "CandidateBody":
        return cls(
            chunk_id=candidate.chunk_id,
            document_id=candidate.document_id,
            source=candidate.source,
            path=candidate.path,
            verdict=candidate.verdict,
            fused=candidate.fused,
            dense_rank=candidate.dense_rank,
            dense_score=candidate.dense_score,
            lexical_rank=candidate.lexical_rank,
            lexical_score=candidate.lexical_score,
        )


class SearchResultBody(Body):
    """The permitted passages, best first."""

    passages: tuple[PassageBody, ...]
    mode: SearchMode = Field(description="`lexical` when there is no embedder.")
    index_version: str
    explanation: tuple[CandidateBody, ...] | None = None

    @classmethod
    def of(cls, result: SearchResult) -> "SearchResultBody":
        explanation = result.explanation
        return cls(
            passages=tuple(PassageBody.of(passage) for passage in result.passages),
            mode=result.mode,
            index_version=result.index_version,
            explanation=None
            if explanation is None
            else tuple(CandidateBody.of(candidate) for candidate in explanation),
        )
