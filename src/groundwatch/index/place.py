"""Where the index lies and what it is made of."""

from dataclasses import dataclass, field
from pathlib import Path

from groundwatch.index.edge_shard import EXACT_POINTS
from groundwatch.index.points import IndexModel
from groundwatch.index.settings import EmbeddedIndexSettings, QdrantIndexSettings
from groundwatch.store.settings import StoreSettings


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """An index and its truth.

    Attributes:
        root: the embedded index's folder; one process at a time owns it.
        data, store: what a builder process opens the store with.
        model: the configured embedder's.
        graph_above: points from which a graph is built; below, every vector is compared.
        least_free_bytes: of the disk; with less the index stops following. The engine maps its
            files into memory, and a write to a page that the disk has no room for ends the process.
        settings: the `index` part of the configuration.
    """

    root: Path
    data: Path
    store: StoreSettings
    model: IndexModel
    graph_above: int = EXACT_POINTS
    least_free_bytes: int = 32 * 2**20
    settings: EmbeddedIndexSettings | QdrantIndexSettings = field(
        default_factory=EmbeddedIndexSettings
    )
