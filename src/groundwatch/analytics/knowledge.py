"""Knowledge gaps: what is asked and not answered, or answered without support."""

from dataclasses import dataclass

from groundwatch.analytics import tallies
from groundwatch.analytics.tallies import Cells
from groundwatch.analytics.windows import Window
from groundwatch.domain import metrics
from groundwatch.domain.scores import Dimension

_FEWEST = 5
_UNSUPPORTED_BELOW = 0.5
"""Accuracy below which an answer is not what its passages say."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic that is asked about and often declined, or answered without support.

    Attributes:
        unsupported: answers whose passages do not say what they say.
        quality: mean of what was answered; None where nothing was scored.
    """

    topic: str
    asked: int
    declined: int
    declined_before: float | None
    quality: float | None
    unsupported: int = 0

    @property
    def share(self) -> float:
        return self.declined / self.asked

    @property
    def unanswered(self) -> int:
        return self.declined + self.unsupported


def gaps(source: Cells, window: Window) -> tuple[Gap, ...]:
    """Topics by how many questions went unanswered; topics of fewer than five are left out."""
    asked = tallies.by_label(source, metrics.REQUESTS, window, "topic")
    declined = tallies.by_label(source, metrics.DECLINED, window, "topic")
    before = window.before()
    asked_before = tallies.by_label(source, metrics.REQUESTS, before, "topic")
    declined_before = tallies.by_label(source, metrics.DECLINED, before, "topic")
    quality = tallies.by_label(source, metrics.OVERALL, window, "topic")
    accuracy = tallies.by_label(source, metrics.QUALITY[Dimension.ACCURACY], window, "topic")
    found = [
        Gap(
            topic,
            round(tally.total),
            round(declined.get(topic, tallies.NOTHING).total),
            _share(declined_before.get(topic), asked_before.get(topic)),
            quality.get(topic, tallies.NOTHING).mean,
            _unsupported(accuracy.get(topic, tallies.NOTHING)),
        )
        for topic, tally in asked.items()
        if tally.total >= _FEWEST
    ]
    found = [gap for gap in found if gap.unanswered]
    return tuple(sorted(found, key=lambda gap: (-gap.unanswered, gap.topic)))


def _unsupported(accuracy: tallies.Tally) -> int:
    return round((accuracy.share_below(_UNSUPPORTED_BELOW) or 0.0) * accuracy.weight)


def _share(part: tallies.Tally | None, whole: tallies.Tally | None) -> float | None:
    if whole is None or not whole.total:
        return None
    return 0.0 if part is None else part.total / whole.total
