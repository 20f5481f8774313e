"""Whether two sentences contradict each other: the same words, another number, name or sign."""

from collections.abc import Iterator
from dataclasses import dataclass

from groundwatch.scoring.text import Reading
from groundwatch.scoring.vocabulary import ANTONYMS, MONTHS, NEGATIONS
from groundwatch.scoring.weights import weight

_LEAST_SHARED = 0.5
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sentences that cannot both hold.

    Attributes:
        first, second: their numbers.
        reason: `number`, `negation`, `opposite`, `name` or `date`.
        strength: share of the words they have in common, 0 to 1.
    """

    first: int
    second: int
    reason: str
    strength: float


@dataclass(frozen=True)
class Statement:
    """What a sentence says, in sets.

    Attributes:
        told: content words without numbers and names.
        signs: how many negations it holds.
    """

    told: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]
    surfaces: frozenset[str]
    signs: int


def statements(reading: Reading) -> list[Statement]:
    """The sentences of a text."""
    return [_statement(reading, which) for which in range(len(reading.spans))]


def clashes(one: list[Statement], other: list[Statement]) -> Iterator[Clash]:
    """Contradictions between the sentences of two texts."""
    for first, left in enumerate(one):
        for second, right in enumerate(other):
            found = clash(left, right)
            if found:
                yield Clash(first, second, *found)


def within(own: list[Statement]) -> Iterator[Clash]:
    """Contradictions between the sentences of one text."""
    for second, right in enumerate(own):
        for first in range(second):
            found = clash(own[first], right)
            if found:
                yield Clash(first, second, *found)


def clash(one: Statement, other: Statement) -> tuple[str, float] | None:
    """Why two sentences contradict each other, and how alike they are; None when they do not."""
    common = (one.told & other.told) | (one.names & other.names)
    if len(common) < _LEAST_WORDS:
        return None
    strength = _mass(common) / max(
        min(_mass(one.told | one.names), _mass(other.told | other.names)), 0.01
    )
    if strength < _LEAST_SHARED:
        return None
    reason = _reason(one, other, strength)
    return (reason, min(1.0, strength)) if reason else None


def _reason(one: Statement, other: Statement, strength: float) -> str:
    only_one, only_other = one.told - other.told, other.told - one.told
    if bool(one.signs % 2) != bool(other.signs % 2) and strength >= _CLOSE:
        return "negation"
    if _opposite(one, other):
        return "opposite"
    new_numbers = one.numbers - other.numbers, other.numbers - one.numbers
    if all(new_numbers) and strength >= _CLOSE:
        return "number"
    months = (only_one & _MONTHS, only_other & _MONTHS)
    if all(months) and strength >= _CLOSE:
        return "date"
    new_names = one.names - other.names, other.names - one.names
    if all(new_names) and strength >= _VERY_CLOSE:
        return "name"
    return ""


_CLOSE = 0.65
_VERY_CLOSE = 0.75
_MONTHS = MONTHS


def _opposite(one: Statement, other: Statement) -> bool:
    only_one, only_other = one.surfaces - other.surfaces, other.surfaces - one.surfaces
    return any(not ANTONYMS[word].isdisjoint(only_other) for word in only_one if word in ANTONYMS)


def _mass(stems: frozenset[str]) -> float:
    return sum(weight(stem) for stem in stems)


def _statement(reading: Reading, which: int) -> Statement:
    words = reading.words
    begin, end = reading.bounds[which]
    at = reading.content_of(which)
    return Statement(
        frozenset(
            words.stems[each] for each in at if not words.number[each] and not words.name[each]
        ),
        frozenset(words.stems[each] for each in at if words.number[each]),
        frozenset(words.stems[each] for each in at if words.name[each]),
        frozenset(
            reading.text[words.starts[each] : words.ends[each]].casefold()
            for each in range(begin, end)
        ),
        sum(words.stems[each] in NEGATIONS for each in range(begin, end)),
    )
