"""Consistency: no contradiction inside the answer, none to earlier answers to the same question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.claims import declines
from groundwatch.scoring.contradictions import Clash, clashes, statements, within
from groundwatch.scoring.logistic import reliability
from groundwatch.scoring.results import DECLINED, NO_ANSWER, bounded, unmeasured
from groundwatch.scoring.text import read

MODEL = "consistency"
_SURE = 0.75
_COMPARED = 5


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that was given before to nearly the same question."""

    interaction_id: str
    response: str


class EarlierAnswers(Protocol):
    """Finds answers given before, of the same application, newest first."""

    def like(self, interaction: Interaction) -> Sequence[Earlier]: ...


@dataclass(frozen=True, slots=True)
class Consistency:
    """1 without a contradiction, falling with how alike the contradicting sentences are.

    Facts: `contradictions`, `earlier_contradictions`, `earlier_answers`.
    """

    earlier: EarlierAnswers | None = None
    dimension: Dimension = Dimension.CONSISTENCY
    version: str = "consistency/lexical-3"

    def score(self, interaction: Interaction) -> Score:
        """Compare the answer's sentences with each other and with earlier answers."""
        if not interaction.response.strip():
            return unmeasured(self.dimension, self.version, NO_ANSWER)
        reading = read(interaction.response)
        if declines(reading):
            return unmeasured(self.dimension, self.version, DECLINED, "declined")
        own = statements(reading)
        inside = list(within(own))
        evidence = [self._inside(reading.spans, each) for each in inside]
        before = list(self.earlier.like(interaction))[:_COMPARED] if self.earlier else []
        outside: list[Clash] = []
        for each in before:
            found = list(clashes(own, statements(read(each.response))))
            outside += found
            evidence += [
                Evidence("response", f"earlier_{one.reason}", *reading.spans[one.first],
                         detail=each.interaction_id)
                for one in found
            ]  # fmt: skip
        value = consistent([*inside, *outside])
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=tuple(evidence[:8]),
            flags=_flags(inside, outside),
            facts={
                "contradictions": float(len(inside)),
                "earlier_contradictions": float(len(outside)),
                "earlier_answers": float(len(before)),
            },
            scorer=self.version,
        )

    @staticmethod
    def _inside(spans: Sequence[tuple[int, int]], found: Clash) -> Evidence:
        start, end = spans[found.second]
        other = spans[found.first]
        return Evidence("response", found.reason, start, end, f"against {other[0]}-{other[1]}")


def consistent(found: Sequence[Clash]) -> float:
    """The value for the contradictions that were found; several weigh more than one."""
    left = 1.0
    for each in found:
        left *= 1.0 - _SURE * each.strength
    return bounded(left)


def _flags(inside: Sequence[Clash], outside: Sequence[Clash]) -> tuple[str, ...]:
    found = [*(["contradiction"] if inside else []), *(["contradicts_earlier"] if outside else [])]
    return tuple(found)
