"""Coherence: whether the answer reads as one text.

Looks for defects: sentences said twice, an end that is cut off, a list out of order, a sentence
that points back at nothing, neighbours without a word in common, a second language. It does not
claim to know what people find well written. Fitted on shuffled, cut and repeated answers
(`tools/fit_coherence.py`).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.logistic import logistic, reliability, sigmoid, table
from groundwatch.scoring.results import NO_ANSWER, bounded, unmeasured
from groundwatch.scoring.text import Reading, read
from groundwatch.scoring.weights import weight

MODEL = "coherence"
SIGNALS = (
    "repeated", "twice", "cut", "list_order", "starts_back", "ends_early", "apart", "loose_back",
    "name_order", "scripts", "order", "late_start",
)  # fmt: skip
_BACK = re.compile(
    r"^\W*(?:it|its|this|these|those|they|their|them|he|she|his|her|such|however|therefore|thus|"
    r"additionally|furthermore|moreover|also|then|another|other|finally|similarly|instead|hence|"
    r"in addition|as a result|for example|for instance|on the other hand|overall|in conclusion|"
    r"in summary|both|that|meanwhile|consequently|nevertheless|but|and|so|"
    r"second(?:ly)?|third(?:ly)?"
    r"|lastly|next|by doing so|in contrast|conversely)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:overall|in conclusion|in summary|to sum|finally|lastly|ultimately|therefore|thus|"
    r"i hope|let me know|hope this|by following|with these)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:first(?:ly)?|to begin|based on|according to|sure|here (?:is|are))\b", re.IGNORECASE
)
_PRONOUN = re.compile(r"^\W*(?:it|they|he|she|this|these|those|his|her|their)\b", re.IGNORECASE)
_ENDED = re.compile(r"[.!?。！？:)\]\"'”’`|*]\s*$")  # noqa: RUF001
_ITEM = re.compile(r"^\s*(\d{1,2})[.)]\s", re.MULTILINE)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile(r"[\u0370-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SAME = 0.8
_LEAST = 0.5
_FEW = 3
_COMPARED = 60
"""Sentences that are compared with each other; the work grows with their square."""


@dataclass(frozen=True, slots=True)
class Coherence:
    """Probability that the answer has none of the defects."""

    dimension: Dimension = Dimension.COHERENCE
    version: str = "coherence/rules-1"

    def score(self, interaction: Interaction) -> Score:
        """Look at each sentence and its neighbours."""
        if not interaction.response.strip():
            return unmeasured(self.dimension, self.version, NO_ANSWER)
        reading = read(interaction.response)
        if not len(reading.words):
            return unmeasured(self.dimension, self.version, "the answer has no words")
        values = signals(reading)
        model = logistic(MODEL, "answer")
        value = bounded(sigmoid(-model.logit([values[name] for name in SIGNALS])))
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=tuple(_evidence(reading, values)),
            flags=tuple(_flags(values)) if value < _LEAST else (),
            facts={name: round(values[name], 4) for name in ("repeated", "cut", "apart")},
            scorer=self.version,
        )


def signals(reading: Reading) -> dict[str, float]:
    """Defects, 0 for none; none of them grows with the number of sentences."""
    parts = [reading.text[start:end] for start, end in reading.spans]
    back = [bool(_BACK.match(part)) for part in parts]
    sets = [
        frozenset(reading.words.stems[at] for at in reading.content_of(which))
        for which in range(len(parts))
    ]
    return {
        "repeated": _repeated(reading),
        "twice": float(bool(twice(sets))),
        "cut": float(_is_cut(reading.text)),
        "list_order": float(_list_broken(reading.text)),
        "starts_back": float(back[0]) if len(parts) > 1 else 0.0,
        "ends_early": _misplaced(parts),
        "apart": _apart(sets),
        "loose_back": _loose(parts, sets),
        "name_order": _name_order(reading),
        "scripts": _scripts(reading.text),
        "order": _order(reading),
        "late_start": _late_start(sets),
    }


def twice(sets: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs of sentences that say nearly the same words."""
    found = []
    for at, one in enumerate(sets[:_COMPARED]):
        for earlier in range(at):
            other = sets[earlier]
            if len(one) >= _FEW and len(one & other) >= _SAME * len(one | other):
                found.append((earlier, at))
    return found


def _repeated(reading: Reading) -> float:
    stems = reading.words.stems
    runs = Counter(zip(stems, stems[1:], stems[2:], stems[3:], strict=False))
    return sum(count - 1 for count in runs.values()) / max(1, runs.total())


def _is_cut(text: str) -> bool:
    last = text.rstrip().rsplit("\n", 1)[-1]
    listed = bool(re.match(r"\s*(?:[-*•]|\d+[.)])\s", last)) or len(last.split()) <= _FEW
    return (not _ENDED.search(text) and not listed) or last.endswith((",", ";", "-", "("))


def _list_broken(text: str) -> bool:
    numbers = [int(each) for each in _ITEM.findall(text)]
    return len(numbers) > 1 and any(
        later not in {earlier + 1, 1} for earlier, later in pairwise(numbers)
    )


def _misplaced(parts: Sequence[str]) -> float:
    """A closing phrase before the end, or an opening one after the start."""
    if len(parts) < _FEW:
        return 0.0
    early = any(_CLOSING.match(part) for part in parts[: max(1, len(parts) // 2)])
    late = any(_OPENING.match(part) for part in parts[(len(parts) + 1) // 2 :])
    return float(early) + float(late)


def opener(reading: Reading, which: int) -> str:
    """How a sentence begins: its first two words as stems."""
    begin, end = reading.bounds[which]
    return " ".join(reading.words.stems[begin : min(end, begin + 2)])


def _order(reading: Reading) -> float:
    """How unlikely the first and the last sentence begin as they do, there."""
    last = len(reading.spans) - 1
    if last < _FEW - 1:
        return 0.0
    return _place("first", opener(reading, 0)) + _place("last", opener(reading, last))


def _place(place: str, beginning: str) -> float:
    """Minus the log odds of a beginning at a place; from its first word where both are rare."""
    known = table(MODEL, f"{place}_words")
    return -known.get(beginning, known.get(beginning.split(" ", 1)[0], 0.0))


def _late_start(sets: Sequence[frozenset[str]]) -> float:
    """How much more a later sentence shares with all the others than the first does."""
    if len(sets) < _FEW:
        return 0.0
    sets = sets[:_COMPARED]
    shares = [
        sum(_shared(one, other) for other in sets if other is not one) / (len(sets) - 1)
        for one in sets
    ]
    return max(shares[1:]) - shares[0]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    size = min(sum(map(weight, one)), sum(map(weight, other)))
    return sum(map(weight, one & other)) / size if size else 0.0


def _apart(sets: Sequence[frozenset[str]]) -> float:
    """How much less neighbours share than sentences that are far from each other."""
    if len(sets) < _FEW:
        return 0.0
    sets = sets[:_COMPARED]
    near = [_shared(one, other) for one, other in pairwise(sets)]
    far = [
        _shared(sets[at], sets[other])
        for at in range(len(sets))
        for other in range(at + 2, len(sets))
    ]
    return sum(far) / len(far) - sum(near) / len(near)


def _loose(parts: Sequence[str], sets: Sequence[frozenset[str]]) -> float:
    """Share of sentences that begin with a pronoun and share no word with the one before."""
    pairs = range(1, len(parts))
    found = [at for at in pairs if _PRONOUN.match(parts[at]) and not sets[at] & sets[at - 1]]
    return len(found) / max(1, len(pairs))


def _name_order(reading: Reading) -> float:
    """Share of names whose short form stands in a sentence before the long one."""
    names: dict[str, list[tuple[int, bool]]] = {}
    for which, (begin, end) in enumerate(reading.bounds):
        for at in range(begin, end):
            if not reading.words.name[at]:
                continue
            joined = at + 1 < end and reading.words.name[at + 1]
            joined = joined or (at > begin and reading.words.name[at - 1])
            names.setdefault(reading.words.stems[at], []).append((which, joined))
    mixed = [uses for uses in names.values() if len({whole for _, whole in uses}) > 1]
    wrong = [uses for uses in mixed if not uses[0][1] and uses[0][0] < _first_whole(uses)]
    return len(wrong) / len(mixed) if mixed else 0.0


def _first_whole(uses: Sequence[tuple[int, bool]]) -> int:
    return next(which for which, whole in uses if whole)


def _scripts(text: str) -> float:
    latin, other = len(_LATIN.findall(text)), len(_OTHER.findall(text))
    return min(latin, other) / max(1, latin + other)


def _evidence(reading: Reading, values: dict[str, float]) -> list[Evidence]:
    found = []
    sets = [
        frozenset(reading.words.stems[at] for at in reading.content_of(which))
        for which in range(len(reading.spans))
    ]
    for _, later in twice(sets)[:4]:
        found.append(Evidence("response", "repeated", *reading.spans[later]))
    if values["cut"]:
        found.append(Evidence("response", "truncated", *reading.spans[-1]))
    if values["starts_back"]:
        found.append(Evidence("response", "points_back_at_nothing", *reading.spans[0]))
    if values["list_order"]:
        found.append(Evidence("response", "list_out_of_order"))
    return found


def _flags(values: dict[str, float]) -> list[str]:
    pairs = (("twice", "repetition"), ("repeated", "repetition"), ("cut", "truncated"))
    found = [flag for name, flag in pairs if values[name] > 0.1]
    return list(dict.fromkeys(found)) or ["incoherent"]
