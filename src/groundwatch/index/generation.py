"""One generation of the index: an engine, what it was built for, and how far it has got."""

from collections.abc import Callable
from dataclasses import dataclass

from groundwatch.index.engine import IndexEngine
from groundwatch.index.follower import Step, follow
from groundwatch.index.lexical import DEFAULT_AVERAGE
from groundwatch.index.points import IndexModel
from groundwatch.store.database import Database

FORMAT = 3
"""Of points and files; an index of another format is built anew."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built for.

    Attributes:
        average: the BM25 constant, words of an average chunk.
        built_at: the store's change it was built at.
        graph_points: points in the graph; 0 when every vector is compared.
    """

    model: IndexModel
    average: float = DEFAULT_AVERAGE
    built_at: int = 0
    graph_points: int = 0


Note = Callable[[int, int], None]
"""Keeps position and loose points beside what was flushed."""


class Generation:
    """An open generation.

    Args:
        note: keeps `position` and `loose` durably, after a flush.

    Attributes:
        position: the last change of the store that it holds.
        loose: points written since it was built: they are compared one by one.
        dirty: something was applied that was not noted yet.
    """

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        engine: IndexEngine,
        note: Note,
        *,
        position: int,
        loose: int,
    ) -> None:
        self.name = name
        self.manifest = manifest
        self.engine = engine
        self.position = position
        self.loose = loose
        self.dirty = False
        self._note = note

    def advance(self, database: Database) -> Step:
        """Apply the next changes of the store.

        Raises:
            Unusable: the store's log does not fit; see `follower.follow`.
        """
        step = follow(database, self.engine, self.position)
        self.loose += step.points
        self.dirty = self.dirty or step.position != self.position
        self.position = step.position
        return step

    def checkpoint(self) -> None:
        """Make what was applied durable, then note how far it got."""
        self.engine.flush()
        self._note(self.position, self.loose)
        self.dirty = False

    def close(self) -> None:
        self.engine.close()
