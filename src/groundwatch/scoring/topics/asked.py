"""A question as topics are found by it: the words that carry its subject, and its vector."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwatch.scoring.text import read, stem
from groundwatch.scoring.weights import weight

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

_SAYS_NOTHING = frozenset(
    map(
        stem,
        """please help want know tell explain need find show get give make use using say work thing
        things way question answer today tomorrow yesterday now still already soon long often
        much many someone somebody anybody something anything allow allowed possible happen
        happens mean means look like go going come take taken ask hello hi thanks thank ok sure
        really exactly actually kind sort bit lot new old good bad able would could should let try
        company people person""".split(),  # noqa: SIM905
    )
)
_LONGEST = 2_000
_MOST_STEMS = 40
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        terms: weights by stem; of length 1 together.
        words: how each stem was written, in lower case.
        vector: of length 1; None without an embedder.
    """

    terms: Mapping[str, float]
    words: Mapping[str, str]
    vector: "Vector | None" = None


def asked(text: str, shares: Mapping[str, float], vector: "Vector | None" = None) -> Asked:
    """Read a question.

    Args:
        text: the question; only its beginning is read.
        shares: of an application's questions in which a stem stands, as far as known: a word that
            stands in every question tells nothing apart.
        vector: of the question.
    """
    reading = read(text[:_LONGEST])
    words = reading.words
    surfaces: dict[str, str] = {}
    for at, each in enumerate(words.stems):
        if words.content[at] and not words.number[at] and _tells(each):
            surfaces.setdefault(each, text[words.starts[at] : words.ends[at]].lower())
        if len(surfaces) >= _MOST_STEMS:
            break
    raw = {each: weight(each) * rarity(shares.get(each, 0.0)) for each in surfaces}
    length = math.sqrt(math.fsum(value * value for value in raw.values()))
    terms = {each: value / length for each, value in raw.items()} if length else {}
    return Asked(terms, surfaces if terms else {}, vector)


def rarity(share: float) -> float:
    """From 1 for a word of few questions down to .2 for one of every question."""
    return max(0.2, 1.0 - 1.6 * max(0.0, share - 0.05))


def _tells(each: str) -> bool:
    return len(each) >= _LEAST_LETTERS and each not in _SAYS_NOTHING and not each.isdigit()
