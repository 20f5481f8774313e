"""An interaction as it is kept, and which ones are wanted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from groundwatch.domain.answers import Outcome
from groundwatch.domain.interactions import Feedback, Interaction
from groundwatch.domain.scores import Quality
from groundwatch.domain.status import Severity, Status


class State(StrEnum):
    """How far an interaction has come: parts may still come, it waits for scores, it has them."""

    OPEN = "open"
    PENDING = "pending"
    SCORED = "scored"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An interaction and everything known of it.

    Attributes:
        weight: how many interactions it stands for in figures of quality.
        trouble: why scoring it failed.
        deferred: it is scored when there is time; until then others of its second may stand for it.
    """

    interaction: Interaction
    state: State
    quality: Quality | None = None
    feedback: tuple[Feedback, ...] = ()
    weight: float = 1.0
    trouble: str = ""
    deferred: bool = False


class Backlog(NamedTuple):
    """How many interactions wait for scores: new ones, and those that wait until there is time."""

    new: int
    deferred: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which interactions are wanted; what is left out does not narrow.

    Attributes:
        min_latency: seconds, at least.
        max_quality: overall quality of at most this; unscored ones do not fit.
        flag: a flag of the interaction or of one of its scores.
        variant: an experiment it took part in, or `EXPERIMENT=VARIANT`.
        text: stands in question or answer, in either case; every one of the period is read.
        since, until: began at or after, and before.
    """

    user: str | None = None
    application: str | None = None
    group: str | None = None
    model: str | None = None
    outcome: Outcome | None = None
    severity: Severity | None = None
    status: Status | None = None
    min_latency: float | None = None
    max_quality: float | None = None
    flag: str | None = None
    variant: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
