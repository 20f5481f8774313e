"""Whether an answer says only what its passages say, with the spans that they do not bear out.

Lexical: words, numbers, names and opposites of each sentence are compared with the passages, and
two small logistic models judge what was seen, one a sentence, one the answer as a whole. Fitted by
`tools/fit_faithfulness.py`; the card stands beside the weights in `models/faithfulness.md`. Weak
where an answer paraphrases strongly or the error is subtle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from groundwatch.scoring.claims import claims, declines
from groundwatch.scoring.ground import Claim, Doubt, Ground
from groundwatch.scoring.logistic import constant, logistic, sigmoid
from groundwatch.scoring.support import SIGNALS, signals
from groundwatch.scoring.text import Reading, read

MODEL = "faithfulness"
VERSION = "lexical-2"
POOLS = ("max", "mean", "second")
NO_DOUBT = -4.0
_MOST_CLAIMS = 100


@dataclass(frozen=True)
class Judged:
    """One claim and what was seen of it."""

    sentence: int
    values: tuple[float, ...]
    doubts: tuple[Doubt, ...]

    @cached_property
    def logit(self) -> float:
        """Log odds that the passages do not support it."""
        return logistic(MODEL, "sentence").logit(self.values)

    def signal(self, name: str) -> float:
        return self.values[SIGNALS.index(name)]


@dataclass(frozen=True)
class Examined:
    """An answer, read against its passages."""

    reading: Reading
    claims: tuple[Judged, ...]

    @property
    def declines(self) -> bool:
        return declines(self.reading)

    @cached_property
    def logit(self) -> float:
        """Log odds that some of the answer is unsupported; very low without a claim."""
        if not self.claims:
            return NO_DOUBT
        return logistic(MODEL, "answer").logit(pooled([each.values for each in self.claims]))

    @property
    def unsupported(self) -> float:
        """Probability that some of the answer is unsupported."""
        return sigmoid(self.logit)


def examine(query: str, passages: Sequence[str], response: str) -> Examined:
    """Compare an answer with its passages; about 1.5 ms for seven sentences."""
    reading = read(response)
    ground = Ground(tuple(read(text) for text in passages if text.strip()))
    asked = frozenset(read(query).words.stems)
    found = []
    for sentence in claims(reading)[:_MOST_CLAIMS]:
        values, doubts = signals(Claim(reading, sentence, ground, asked))
        found.append(Judged(sentence, tuple(values[name] for name in SIGNALS), tuple(doubts)))
    return Examined(reading, tuple(found))


def pooled(rows: Sequence[Sequence[float]]) -> list[float]:
    """Each signal's maximum, mean and second highest over the claims of an answer."""
    columns = list(zip(*rows, strict=True))
    ordered = [sorted(column, reverse=True) for column in columns]
    return [
        *(column[0] for column in ordered),
        *(sum(column) / len(column) for column in columns),
        *(column[min(1, len(column) - 1)] for column in ordered),
    ]


def pooled_names() -> list[str]:
    return [f"{pool}_{name}" for pool in POOLS for name in SIGNALS]


def threshold() -> float:
    """Log odds from which an answer counts as unsupported, until traffic has calibrated it."""
    return constant(MODEL, "threshold")
