"""The event store as scoring sees it, with doubtful answers offered to the judge."""

from collections.abc import Callable, Sequence

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Quality
from groundwatch.scoring.waiting import Waiting
from groundwatch.store.events import Recorded

Offer = Callable[[Interaction, Quality], object]


class Offering:
    """Passes everything on; what was scored is offered once its scores are kept."""

    def __init__(self, events: Waiting, offer: Offer) -> None:
        self._events = events
        self._offer = offer
        self._taken: dict[str, Interaction] = {}

    def unscored(self, limit: int, /) -> list[Recorded]:
        found = self._events.unscored(limit)
        self._taken = {each.interaction.id: each.interaction for each in found}
        return found

    def put_scores(self, scores: Sequence[tuple[str, Quality]], /) -> object:
        kept = self._events.put_scores(scores)
        for id_, quality in scores:
            one = self._taken.pop(id_, None)
            if one is not None:
                self._offer(one, quality)
        return kept

    def scoring_failed(self, id_: str, reason: str, /) -> None:
        self._taken.pop(id_, None)
        self._events.scoring_failed(id_, reason)
