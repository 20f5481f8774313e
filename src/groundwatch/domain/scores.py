"""How good an answer is: one score a dimension, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.status import Status

_SIMPLE_BELOW, _MODERATE_BELOW = 0.15, 0.40
"""Where questions begin to be of moderate complexity, and complex."""


class Dimension(StrEnum):
    """What is scored; `ACCURACY` is faithfulness to the passages."""

    RELEVANCE = "relevance"
    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    COHERENCE = "coherence"
    CONSISTENCY = "consistency"
    SAFETY = "safety"
    COMPLIANCE = "compliance"
    RETRIEVAL = "retrieval"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a score rests on.

    Attributes:
        where: `response`, `query`, or `passage:RANK`.
        start, end: offsets into that text; None when the whole of it is meant.
        reason: a stable word (`new_number`, `negation`, `injection`), then what is worth knowing.
    """

    where: str
    reason: str
    start: int | None = None
    end: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One dimension of one answer.

    Attributes:
        value: 0 (bad) to 1 (good); None when it cannot be measured, never 0 for that.
        confidence: how often a score like this one is right, measured by calibration, 0 to 1.
        reason: why there is no value.
        facts: numbers behind the value (`recall_at_k`, `used_share`, `copied_share`).
        scorer: name and version; values of two versions are never compared.
        cost: CPU seconds.
    """

    dimension: Dimension
    value: float | None
    confidence: float | None = None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    flags: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    scorer: str = ""
    cost: float = 0.0


class Scorer(Protocol):
    """Measures one dimension; a pure function of the interaction and what it was made with."""

    @property
    def dimension(self) -> Dimension: ...

    @property
    def version(self) -> str: ...

    def score(self, interaction: Interaction) -> Score: ...


@dataclass(frozen=True, slots=True)
class Quality:
    """What the scores of one answer come to.

    Attributes:
        overall: weighted mean of what is present; None below half the weight.
        composite: plain mean, for display.
        coverage: share of the weight that is present, 0 to 1.
        status: from `overall` and the floors; `UNKNOWN` without a score.
        topic: the cluster its question belongs to; empty when none.
        category: what kind of question it was (`fact`, `procedure` ...); empty when unknown.
        complexity: how much the question asks for, 0 to 1.
        weight: how many answers it stands for while scoring lags: itself and those that wait; 0
            while others stand for it, 1 otherwise.
    """

    scores: tuple[Score, ...]
    overall: float | None
    composite: float | None
    coverage: float
    status: Status
    scored_at: datetime
    topic: str = ""
    reasons: tuple[str, ...] = ()
    category: str = ""
    complexity: float | None = None
    weight: float = 1.0

    def score(self, dimension: Dimension) -> Score | None:
        return next((each for each in self.scores if each.dimension is dimension), None)


def complexity_band(complexity: float) -> str:
    """`simple`, `moderate` or `complex`."""
    if complexity < _SIMPLE_BELOW:
        return "simple"
    return "moderate" if complexity < _MODERATE_BELOW else "complex"
