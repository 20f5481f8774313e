"""One episode of a series, whoever of several watchers sees it."""

from dataclasses import dataclass, field, replace

from groundwatch.anomaly.contributors import Contributor
from groundwatch.anomaly.ensemble import Layer
from groundwatch.anomaly.episodes import Episode

MINUTES = "minutes"
"""The watcher of minutes; the others have the name of their layer."""


@dataclass(slots=True)
class Joint:
    """Episodes of one series that lie upon each other.

    Attributes:
        start: of the first that was told: it names the whole, so that one that is found later and
            began earlier changes nothing.
        parts: the newest of each watcher.
        suspects: what moved, as it was last known; at the end nothing moves any more.
    """

    start: float
    parts: dict[str, Episode] = field(default_factory=dict)
    suspects: tuple[Contributor, ...] = ()

    def take(self, who: str, episode: Episode) -> None:
        """Take what a watcher says now."""
        self.parts[who] = episode

    @property
    def is_over(self) -> bool:
        return all(each.end is not None for each in self.parts.values())

    def told(self) -> Episode:
        """As one: with the rarest peak, the layers of all, and until the last one ends."""
        parts = [*self.parts.values()]
        peak = max((each.peak for each in parts), key=lambda seen: seen.rarity)
        layers: dict[Layer, float] = {}
        for each in parts:
            for layer, share in each.peak.layers.items():
                layers[layer] = max(share, layers.get(layer, 0.0))
        last = max(each.last for each in parts)
        return Episode(
            self.start,
            min(each.opened for each in parts),
            replace(peak, layers=layers),
            last,
            max(each.end or each.last for each in parts) if self.is_over else None,
        )
