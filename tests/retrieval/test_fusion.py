"""Fusion of the dense and the lexical ranking."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.retrieval.fusion import fuse_minmax, fuse_rrf

rankings = st.dictionaries(st.integers(0, 40), st.floats(-5, 30, allow_nan=False), max_size=12).map(
    lambda scores: sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))
)


def ids(fused):
    return [hit.chunk_id for hit in fused]


def test_minmax_weighs_the_scaled_scores():
    fused = fuse_minmax([(1, 0.9), (2, 0.5)], [(2, 8.0), (3, 2.0)], 0.6)
    assert ids(fused) == [1, 2, 3]
    assert [hit.score for hit in fused] == pytest.approx([0.6, 0.4, 0.0])


def test_an_empty_ranking_gives_its_weight_to_the_other():
    assert fuse_minmax([], [(7, 3.0), (8, 1.0)], 0.6)[0].score == 1.0
    assert fuse_minmax([(7, 0.3), (8, 0.1)], [], 0.6)[0].score == 1.0


def test_rrf_adds_reciprocal_ranks_and_breaks_ties_by_id():
    fused = fuse_rrf([(5, 0.9), (4, 0.8)], [(4, 2.0), (5, 1.0)])
    assert ids(fused) == [4, 5]
    assert fused[0].score == pytest.approx(1 / 61 + 1 / 62)


def test_a_fused_hit_remembers_both_ranks_and_scores():
    hit = fuse_minmax([(1, 0.9)], [(2, 3.0), (1, 1.0)], 0.5)[0]
    assert (hit.chunk_id, hit.dense_rank, hit.dense_score) == (1, 1, 0.9)
    assert (hit.lexical_rank, hit.lexical_score) == (2, 1.0)


@given(rankings, rankings, st.floats(0, 1))
def test_every_chunk_appears_once_in_an_order_that_the_engines_order_cannot_change(
    dense, lexical, weight
):
    for fuse in (lambda d, w: fuse_minmax(d, w, weight), fuse_rrf):
        fused = fuse(dense, lexical)
        assert sorted(ids(fused)) == sorted({chunk for chunk, _ in [*dense, *lexical]})
        assert ids(fused) == ids(fuse(dense[::-1], lexical[::-1]))
        assert all(first.score >= second.score for first, second in itertools.pairwise(fused))


@given(rankings, rankings, st.floats(0, 1))
def test_minmax_stays_between_zero_and_one(dense, lexical, weight):
    assert all(-1e-9 <= hit.score <= 1 + 1e-9 for hit in fuse_minmax(dense, lexical, weight))
