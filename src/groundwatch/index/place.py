"""Where an embedded index lies and what it is made of."""

from dataclasses import dataclass
from pathlib import Path

from groundwatch.index.edge_shard import EXACT_POINTS
from groundwatch.index.points import IndexModel
from groundwatch.store.settings import StoreSettings


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """An embedded index and its truth.

    Attributes:
        root: the index's folder; one process at a time owns it.
        data, store: what a builder process opens the store with.
        model: the configured embedder's.
        graph_above: points from which a graph is built; below, every vector is compared.
    """

    root: Path
    data: Path
    store: StoreSettings
    model: IndexModel
    graph_above: int = EXACT_POINTS
