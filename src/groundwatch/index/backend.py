"""What keeps generations: folders beside us, or collections on a Qdrant server."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from groundwatch.index.generation import Generation
from groundwatch.index.points import IndexModel


@dataclass(frozen=True, slots=True)
class Progress:
    """How a build is going.

    Attributes:
        points: written so far.
        seconds: since it began.
    """

    reason: str
    points: int
    seconds: float


class Priority(StrEnum):
    """How much of the processor a build may take from the searches that run beside it."""

    NORMAL = "normal"
    LOW = "low"
    IDLE = "idle"


class Build(Protocol):
    """A generation being built, beside the one that answers."""

    def progress(self) -> Progress: ...

    def finished(self) -> bool:
        """Whether it has ended, well or not."""
        ...

    def check(self) -> None:
        """Raise Unusable when the finished build failed."""
        ...

    def cancel(self) -> None:
        """End it, and wait until it has ended."""
        ...


class Backend(Protocol):
    """Opens, makes and replaces generations.

    Attributes:
        model: the configured embedder's.
        graph_above: points from which a generation without a graph is worth replacing.
    """

    @property
    def model(self) -> IndexModel: ...

    @property
    def graph_above(self) -> int: ...

    def check_room(self) -> None:
        """Raise Unavailable when the disk is so full that a write might end the process."""
        ...

    def current(self) -> Generation | None:
        """Open the generation in use; None when there has never been one.

        Raises:
            Unusable: it is damaged, or of another format.
        """
        ...

    def begin(self, reason: str, average: float, priority: Priority) -> Build:
        """Begin to build a generation from the store.

        Args:
            reason: for the status.
            average: the former generation's BM25 constant, 0 without one.
            priority: how much of the processor it may take.
        """
        ...

    def built(self) -> Generation:
        """Open what the last build made.

        Raises:
            Unusable: it cannot be opened.
        """
        ...

    def empty(self, position: int) -> Generation:
        """Make and open a generation without points, for an empty store at a change."""
        ...

    def adopt(self, generation: Generation) -> None:
        """Make a generation the one in use: atomic, and durable."""
        ...

    def discard_others(self, kept: Generation | None) -> None:
        """Remove every generation, finished or not, that is not in use."""
        ...

    def bytes(self) -> int:
        """What the index takes on this machine's disk."""
        ...

    def holding(self, markers: list[str]) -> list[str]:
        """Which of the markers the bytes of the index hold.

        Raises:
            Unusable: the bytes are a server's and cannot be looked at.
        """
        ...
