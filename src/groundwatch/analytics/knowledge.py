"""Knowledge gaps: what is asked and not answered."""

from dataclasses import dataclass

from groundwatch.analytics import tallies
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics

_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that is asked about and often declined.

    Attributes:
        quality: mean of what was answered; None where nothing was scored.
    """

    topic: str
    asked: int
    declined: int
    declined_before: float | None
    quality: float | None

    @property
    def share(self) -> float:
        return self.declined / self.asked


def gaps(source: Cells, window: Window) -> tuple[Gap, ...]:
    """Topics by how many questions went unanswered; topics of fewer than five are left out."""
    asked = tallies.by_label(source, metrics.REQUESTS, window, "topic")
    declined = tallies.by_label(source, metrics.DECLINED, window, "topic")
    before = window.before()
    asked_before = tallies.by_label(source, metrics.REQUESTS, before, "topic")
    declined_before = tallies.by_label(source, metrics.DECLINED, before, "topic")
    quality = tallies.by_label(source, metrics.OVERALL, window, "topic")
    found = [
        Gap(
            topic,
            round(tally.total),
            round(declined[topic].total),
            _share(declined_before.get(topic), asked_before.get(topic)),
            quality.get(topic, tallies.NOTHING).mean,
        )
        for topic, tally in asked.items()
        if topic in declined and tally.total >= _FEWEST
    ]
    return tuple(sorted(found, key=lambda gap: (-gap.declined, gap.topic)))


def _share(part: tallies.Tally | None, whole: tallies.Tally | None) -> float | None:
    if whole is None or not whole.total:
        return None
    return 0.0 if part is None else part.total / whole.total
