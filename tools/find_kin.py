"""Finds words that mean nearly the same and writes `scoring/models/kin.txt`.

    python -m tools.find_kin --data ../shared/data --models FOLDER

Common words of models' answers (HaluEval general, MIT; HaluQuestQA, Apache-2.0) and of passages,
each embedded alone (all-MiniLM-L6-v2, Apache-2.0); two are kin from a cosine of .6 on. What must
not be taken for each other is left out: opposites, numbers, dates, units, colours, relatives.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from groundwatch.models.embedder import Urgency
from groundwatch.models.select import open_embedder
from groundwatch.models.settings import MiniLMSettings
from groundwatch.scoring.text import stem
from groundwatch.scoring.vocabulary import (
    ANTONYMS,
    MONTHS,
    NEGATIONS,
    NUMBER_WORDS,
    STOPWORDS,
    UNIT_GROUPS,
    WEEKDAYS,
)
from tools import fitting

_WORDS, _LEAST_TEXTS = 14_000, 3
_LEAST_COSINE = 0.6
_MOST_KIN = 10
_PASSAGES = 6_000
_NEVER = """red green blue yellow black white brown orange purple pink grey gray first second third
    fourth fifth sixth hundred thousand million billion north south east west northern southern
    eastern western brother sister son daughter father mother wife husband uncle aunt"""
_DENYING = re.compile(r"un|in|im|dis|non|mis|anti")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, required=True)
    given = parser.parse_args()
    words = common_words(given.data)
    embedder = open_embedder(MiniLMSettings(), given.models)
    assert embedder is not None
    vectors = embedder.embed(list(words), Urgency.BULK)
    kin: dict[str, dict[str, float]] = {}
    for at, word in enumerate(words):
        alike = vectors @ vectors[at]
        for other in np.argsort(-alike)[1:25]:
            near = float(alike[other])
            if near >= _LEAST_COSINE and _may_be(word, words[other]):
                mine = kin.setdefault(stem(word), {})
                mine[stem(words[other])] = max(near, mine.get(stem(words[other]), 0.0))
    lines = list(_lines(kin))
    (fitting.MODELS / "kin.txt").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} stems with kin, of {len(words)} words")


def common_words(data: Path) -> Sequence[str]:
    """Words in lower case, most common first."""
    found: Counter[str] = Counter()
    for name in ("halueval_general", "incomplete_ans"):
        for line in (data / "quality" / f"{name}.jsonl").read_text().splitlines():
            found.update(_words(json.loads(line)["response"]))
    for name in ("dbpedia_entity", "rgb_fact", "financebench_pages"):
        lines = (data / "retrieval" / name / "corpus.jsonl").read_text().splitlines()
        for line in lines[:_PASSAGES]:
            found.update(_words(json.loads(line)["text"]))
    return [
        word
        for word, count in found.most_common(_WORDS)
        if count >= _LEAST_TEXTS and word not in STOPWORDS
    ]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\b[a-z]{3,}\b", text))


def _may_be(word: str, other: str) -> bool:
    one, two = stem(word), stem(other)
    if one == two or min(len(one), len(two)) < 3 or {one, two} & _never():
        return False
    if two in _opposites().get(one, ()):
        return False
    bare, opposed = _DENYING.sub("", other, count=1), _DENYING.match(other)
    return not (opposed and opposed.start() == 0 and bare[:4] == word[:4])


@cache
def _opposites() -> dict[str, set[str]]:
    """Opposites by stem: `increases` and `decreasing` are never kin."""
    found: dict[str, set[str]] = {}
    for word, others in ANTONYMS.items():
        found.setdefault(stem(word), set()).update(map(stem, others))
    return found


@cache
def _never() -> frozenset[str]:
    units = {unit for group in UNIT_GROUPS for unit in group}
    words = {*NUMBER_WORDS, *MONTHS, *WEEKDAYS, *NEGATIONS, *units, *_NEVER.split()}
    return frozenset(stem(word) for word in words)


def _lines(kin: dict[str, dict[str, float]]) -> Iterator[str]:
    """Each pair once, in order."""
    pairs: dict[str, set[str]] = {}
    for one, others in kin.items():
        for other in sorted(others, key=lambda each: -others[each])[:_MOST_KIN]:
            first, second = sorted((one, other))
            pairs.setdefault(first, set()).add(second)
    for first, seconds in sorted(pairs.items()):
        yield f"{first} {' '.join(sorted(seconds))}"


if __name__ == "__main__":
    main()
