"""When a new generation is worth building; a pure decision with its reason."""

from dataclasses import dataclass

from groundwatch.index.edge_shard import EXACT_POINTS
from groundwatch.index.points import NO_MODEL, IndexModel

LOOSE_POINTS = 25_000
"""Points outside the graph that are worth a build: comparing them costs some 3 ms."""

DELETED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class IndexStats:
    """What the decision looks at.

    Attributes:
        damage: why the index cannot be opened or followed; empty when it can.
        asked: why somebody asked for a build; empty when nobody did.
        model: whose vectors the index holds; `wanted`: the configured embedder's.
        wanted_complete: every chunk has a vector of the wanted embedder.
        points: in the index; `graph_points`: in its graph when it was built; `loose`: written
            since, compared one by one.
        graph_above: points from which a graph is worth it.
    """

    damage: str = ""
    asked: str = ""
    model: IndexModel = NO_MODEL
    wanted: IndexModel = NO_MODEL
    wanted_complete: bool = True
    points: int = 0
    graph_points: int = 0
    loose: int = 0
    graph_above: int = EXACT_POINTS


@dataclass(frozen=True, slots=True)
class BuildDecision:
    """Whether to build, and why or why not, in words an operator understands."""

    build: bool
    reason: str


def should_build(stats: IndexStats) -> BuildDecision:
    """Decide whether to build a new generation from the store."""
    if stats.damage:
        return BuildDecision(build=True, reason=f"repair: {stats.damage}")
    if stats.asked:
        return BuildDecision(build=True, reason=stats.asked)
    if stats.model != stats.wanted:
        return _other_model(stats)
    if stats.points <= stats.graph_above or not stats.model.dimensions:
        return BuildDecision(build=False, reason="small enough, or without vectors")
    if stats.graph_points == 0:
        return BuildDecision(build=True, reason=f"growth: {stats.points} points and no graph")
    return _worn(stats)


def _other_model(stats: IndexStats) -> BuildDecision:
    name = stats.wanted.name or "no embedder"
    if stats.wanted_complete:
        return BuildDecision(build=True, reason=f"embedder changed to {name}")
    return BuildDecision(build=False, reason=f"chunks without a vector of {name} remain")


def _worn(stats: IndexStats) -> BuildDecision:
    if stats.loose > max(LOOSE_POINTS, stats.graph_points // 4):
        return BuildDecision(build=True, reason=f"growth: {stats.loose} points outside the graph")
    deleted = stats.graph_points + stats.loose - stats.points
    if deleted > DELETED_SHARE * stats.graph_points:
        return BuildDecision(
            build=True, reason=f"wear: {deleted} points of the graph are deleted or moved"
        )
    return BuildDecision(build=False, reason="the graph holds nearly all points")
