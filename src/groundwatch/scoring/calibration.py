"""Where the line between supported and unsupported lies for one application.

Ranking carries over from the data a model was fitted on to other data, thresholds do not: how
freely an application's answers are worded moves every log odds. Without labels the line is put so
that a typical share of recent answers is above it, within bounds around the default, so that an
application without fault is not accused for the sake of a quota.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundwatch.scoring.faithfulness import threshold

ENOUGH = 200
"""Answers from which on an application's own line is used."""

TYPICAL_SHARE = 0.25
_DOWN, _UP, _UP_BY_CLAIMS = 1.0, 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The line, in log odds of being unsupported.

    Attributes:
        cut: answers at or above it count as unsupported.
        answers: how many recent answers it rests on; 0 for the default.
    """

    cut: float
    answers: int = 0

    @property
    def state(self) -> str:
        return "calibrated" if self.answers else "default"


Calibrations = Callable[[str], Calibration]
"""The calibration of an application, by its name."""


def default_calibration(application: str = "") -> Calibration:  # noqa: ARG001  see Calibrations
    """The line that was fitted with the model."""
    return Calibration(threshold())


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What is kept of a scored answer: facts `doubt` and `claims` of its accuracy score."""

    logit: float
    claims: int


def from_traffic(
    answers: Sequence[Doubtful], share: float = TYPICAL_SHARE, enough: int = ENOUGH
) -> Calibration:
    """Put the line by recent answers; the default when they are too few.

    The line may rise the more the longer the answers are: the highest doubt over many claims is
    higher than over one, also where all are supported.

    Args:
        answers: recent answers of one application.
        share: of answers that are typically unsupported.
        enough: with fewer answers the default stands.
    """
    if len(answers) < enough:
        return default_calibration()
    ordered = sorted(each.logit for each in answers)
    claims = sorted(each.claims for each in answers)[len(answers) // 2]
    up = _UP + _UP_BY_CLAIMS * math.log(max(1, claims))
    found = ordered[min(len(ordered) - 1, int((1.0 - share) * len(ordered)))]
    fitted = threshold()
    return Calibration(min(max(found, fitted - _DOWN), fitted + up), len(ordered))
