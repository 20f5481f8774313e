"""What is handed over to be kept."""

from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality


@dataclass(frozen=True, slots=True)
class Entry:
    """An interaction to record.

    Attributes:
        complete: False while parts of it may still come; it is shown as open and not scored.
        weight: how many interactions it stands for among those that are scored: one through the
            sampling rate. Counts are never weighted.
        kept: False when it was sampled out: it counts, and nothing else of it is kept.
        fresh: its id was made by us with its beginning, so no other day can have it.
        quality: scores that came with it; without them it waits for ours.
    """

    interaction: Interaction
    complete: bool = True
    weight: float = 1.0
    kept: bool = True
    fresh: bool = False
    quality: Quality | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of entries.

    Attributes:
        recorded: entries that are now kept or counted; `replaced` of them were known before.
        expired: they began before what is kept.
        ahead: they began more than a day in the future.
    """

    recorded: int = 0
    replaced: int = 0
    expired: int = 0
    ahead: int = 0
