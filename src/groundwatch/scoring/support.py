"""How well passages support one sentence, as signals from 0 (supported) upward.

Every signal grows with doubt, none grows with the length of the answer, and what was seen of
numbers, names and opposites is kept (`Doubt`), so that a low score can be explained.
"""

import math
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice, pairwise

from groundwatch.scoring.ground import Claim, Doubt
from groundwatch.scoring.text import stem
from groundwatch.scoring.vocabulary import ANTONYMS, NEGATIONS, STOPWORDS, UNIT_GROUPS

SIGNALS = (
    "novel", "novel_mass", "novel_run", "novel_pairs", "novel_triples", "not_in_best",
    "not_in_nearest", "out_of_order", "new_number", "moved_number", "new_name", "moved_name",
    "negation", "antonym", "unit", "not_copied", "apart", "unlike", "scattered",
)  # fmt: skip

_REACH = 14
_AROUND = 4
_OCCURRENCES = 8
_SAME_PASSAGE = 0.6
_SAME_SENTENCE = 0.45
_MOSTLY = 0.4


def signals(claim: Claim) -> tuple[dict[str, float], list[Doubt]]:
    """Return the signals by name, and what was seen of numbers, names and opposites."""
    found = dict.fromkeys(SIGNALS, 0.0)
    doubts: list[Doubt] = []
    if not claim.content:
        return found, doubts
    _novelty(claim, found, doubts)
    _sequence(claim, found)
    _alignment(claim, found, doubts)
    _opposites(claim, found, doubts)
    _units(claim, found, doubts)
    return found, doubts


def _novelty(claim: Claim, found: dict[str, float], doubts: list[Doubt]) -> None:
    words, mass, run, longest = claim.reading.words, 0.0, 0.0, 0.0
    for at in claim.content:
        missing = claim.missing(at)
        size = missing * claim.weights[at]
        mass += size
        run = run + size if missing else 0.0
        longest = max(longest, run)
        if not missing:
            continue
        reason = "new_word"
        if claim.is_number(at):
            reason = "new_number"
            found["new_number"] += claim.weights[at]
        elif claim.is_name(at):
            reason = "new_name"
            found["new_name"] += missing
        doubts.append(Doubt(words.starts[at], words.ends[at], reason, size))
    found["novel"] = mass / claim.total
    found["novel_mass"] = math.log1p(mass)
    found["novel_run"] = math.log1p(longest)
    found["new_number"] = min(2.0, found["new_number"])
    found["new_name"] = min(3.0, found["new_name"])


def _sequence(claim: Claim, found: dict[str, float]) -> None:
    stems = claim.stems
    pairs = list(pairwise(stems))
    triples = list(zip(stems, stems[1:], stems[2:], strict=False))
    found["novel_pairs"] = _share_outside(pairs, claim.ground.pairs)
    found["novel_triples"] = _share_outside(triples, claim.ground.triples)
    outside = sum(claim.weights[at] for at in claim.content if claim.stem(at) not in claim.best)
    found["not_in_best"] = outside / claim.total
    far = sum(claim.weights[at] for at in claim.content if claim.stem(at) not in claim.near)
    found["not_in_nearest"] = far / claim.total
    near = [stem for each in claim.nearest for stem in claim.ground.stems_of(each)]
    found["out_of_order"] = 1.0 - _common(stems, near) / len(stems)
    longest = max(_common(stems, each.words.stems) for each in claim.ground.passages)
    found["scattered"] = 1.0 - longest / len(stems)
    found["unlike"] = sum(stem not in claim.ground.vocabulary for stem in stems) / len(stems)
    found["not_copied"] = 1.0 - min(1.0, _longest_copy(triples, claim.ground.triples) / len(stems))


def _share_outside(parts: Sequence[Hashable], known: AbstractSet[Hashable]) -> float:
    return sum(part not in known for part in parts) / len(parts) if parts else 0.0


def _longest_copy(triples: Sequence[Hashable], known: AbstractSet[Hashable]) -> int:
    longest = run = 0
    for triple in triples:
        run = run + 1 if triple in known else 0
        longest = max(longest, run + 2 if run else 0)
    return longest


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence, bit-parallel (Hyyro 2004)."""
    masks: dict[str, int] = {}
    for at, word in enumerate(left):
        masks[word] = masks.get(word, 0) | (1 << at)
    whole = (1 << len(left)) - 1
    row = whole
    for word in right:
        mask = masks.get(word)
        if mask is not None:
            kept = row & mask
            row = ((row + kept) | (row - kept)) & whole
    return len(left) - row.bit_count()


def _alignment(claim: Claim, found: dict[str, float], doubts: list[Doubt]) -> None:
    """Words that stand in the passages, but beside other words than here."""
    words, mass = claim.reading.words, 0.0
    moved_numbers, moved_names = 0.0, 0.0
    for index, at in enumerate(claim.content):
        if claim.missing(at):
            mass += claim.missing(at) * claim.weights[at]
            continue
        around = claim.content[max(0, index - _AROUND) : index]
        around += claim.content[index + 1 : index + 1 + _AROUND]
        apart = _apart(claim, at, around)
        mass += apart * claim.weights[at]
        if words.number[at]:
            moved_numbers = max(moved_numbers, apart)
            kind = "moved_number"
        elif claim.is_name(at):
            moved_names = max(moved_names, apart)
            kind = "moved_name"
        else:
            continue
        if apart > _MOSTLY:
            doubts.append(Doubt(words.starts[at], words.ends[at], kind, apart))
    found["apart"] = mass / claim.total
    found["moved_number"], found["moved_name"] = moved_numbers, moved_names


def _apart(claim: Claim, at: int, around: Sequence[int]) -> float:
    """Share of a word's neighbours that stand near none of its occurrences in the passages."""
    stem = claim.reading.words.stems[at]
    expected = {
        claim.stem(each): claim.weights[each]
        for each in around
        if claim.stem(each) in claim.ground.vocabulary  # what is new counts as new already
    }
    expected.pop(stem, None)
    total = sum(expected.values())
    if not total:
        return 0.0
    best = 0.0
    for passage in claim.ground.passages:
        where = passage.positions.get(stem, ())
        if not where:
            continue
        stems = passage.words.stems
        farther = sum(size for word, size in expected.items() if word in passage.positions)
        for at_ in where[:_OCCURRENCES]:
            window = set(stems[max(0, at_ - _REACH) : at_ + _REACH + 1])
            close = sum(size for word, size in expected.items() if word in window)
            best = max(best, close + _SAME_PASSAGE * (farther - close))
    return (1.0 - best / total) * total / (total + 1.0)


def _opposites(claim: Claim, found: dict[str, float], doubts: list[Doubt]) -> None:
    if not claim.nearest:
        return
    strength = 1.0 - found["not_in_best"]
    if strength < _SAME_SENTENCE:
        return
    if _sign_differs(claim):
        found["negation"] = strength * (1.0 - found["out_of_order"])
        start, end = claim.reading.spans[claim.sentence]
        doubts.append(Doubt(start, end, "negation", strength))
    words, there = claim.reading.words, _surfaces(claim)
    here = {
        at: claim.reading.text[words.starts[at] : words.ends[at]].casefold() for at in claim.all
    }
    said = frozenset(here.values())
    for at, surface in here.items():
        opposite = ANTONYMS.get(surface, frozenset()) - said
        if words.stems[at] not in claim.near and not opposite.isdisjoint(there):
            found["antonym"] = strength
            doubts.append(Doubt(words.starts[at], words.ends[at], "opposite", strength))


def _sign_differs(claim: Claim) -> bool:
    """Tell whether a word is denied here and said there, or the other way round."""
    here, best = _denied(claim.stems), claim.ground.stems_of(claim.nearest[0])
    there = _denied(best)
    anywhere = {stem for each in claim.nearest for stem in _denied(claim.ground.stems_of(each))}
    added = (here & frozenset(best)) - anywhere
    dropped = (there & frozenset(claim.stems)) - here
    return bool(added or dropped)


def _denied(stems: Sequence[str]) -> frozenset[str]:
    """The first words with meaning after each negation."""
    found: set[str] = set()
    for at, word in enumerate(stems):
        if word in NEGATIONS:
            after = (each for each in stems[at + 1 : at + 6] if each not in STOPWORDS)
            found.update(islice(after, 2))
    return frozenset(found)


def _surfaces(claim: Claim) -> frozenset[str]:
    at, which = claim.ground.sentences[claim.nearest[0]]
    passage = claim.ground.passages[at]
    begin, end = passage.bounds[which]
    return frozenset(
        passage.text[start:stop].casefold()
        for start, stop in zip(
            passage.words.starts[begin:end], passage.words.ends[begin:end], strict=True
        )
    )


def _units(claim: Claim, found: dict[str, float], doubts: list[Doubt]) -> None:
    """A number that stands in the passages with another unit only."""
    words = claim.reading.words
    for at in claim.content:
        if not words.number[at] or at + 1 >= len(words):
            continue
        unit = words.stems[at + 1]
        stem = words.stems[at]
        if unit not in _UNITS or stem not in claim.ground.vocabulary:
            continue
        after = {
            passage.words.stems[where + 1]
            for passage in claim.ground.passages
            for where in passage.positions.get(stem, ())
            if where + 1 < len(passage.words)
        }
        if after and unit not in after and not after.isdisjoint(_UNITS[unit]):
            found["unit"] = 1.0
            doubts.append(Doubt(words.starts[at], words.ends[at + 1], "unit", 1.0))


def _stemmed_units() -> dict[str, frozenset[str]]:
    groups = [frozenset(stem(unit) for unit in group) for group in UNIT_GROUPS]
    return {unit: group for group in groups for unit in group}


_UNITS = _stemmed_units()
