"""Two rankings become one: pure, deterministic, the same for every engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Ranking = Sequence[tuple[int, float]]
"""Chunk ids with scores, best first."""

RRF_K = 60
"""Cormack, Clarke and Büttcher 2009: reciprocal rank fusion's constant."""


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk's place in the fused ranking and what it came from; ranks are 1-based."""

    chunk_id: int
    score: float
    dense_rank: int | None
    dense_score: float | None
    lexical_rank: int | None
    lexical_score: float | None


def fuse_minmax(dense: Ranking, lexical: Ranking, dense_weight: float) -> list[Fused]:
    """Scale each ranking's scores to 0..1 and add them with weights.

    A chunk that only one ranking holds gets 0 from the other. A ranking that is empty gives its
    weight to the other, so scores stay comparable to a threshold.
    """
    if not dense or not lexical:
        dense_weight = 1.0 if dense else 0.0
    scaled_dense, scaled_lexical = _scaled(dense), _scaled(lexical)
    return _fused(
        dense,
        lexical,
        lambda chunk: (
            dense_weight * scaled_dense.get(chunk, 0.0)
            + (1.0 - dense_weight) * scaled_lexical.get(chunk, 0.0)
        ),
    )


def fuse_rrf(dense: Ranking, lexical: Ranking) -> list[Fused]:
    """Add reciprocal ranks; scores play no part."""
    dense_ranks, lexical_ranks = _ranks(dense), _ranks(lexical)

    def score(chunk: int) -> float:
        ranks = (dense_ranks.get(chunk), lexical_ranks.get(chunk))
        return sum(1.0 / (RRF_K + rank) for rank in ranks if rank is not None)

    return _fused(dense, lexical, score)


def _scaled(ranking: Ranking) -> dict[int, float]:
    if not ranking:
        return {}
    scores = [score for _, score in ranking]
    low, span = min(scores), max(scores) - min(scores)
    return {chunk: (score - low) / span if span > 0 else 1.0 for chunk, score in ranking}


def _ranks(ranking: Ranking) -> dict[int, int]:
    """Ranks after ordering equal scores by id, so that engines agree."""
    ordered = sorted(ranking, key=lambda hit: (-hit[1], hit[0]))
    return {chunk: rank for rank, (chunk, _) in enumerate(ordered, start=1)}


def _fused(dense: Ranking, lexical: Ranking, score: Callable[[int], float]) -> list[Fused]:
    dense_scores, lexical_scores = dict(dense), dict(lexical)
    dense_ranks, lexical_ranks = _ranks(dense), _ranks(lexical)
    fused = [
        Fused(
            chunk,
            score(chunk),
            dense_ranks.get(chunk),
            dense_scores.get(chunk),
            lexical_ranks.get(chunk),
            lexical_scores.get(chunk),
        )
        for chunk in dense_scores.keys() | lexical_scores.keys()
    ]
    return sorted(fused, key=lambda hit: (-hit.score, hit.chunk_id))
