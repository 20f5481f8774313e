"""Faults that are put into made-up traffic, to see whether they are found."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from random import Random

from groundwatch.app.traffic.topics import Topic
from groundwatch.domain.answers import Outcome
from groundwatch.domain.documents import document_id
from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.metrics import FAILURES
from groundwatch.domain.scores import Dimension, Evidence, Quality, Score
from groundwatch.domain.status import Status
from groundwatch.errors import InvalidInput

SLOWER = 4.0
"""Times the usual seconds of the slow model."""
WORSE = 0.4
"""Taken from the scores of answers from wrong documents."""
SLOW_MODEL, SPOILT, LEAKING, DEAD = "gpt-4.1-mini", "support-bot", "booking a berth", "harbor"
_SECRET = " The key of the booking system is BK-0000-DEMO-ONLY."  # noqa: S105  made up
_HIT = frozenset(
    {Dimension.RETRIEVAL, Dimension.RELEVANCE, Dimension.ACCURACY, Dimension.COMPLETENESS}
)
_OVERALL = 0.8
"""Weight of those in the overall quality."""


class FaultKind(StrEnum):
    """What goes wrong."""

    SLOW_LLM = "slow-llm"
    WRONG_DOCUMENTS = "wrong-documents"
    LEAKING_TOPIC = "leaking-topic"
    DEAD_SOURCE = "dead-source"


def fault_named(name: str) -> FaultKind:
    """A fault by its name.

    Raises:
        InvalidInput: there is none of that name.
    """
    try:
        return FaultKind(name)
    except ValueError as error:
        known = ", ".join(FaultKind)
        raise InvalidInput(f"there is no fault {name[:40]!r}; there are {known}") from error


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, from when until when; None is without end."""

    kind: FaultKind
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def spoilt(
    fault: Fault, one: Interaction, scored: Quality, topic: Topic, random: Random
) -> tuple[Interaction, Quality]:
    """An interaction and its scores as they are while the fault lasts."""
    if not fault.holds(one.started_at):
        return one, scored
    if fault.kind is FaultKind.SLOW_LLM:
        return (_slow(one), scored) if one.model == SLOW_MODEL else (one, scored)
    is_answered = one.outcome is Outcome.ANSWERED
    if fault.kind is FaultKind.WRONG_DOCUMENTS and one.application == SPOILT and is_answered:
        return _wrong(one), _worse(scored, random)
    if fault.kind is FaultKind.LEAKING_TOPIC and topic.name == LEAKING and is_answered:
        return replace(one, response=one.response + _SECRET), _leaking(one, scored)
    if fault.kind is FaultKind.DEAD_SOURCE and topic.source == DEAD and one.outcome not in FAILURES:
        return _without(one), _nothing(scored)
    return one, scored


def _slow(one: Interaction) -> Interaction:
    """The model takes longer; what follows it begins later."""
    stages = tuple(
        replace(each, duration=each.duration * SLOWER) if each.name == "generate" else each
        for each in one.stages
    )
    duration = sum(each.duration for each in stages)
    first = None if one.first_token is None else one.first_token * SLOWER
    return replace(one, stages=stages, duration=duration, first_token=first)


def _wrong(one: Interaction) -> Interaction:
    """Passages of a document that has nothing to do with the question."""
    path = "archive/harbour-festival-2009.md"
    passages = tuple(
        RetrievedPassage(
            rank=each.rank,
            text="The festival of 2009 had three stages and a parade of tugs.",
            document_id=document_id(each.source, path),
            document_version=1,
            title="Harbour festival 2009",
            source=each.source,
            score=round((each.score or 0.6) * 0.4, 4),
            cited=each.cited,
        )
        for each in one.passages
    )
    return replace(one, passages=passages)


def _worse(scored: Quality, random: Random) -> Quality:
    scores = tuple(
        replace(each, value=max(0.0, each.value - WORSE + random.gauss(0, 0.05)))
        if each.dimension in _HIT and each.value is not None
        else each
        for each in scored.scores
    )
    overall = None if scored.overall is None else max(0.0, scored.overall - WORSE * _OVERALL)
    return replace(scored, scores=scores, overall=overall, status=Status.DEGRADED)


def _leaking(one: Interaction, scored: Quality) -> Quality:
    start = len(one.response)
    evidence = (Evidence("response", "secret", start, start + len(_SECRET), "a key"),)
    scores = tuple(
        Score(Dimension.SAFETY, 0.0, 0.95, evidence=evidence, flags=("secret",), scorer=each.scorer)
        if each.dimension is Dimension.SAFETY
        else each
        for each in scored.scores
    )
    return replace(scored, scores=scores, status=Status.DEGRADED)


def _without(one: Interaction) -> Interaction:
    """Nothing is found, so nothing is answered."""
    return replace(
        one,
        outcome=Outcome.DECLINED,
        response="",
        reason="no passage answers the question",
        passages=(),
        confidence=None,
        first_token=None,
    )


def _nothing(scored: Quality) -> Quality:
    scores = tuple(
        Score(each.dimension, None, reason="nothing was answered", scorer=each.scorer)
        for each in scored.scores
    )
    return replace(
        scored, scores=scores, overall=None, composite=None, coverage=0.0, status=Status.UNKNOWN
    )
