"""The event store as scoring sees it, with what is scored handed to an exporter."""

from collections.abc import Callable, Sequence
from typing import Protocol

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality
from groundwatch.store.events import Recorded
from groundwatch.telemetry.intake import OWN

Offer = Callable[[Interaction, Quality | None], None]


class Waiting(Protocol):
    """What scoring needs of the event store."""

    def unscored(self, limit: int, /) -> list[Recorded]: ...

    def put_scores(self, scores: Sequence[tuple[str, Quality]], /) -> object: ...

    def scoring_failed(self, id_: str, reason: str, /) -> None: ...


class Exporting:
    """Passes everything on; answers of our own go to the exporter once their scores are kept.

    So an answer leaves once, whole, and long after its asker has it.
    """

    def __init__(self, events: Waiting, offer: Offer) -> None:
        self._events = events
        self._offer = offer
        self._taken: dict[str, Interaction] = {}

    def unscored(self, limit: int, /) -> list[Recorded]:
        found = self._events.unscored(limit)
        ones = [each.interaction for each in found]
        self._taken = {one.id: one for one in ones if one.application == OWN}
        return found

    def put_scores(self, scores: Sequence[tuple[str, Quality]], /) -> object:
        kept = self._events.put_scores(scores)
        for id_, quality in scores:
            self._hand_over(id_, quality)
        return kept

    def scoring_failed(self, id_: str, reason: str, /) -> None:
        self._events.scoring_failed(id_, reason)
        self._hand_over(id_, None)

    def _hand_over(self, id_: str, quality: Quality | None) -> None:
        one = self._taken.pop(id_, None)
        if one is not None:
            self._offer(one, quality)
