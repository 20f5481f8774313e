"""Interactions as their readers see them: what may not be read now is not shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from groundwatch.domain.access import Identity
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.scores import Evidence, Quality
from groundwatch.errors import NotFound
from groundwatch.store.events.recorded import Filter, Recorded
from groundwatch.telemetry.intake import OWN, SENDER

ALL = "interactions:read-all"

Readable = Callable[[Identity, Iterable[str]], frozenset[str]]
"""Which of some documents somebody may read now."""


class Events(Protocol):
    """What of the event store is read."""

    def get(self, interaction_id: str) -> Recorded | None: ...

    def page(
        self, wanted: Filter, *, after: tuple[datetime, str] | None, limit: int
    ) -> list[Recorded]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """An interaction as somebody may see it.

    Attributes:
        recorded: without the content of what is withheld.
        withheld: ranks of passages whose document the reader may not read now.
        is_response_withheld: the answer rests on such a passage, so it is not shown either.
    """

    recorded: Recorded
    withheld: frozenset[int] = frozenset()
    is_response_withheld: bool = False


class InteractionBook:
    """Shows interactions: one's own answers, what one handed in, and all to those who may.

    Args:
        events: where they are kept.
        readable: which documents somebody may read now.
        flush: writes the interactions that still wait; an answer is recorded a little after it.
    """

    def __init__(self, events: Events, readable: Readable, flush: Callable[[], object]) -> None:
        self._events = events
        self._readable = readable
        self._flush = flush

    def get(self, identity: Identity, interaction_id: str) -> Shown:
        """One interaction.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        found = self._events.get(interaction_id)
        if found is None:
            self._flush()
            found = self._events.get(interaction_id)
        if found is None or not _may_see(identity, found.interaction):
            raise NotFound("there is no such interaction")
        return self._shown(identity, found)

    def page(
        self,
        identity: Identity,
        wanted: Filter,
        *,
        after: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Recorded]:
        """Interactions without their answers and passages, newest first; only what one may see."""
        if not identity.may(ALL):
            if wanted.user not in (None, identity.user) or wanted.application not in (None, OWN):
                return []
            wanted = replace(wanted, user=identity.user, application=OWN)
        return self._events.page(wanted, after=after, limit=limit)

    def _shown(self, identity: Identity, found: Recorded) -> Shown:
        one = found.interaction
        if one.application != OWN:  # its documents are not ours to decide about
            return Shown(found)
        documents = {passage.document_id for passage in one.passages}
        readable = self._readable(identity, documents)
        withheld = [each for each in one.passages if each.document_id not in readable]
        if not withheld:
            return Shown(found)
        is_response = any(each.cited for each in withheld)
        return Shown(
            _without(found, withheld, response=is_response),
            frozenset(each.rank for each in withheld),
            is_response,
        )


def _may_see(identity: Identity, one: Interaction) -> bool:
    if identity.may(ALL):
        return True
    if one.application == OWN:
        return one.user == identity.user
    return one.attributes.get(SENDER) == identity.user


def _without(found: Recorded, withheld: list[RetrievedPassage], *, response: bool) -> Recorded:
    one = found.interaction
    passages = tuple(_emptied(each) if each in withheld else each for each in one.passages)
    kept = replace(one, passages=passages, response="" if response else one.response)
    hidden = {f"passage:{each.rank}" for each in withheld} | ({"response"} if response else set())
    quality = None if found.quality is None else _unevidenced(found.quality, hidden)
    return replace(found, interaction=kept, quality=quality)


def _emptied(passage: RetrievedPassage) -> RetrievedPassage:
    return RetrievedPassage(passage.rank, "", score=passage.score, cited=passage.cited)


def _unevidenced(quality: Quality, hidden: set[str]) -> Quality:
    """Scores stay; what they point at in hidden texts loses its words."""

    def shown(each: Evidence) -> Evidence:
        return replace(each, detail="") if each.where in hidden else each

    scores = (
        replace(score, evidence=tuple(shown(each) for each in score.evidence))
        for score in quality.scores
    )
    return replace(quality, scores=tuple(scores))
