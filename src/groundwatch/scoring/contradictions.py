"""Whether two sentences contradict each other: the same words, another number, name or sign."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from groundwatch.scoring.text import Reading, stem
from groundwatch.scoring.vocabulary import ANTONYMS, MONTHS, NEGATIONS
from groundwatch.scoring.weights import weight

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
    numbers: Counter[str]
    names: Counter[str]
    surfaces: Counter[str]
    signs: int

    @cached_property
    def mass(self) -> float:
        return _mass(self.told) + len(self.names)


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
    """Why two sentences contradict each other, and how alike they are; None when they do not.

    Numbers in common make two sentences alike as names do, but where numbers alone differ: rows of
    a table share some and differ in others.
    """
    told, names = one.told & other.told, one.names.keys() & other.names.keys()
    if len(told) + len(names) < _LEAST_WORDS:
        return None
    shared = _mass(told) + len(names)
    masses = sorted((one.mass, other.mass))
    numbers = len(one.numbers.keys() & other.numbers.keys())
    strength, mutual = ((shared + numbers) / max(mass + numbers, 0.01) for mass in masses)
    reason = _turned(one, other, strength, mutual)
    if not reason:
        strength, mutual = (shared / max(mass, 0.01) for mass in masses)
        is_alike = strength >= _CLOSE and mutual >= _ABOUT
        reason = "number" if is_alike and _differ(one.numbers, other.numbers) else ""
    return (reason, min(1.0, strength)) if reason else None


def _turned(one: Statement, other: Statement, strength: float, mutual: float) -> str:
    """Whether they say the opposite, or the same of another month or somebody else."""
    if mutual < _ABOUT:
        return ""
    if one.signs % 2 != other.signs % 2 and strength >= _CLOSE:
        return "negation"
    if _opposite(one, other):
        return "opposite"
    if _differ(_months(one), _months(other)):
        return "date" if strength >= _CLOSE else ""
    return "name" if _differ(one.names, other.names) else ""


_CLOSE = 0.65
_ABOUT = 0.5


_MONTHS = frozenset(map(stem, MONTHS))


def _months(one: Statement) -> Counter[str]:
    return Counter((one.told | one.names.keys()) & _MONTHS)


def _differ(one: Counter[str], other: Counter[str]) -> bool:
    """Whether each has something that the other has not."""
    return bool(one - other and other - one)


def _opposite(one: Statement, other: Statement) -> bool:
    only_one, only_other = one.surfaces - other.surfaces, other.surfaces - one.surfaces
    return any(not ANTONYMS[word].isdisjoint(only_other) for word in only_one if word in ANTONYMS)


def _mass(stems: frozenset[str]) -> float:
    return sum(map(weight, stems))


def _statement(reading: Reading, which: int) -> Statement:
    words = reading.words
    begin, end = reading.bounds[which]
    at = reading.content_of(which)
    return Statement(
        frozenset(
            words.stems[each] for each in at if not words.number[each] and not words.name[each]
        ),
        Counter(words.stems[each] for each in at if words.number[each]),
        Counter(words.stems[each] for each in at if words.name[each]),
        Counter(
            reading.text[words.starts[each] : words.ends[each]].casefold()
            for each in range(begin, end)
        ),
        sum(words.stems[each] in NEGATIONS for each in range(begin, end)),
    )
