"""Questions with answers, and with answers that belong to another question or lack a part."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from groundwatch.scoring.text import read
from groundwatch.scoring.weights import weight
from tools.made_answers.passages import whole_sentences
from tools.made_answers.wording import reword


@dataclass(frozen=True)
class Asked:
    """A question, an answer and what is known of both.

    Attributes:
        bad: 1 when the answer is not what was asked for.
        group: rows that share texts.
    """

    query: str
    response: str
    bad: int
    group: str
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A question of a retrieval corpus with its gold passages and the nearest wrong ones."""

    query: str
    answers: tuple[str, ...]
    gold: tuple[str, ...]
    wrong: tuple[str, ...]
    group: str


def hard_swaps(data: Path) -> list[Asked]:
    """Each answer of a model beside the answer to the most similar other question."""
    pairs = []
    for name in ("halueval_general", "incomplete_ans"):
        for line in (data / "quality" / f"{name}.jsonl").read_text().splitlines():
            one = json.loads(line)
            if len(one["query"].split()) >= 4 and len(one["response"].split()) >= 5:
                pairs.append((one["query"], one["response"]))
    unique = dict(pairs)
    queries = list(unique)
    near = nearest(queries)
    found = []
    for at, query in enumerate(queries):
        other = queries[near[at]]
        group = f"{min(at, near[at])}"
        found.append(Asked(query, unique[query], 0, group))
        if unique[other] != unique[query]:
            found.append(Asked(query, unique[other], 1, group))
    return found


def swapped_answers(questions: Sequence[Judged], seed: int) -> list[Asked]:
    """Answers made of the gold passage beside the answer to the most similar other question."""
    rng = random.Random(seed)  # noqa: S311
    unique = {each.query: _answering(each)[:2] for each in questions}
    queries = [query for query, sentences in unique.items() if sentences]
    if not queries:
        return []
    near = nearest(queries)
    found = []
    for at, query in enumerate(queries):
        other = queries[near[at]]
        if set(unique[other]) & set(unique[query]):
            continue
        for bad, given in ((0, query), (1, other)):
            response = " ".join(reword(part, 0.4, rng) for part in unique[given])
            found.append(Asked(query, response, bad, f"made:{min(at, near[at])}"))
    return found


def nearest(queries: Sequence[str]) -> list[int]:
    """The most similar other question of each, that is not the same question."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(
        analyzer=lambda text: list(read(text).positions), sublinear_tf=True
    ).fit_transform(queries)
    found = []
    for begin in range(0, len(queries), 500):
        block = (vectors[begin : begin + 500] @ vectors.T).toarray()
        for row, alike in enumerate(block):
            alike[begin + row] = -1
            alike[alike > 0.85] = -1  # the same question in other words
            found.append(int(np.argmax(alike)))
    return found


def judged(name: str, data: Path) -> list[Judged]:
    """Questions with gold passages; `wrong` are the nearest that are not gold."""
    folder = data / "retrieval" / name
    corpus = {}
    for line in (folder / "corpus.jsonl").read_text().splitlines():
        one = json.loads(line)
        corpus[one["id"]] = f"{one.get('title', '').replace('_', ' ')}. {one['text'][:900]}"
    gold: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, document, grade = line.split("\t")
        if int(grade) > 0 and document in corpus:
            gold.setdefault(query, set()).add(document)
    search = _Search(corpus)
    found = []
    for line in (folder / "queries.jsonl").read_text().splitlines():
        one = json.loads(line)
        mine = gold.get(one["id"], set())
        if not mine:
            continue
        ranked = search.best(one["text"], 12)
        wrong = tuple(corpus[each] for each in ranked if each not in mine)
        answers = _flat(one.get("answers") or one.get("answer", ""))
        right = tuple(corpus[each] for each in sorted(mine)[:2])
        group = f"{name}:{one.get('article', one['id'])}"
        found.append(Judged(one["text"], tuple(answers), right, wrong, group))
    return found


def _flat(given: object) -> list[str]:
    """Answers as text, however deep they are listed."""
    if isinstance(given, list):
        return [text for each in given for text in _flat(each)]
    return [str(given)]


class _Search:
    """Plain weighted word overlap over a corpus."""

    def __init__(self, corpus: dict[str, str]) -> None:
        self._holding: dict[str, list[str]] = {}
        self._size = {}
        for key, text in corpus.items():
            stems = set(read(text).positions)
            self._size[key] = len(stems)
            for stem in stems:
                self._holding.setdefault(stem, []).append(key)

    def best(self, query: str, count: int) -> list[str]:
        shared: dict[str, float] = {}
        for stem in read(query).positions:
            for key in self._holding.get(stem, ()):
                gain = weight(stem) / (1 + len(self._holding[stem]) / 50)
                shared[key] = shared.get(key, 0.0) + gain
        return sorted(shared, key=lambda key: -shared[key])[:count]


def complete_and_not(questions: Sequence[Judged], seed: int) -> list[Asked]:
    """Answers to one or two questions at once, whole and with the decisive sentence left out."""
    rng = random.Random(seed)  # noqa: S311
    usable = [(each, found) for each in questions if (found := _answering(each))]
    made = []
    for at, (one, sentences) in enumerate(usable):
        other, more = usable[(at + 1) % len(usable)]
        double = rng.random() < 0.5 and other.group == one.group
        query = f"{one.query.rstrip('? ')}? {other.query}" if double else one.query
        contexts = [*one.gold[:1], *(other.gold[:1] if double else ()), *one.wrong[:3]]
        rng.shuffle(contexts)
        decisive = [sentences[0], *([more[0]] if double else [])]
        padding = [s for s in sentences[1:] if s not in decisive][: rng.randint(1, 3)]
        if not padding and not double:
            continue
        dropped = rng.choice(decisive)
        for bad in (0, 1):
            parts = [s for s in (*decisive, *padding) if not (bad and s == dropped)]
            if not parts:
                continue
            response = " ".join(reword(part, 0.4, rng) for part in parts)
            made.append(Asked(query, response, bad, one.group, tuple(dict.fromkeys(contexts))))
    return made


def _answering(question: Judged) -> list[str]:
    """Sentences of the gold passage, the one that holds the answer first."""
    sentences = whole_sentences(question.gold[0])
    asked = set(read(question.query).positions)
    holding = [s for s in sentences if any(a and a.lower() in s.lower() for a in question.answers)]
    if not holding:
        return []
    first = max(holding, key=lambda s: sum(map(weight, asked & set(read(s).positions))))
    return [first, *(s for s in sentences if s != first)]
