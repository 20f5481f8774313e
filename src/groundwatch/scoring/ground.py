"""A sentence of an answer beside the passages it may rest on."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from groundwatch.scoring.claims import OPENING
from groundwatch.scoring.kin import kin
from groundwatch.scoring.text import Reading
from groundwatch.scoring.text import stem as stem_of
from groundwatch.scoring.vocabulary import MONTHS, WEEKDAYS
from groundwatch.scoring.weights import weight

_NEAREST = 3
DATES = frozenset(map(stem_of, MONTHS | WEEKDAYS)) - {"may", "march"}
_PREFIX = 5
_PREFIX_CREDIT = 0.6
_QUERY_CREDIT = 0.5
_KIN_NEAR_CREDIT, _KIN_CREDIT = 0.7, 0.35
_COUNTED = 0.5
_RARE = 0.6


@dataclass(frozen=True, slots=True)
class Doubt:
    """A word that the passages do not bear out; offsets in the response."""

    start: int
    end: int
    reason: str
    size: float


@dataclass(frozen=True)
class Ground:
    """Passages as claims are compared with them."""

    passages: tuple[Reading, ...]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        return frozenset(stem for each in self.passages for stem in each.words.stems)

    @cached_property
    def prefixes(self) -> frozenset[str]:
        return frozenset(stem[:_PREFIX] for stem in self.vocabulary if len(stem) >= _PREFIX)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            pair
            for each in self.passages
            for pair in zip(each.words.stems, each.words.stems[1:], strict=False)
        )

    @cached_property
    def triples(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(
            triple
            for each in self.passages
            for triple in zip(
                each.words.stems, each.words.stems[1:], each.words.stems[2:], strict=False
            )
        )

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Passage and sentence, of those with content."""
        return tuple(
            (at, which) for at, each in enumerate(self.passages) for which in range(len(each.spans))
        )

    @cached_property
    def holding(self) -> Mapping[str, tuple[int, ...]]:
        """In which of `sentences` a content stem stands."""
        found: dict[str, list[int]] = {}
        for number, (at, which) in enumerate(self.sentences):
            reading = self.passages[at]
            for stem in {reading.words.stems[each] for each in reading.content_of(which)}:
                found.setdefault(stem, []).append(number)
        return {stem: tuple(where) for stem, where in found.items()}

    def stems_of(self, sentence: int) -> tuple[str, ...]:
        at, which = self.sentences[sentence]
        begin, end = self.passages[at].bounds[which]
        return self.passages[at].words.stems[begin:end]


@dataclass(frozen=True)
class Claim:
    """A sentence of an answer and the parts of passages nearest to it."""

    reading: Reading
    sentence: int
    ground: Ground
    asked: frozenset[str]

    @cached_property
    def all(self) -> range:
        """Positions of its words, without an opening that only speaks of the passages."""
        begin, end = self.reading.bounds[self.sentence]
        start, stop = self.reading.spans[self.sentence]
        opening = OPENING.match(self.reading.text, start, stop)
        after = bisect_left(self.reading.words.starts, opening.end() if opening else start)
        return range(after, end) if after < end else range(begin, end)

    @cached_property
    def content(self) -> list[int]:
        found = [at for at in self.all if self.reading.words.content[at]]
        return found or list(self.all)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        return self.reading.words.stems[self.all.start : self.all.stop]

    @cached_property
    def weights(self) -> dict[int, float]:
        """What each content word weighs; numbers and names weigh fully."""
        return {at: self._weight(at) for at in self.content}

    def _weight(self, at: int) -> float:
        if self.reading.words.number[at]:
            return _COUNTED if self.spelled(at) else 1.0
        return 1.0 if self.is_name(at) or self.is_number(at) else weight(self.stem(at))

    def is_number(self, at: int) -> bool:
        """Tell whether a word is a number or a part of a date."""
        return self.reading.words.number[at] or self.stem(at) in DATES

    def spelled(self, at: int) -> bool:
        """Tell whether a number is a word: answers count what they list (`two ways`)."""
        return self.reading.text[self.reading.words.starts[at]].isalpha()

    def is_name(self, at: int) -> bool:
        """Tell whether a capitalised word is rare enough for a name; headings have common ones."""
        return self.reading.words.name[at] and weight(self.stem(at)) >= _RARE

    @cached_property
    def total(self) -> float:
        return sum(self.weights.values()) or 1.0

    @cached_property
    def nearest(self) -> list[int]:
        """The sentences of passages that share most with this one, best first."""
        shared: dict[int, float] = {}
        seen = set()
        for at in self.content:
            stem = self.reading.words.stems[at]
            if stem in seen:
                continue
            seen.add(stem)
            for sentence in self.ground.holding.get(stem, ()):
                shared[sentence] = shared.get(sentence, 0.0) + self.weights[at]
        ground = self.ground
        ranked = sorted(
            shared,
            key=lambda each: (
                round(-shared[each] / (8 + len(ground.stems_of(each))) ** 0.25, 9),
                ground.stems_of(each),
            ),
        )
        return ranked[:_NEAREST]

    @cached_property
    def best(self) -> frozenset[str]:
        return frozenset(self.ground.stems_of(self.nearest[0])) if self.nearest else frozenset()

    @cached_property
    def near(self) -> frozenset[str]:
        """Words of the nearest sentences."""
        return frozenset(stem for each in self.nearest for stem in self.ground.stems_of(each))

    def stem(self, at: int) -> str:
        return self.reading.words.stems[at]

    def missing(self, at: int) -> float:
        """How much of a word is missing in the passages, 0 to 1."""
        stem = self.reading.words.stems[at]
        if stem in self.ground.vocabulary:
            return 0.0
        if self.is_number(at):
            return 1.0
        alike = len(stem) >= _PREFIX and stem[:_PREFIX] in self.ground.prefixes
        known = stem in self.asked
        left = 1 - _PREFIX_CREDIT if alike else 1.0 - self._said_otherwise(stem)
        return left * (1 - _QUERY_CREDIT if known else 1.0)

    def _said_otherwise(self, stem: str) -> float:
        """Credit for a word of nearly the same meaning in the passages, most in the nearest."""
        others = kin(stem)
        if not others.isdisjoint(self.near):
            return _KIN_NEAR_CREDIT
        return 0.0 if others.isdisjoint(self.ground.vocabulary) else _KIN_CREDIT
