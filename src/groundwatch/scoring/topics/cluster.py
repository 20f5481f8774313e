"""A cluster of questions: what its members have in common, and the name it got."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zlib import crc32

from groundwatch.scoring.topics.asked import Asked

if TYPE_CHECKING:
    from groundwatch.scoring.topics.asked import Vector

_KEPT_STEMS = 60
_MOST_STEMS = 90
_KEPT_WORDS = 3
_KEPT_MARKS = 40
_OF_VECTORS, _OF_WORDS = 0.65, 0.35


@dataclass(slots=True)
class Cluster:
    """Questions about the same thing.

    Attributes:
        members: how many questions joined.
        terms: sums of the members' weights by stem.
        counts: in how many members a stem stands; one that is asked again counts once.
        words: how often a stem was written how.
        vector: sum of the members' vectors; None while none had one.
        met: marks of the latest members, to know one that is asked again.
        name: empty until there are members enough; then it stays.
    """

    born: datetime
    seen: datetime
    members: int = 0
    terms: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    words: dict[str, dict[str, int]] = field(default_factory=dict)
    vector: "Vector | None" = None
    name: str = ""
    met: list[int] = field(default_factory=list)
    _length: float = -1.0

    def likeness(self, question: Asked) -> float:
        """How near a question is, 0 to 1: by vectors and words, or by words alone."""
        by_words = self._shared(question)
        if question.vector is None or self.vector is None:
            return by_words
        by_vectors = _cosine(self.vector, question.vector)
        return max(0.0, _OF_VECTORS * by_vectors + _OF_WORDS * by_words)

    def join(self, question: Asked, at: datetime) -> None:
        """Take a question in."""
        self.members += 1
        self.seen = max(self.seen, at)
        mark = crc32(" ".join(sorted(question.terms)).encode("utf-8", "replace"))
        first = mark not in self.met
        self.met = [*(each for each in self.met if each != mark), mark][-_KEPT_MARKS:]
        for stem, value in question.terms.items():
            self.terms[stem] = self.terms.get(stem, 0.0) + value
            self.counts[stem] = self.counts.get(stem, 0) + first
            self._hear(stem, question.words[stem])
        if question.vector is not None:
            vector = question.vector
            self.vector = vector.copy() if self.vector is None else self.vector + vector
        self._length = -1.0
        if len(self.terms) > _MOST_STEMS:
            self._forget()

    def word(self, stem: str) -> str:
        """A stem as it is written most often."""
        written = self.words[stem]
        return min(written, key=lambda each: (-written[each], len(each), each))

    def _hear(self, stem: str, word: str) -> None:
        written = self.words.setdefault(stem, {})
        if word in written or len(written) < _KEPT_WORDS:
            written[word] = written.get(word, 0) + 1

    def _shared(self, question: Asked) -> float:
        if self._length < 0:
            self._length = math.sqrt(math.fsum(value * value for value in self.terms.values()))
        if not self._length:
            return 0.0
        shared = (
            value * self.terms[stem] for stem, value in question.terms.items() if stem in self.terms
        )
        return math.fsum(shared) / self._length

    def _forget(self) -> None:
        kept = sorted(self.terms, key=lambda stem: (-self.terms[stem], stem))[:_KEPT_STEMS]
        self.terms = {stem: self.terms[stem] for stem in kept}
        self.counts = {stem: self.counts[stem] for stem in kept}
        self.words = {stem: self.words[stem] for stem in kept}


def _cosine(one: "Vector", other: "Vector") -> float:
    if one.shape != other.shape:  # the embedder was exchanged
        return 0.0
    length = float((one * one).sum()) ** 0.5
    return float((one * other).sum()) / length if length else 0.0
