"""Fits the model that decides whether passages answer a question.

    python tools/fit_answerer.py --models data/harbor/models

Data: the fictional companies in `tools/answer_sets` (a question without a `sentence` has no answer
in the documents) and the `tune` half of the sample company's questions; the `test` half is never
read. Prints figures of each company held out in turn, and writes the weights with their card.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from examples.harbor.build import build
from numpy.typing import NDArray
from ruamel.yaml import YAML

from groundwatch.access.directory import Directory
from groundwatch.access.path_rules import rule_for
from groundwatch.config import load
from groundwatch.domain.access import AccessReason
from groundwatch.domain.documents import Chunk, DocumentMeta, Passage
from groundwatch.errors import DocumentRejected
from groundwatch.generation.answerability import SIGNALS, signals
from groundwatch.generation.candidates import candidates
from groundwatch.generation.evidence import weigh
from groundwatch.generation.words import terms
from groundwatch.indexing.chunk import chunk
from groundwatch.indexing.parse.formats import parse
from groundwatch.indexing.tokens import by_words
from groundwatch.models.embedder import Embedder, Urgency
from groundwatch.models.select import open_embedder
from groundwatch.models.settings import MiniLMSettings
from groundwatch.models.tokens import token_counter
from groundwatch.retrieval.fusion import fuse_minmax

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PENALTY = 10.0
THRESHOLD = 0.25
HARBOR = Path("examples/harbor")
SETS = Path("tools/answer_sets")
DOUBTED = 0.2
"""At most this share of the answerable questions gets the note of doubt."""
TARGET = Path("src/groundwatch/generation/answerability.json")


@dataclass(frozen=True)
class Example:
    """A question's signals, whether it has an answer, and the company it is about."""

    company: str
    signals: dict[str, float]
    answerable: bool


class Searched:
    """The chunks of some documents, ranked as the product ranks them."""

    def __init__(self, chunks: Sequence[tuple[DocumentMeta, Chunk]], embedder: Embedder) -> None:
        self.chunks = chunks
        self._embedder = embedder
        texts = [part.embedding_text(meta.title) for meta, part in chunks]
        self._vectors = embedder.embed(texts, Urgency.QUESTION)
        self._terms = [Counter(terms(text)) for text in texts]
        self._holding = Counter(term for found in self._terms for term in found)

    def passages(self, question: str, allowed: set[int], k: int = 8) -> list[Passage]:
        cosine = self._vectors @ self._embedder.embed([question], Urgency.QUESTION)[0]
        dense = sorted(((i, float(cosine[i])) for i in allowed), key=lambda hit: -hit[1])[:100]
        words = sorted(((i, self._bm25(question, i)) for i in allowed), key=lambda hit: -hit[1])
        lexical = [hit for hit in words[:100] if hit[1] > 0]
        return [
            Passage(
                hit.chunk_id,
                self.chunks[hit.chunk_id][0],
                (part := self.chunks[hit.chunk_id][1]).text,
                part.start,
                part.end,
                part.heading,
                part.page,
                rank,
                hit.score,
                hit.dense_score,
                hit.lexical_score,
            )
            for rank, hit in enumerate(fuse_minmax(dense, lexical, 0.6)[:k], start=1)
        ]

    def _bm25(self, question: str, number: int) -> float:
        held, total = self._terms[number], len(self.chunks)
        average = sum(sum(found.values()) for found in self._terms) / total
        length = 0.25 + 0.75 * sum(held.values()) / average
        return sum(
            math.log(1 + (total - self._holding[term] + 0.5) / (self._holding[term] + 0.5))
            * held[term] * 2.2 / (held[term] + 1.2 * length)
            for term in set(terms(question)) & held.keys()
        )  # fmt: skip


def own_examples(embedder: Embedder) -> Iterator[Example]:
    """Each company's questions of its own documents, and the next company's as another topic."""
    count = by_words(token_counter(MiniLMSettings()))
    sets = [YAML(typ="safe", pure=True).load(file) for file in sorted(SETS.glob("*.yaml"))]
    for number, loaded in enumerate(sets):
        chunks: list[tuple[DocumentMeta, Chunk]] = []
        for document in loaded["documents"]:
            meta = _meta(document["path"], document["title"])
            text = f"# {document['title']}\n\n{document['text']}"
            chunks += [(meta, part) for part in chunk(parse("x.md", text.encode()), 60, count)]
        searched = Searched(chunks, embedder)
        company = f"set {number + 1}"
        others = sets[(number + 1) % len(sets)]["questions"]
        asked = [(question["q"], "sentence" in question) for question in loaded["questions"]]
        asked += [(question["q"], False) for question in others if "sentence" in question]
        for question, answerable in asked:
            found = searched.passages(question, set(range(len(chunks))))
            yield _example(company, question, found, embedder, answerable)


def harbor_examples(embedder: Embedder) -> Iterator[Example]:
    count = by_words(token_counter(MiniLMSettings()))
    with TemporaryDirectory() as folder:
        chunks: list[tuple[DocumentMeta, Chunk]] = []
        for file in build(Path(folder)):
            path = file.relative_to(folder).as_posix()
            try:
                parsed = parse(path, file.read_bytes())
            except DocumentRejected:
                continue
            meta = _meta(path, parsed.title)
            chunks += [(meta, part) for part in chunk(parsed, 200, count)]
    searched = Searched(chunks, embedder)
    config = load(HARBOR / "groundwatch.yaml", {}, folders_may_be_away=True)
    rules = config.sources[0].permissions
    directory = Directory(config.users, config.groups)
    for question in YAML(typ="safe", pure=True).load(HARBOR / "questions.yaml"):
        if question["split"] != "tune":
            continue
        who = directory.principals(question["as"])
        allowed = {
            number
            for number, (meta, _) in enumerate(chunks)
            if rule_for(meta.path, rules).access.decide(who) is AccessReason.ALLOWED
        }
        found = searched.passages(question["ask"], allowed)
        answerable = question["kind"] == "answerable"
        yield _example("harbor", question["ask"], found, embedder, answerable)


def _meta(path: str, title: str) -> DocumentMeta:
    return DocumentMeta(path, "set", path, title, "text/plain", 1, "", 1, NOW, NOW)


def _example(
    company: str, question: str, found: list[Passage], embedder: Embedder, answerable: bool
) -> Example:
    ranked = weigh(question, found, candidates(found), embedder)
    return Example(company, signals(question, ranked, found), answerable)


Fit = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]


def fit(examples: Sequence[Example]) -> Fit:
    """Penalised logistic regression by Newton's method: mean, scale, weights, bias."""
    table = _table(examples)
    mean, scale = table.mean(0), table.std(0) + 1e-9
    design = np.column_stack([(table - mean) / scale, np.ones(len(table))])
    wanted = np.array([example.answerable for example in examples], float)
    penalty = np.diag([PENALTY] * len(SIGNALS) + [0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (chance - wanted) + penalty @ weights
        curvature = (design.T * (chance * (1 - chance))) @ design + penalty
        weights -= np.linalg.solve(curvature, gradient)
    return mean, scale, weights[:-1], float(weights[-1])


def chances(fitted: Fit, examples: Sequence[Example]) -> NDArray[np.float64]:
    mean, scale, weights, bias = fitted
    logits = ((_table(examples) - mean) / scale) @ weights + bias
    return np.asarray(1 / (1 + np.exp(-logits)))


def _table(examples: Sequence[Example]) -> NDArray[np.float64]:
    return np.array([[example.signals[name] for name in SIGNALS] for example in examples])


def area(chance: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    """Area under the ROC curve."""
    above, below = chance[answerable][:, None], chance[~answerable][None]
    return float((above > below).mean() + 0.5 * (above == below).mean())


def interval(chance: NDArray[np.float64], answerable: NDArray[np.bool_]) -> list[float]:
    """95 % bootstrap interval of the area."""
    draw = np.random.default_rng(7)
    picks = (draw.integers(0, len(chance), len(chance)) for _ in range(500))
    areas = [area(chance[pick], answerable[pick]) for pick in picks]
    return [round(float(np.percentile(areas, share)), 3) for share in (2.5, 97.5)]


def held_out(examples: Sequence[Example]) -> dict[str, object]:
    """Figures with each company held out in turn."""
    companies = sorted({example.company for example in examples})
    chance = np.zeros(len(examples))
    for company in companies:
        aside = np.array([example.company == company for example in examples])
        fitted = fit([example for example in examples if example.company != company])
        chance[aside] = chances(fitted, [e for e in examples if e.company == company])
    answerable = np.array([example.answerable for example in examples])
    return {
        "examples": len(examples),
        "companies": companies,
        "auroc": round(area(chance, answerable), 3),
        "auroc_95": interval(chance, answerable),
        "answered_of_answerable": round(float((chance[answerable] >= THRESHOLD).mean()), 3),
        "declined_of_unanswerable": round(float((chance[~answerable] < THRESHOLD).mean()), 3),
    }


def doubt(fitted: Fit, examples: Sequence[Example]) -> dict[str, float]:
    """The highest hundredth below which no more than `DOUBTED` of the answerable fall."""
    answerable = np.array([example.answerable for example in examples])
    chance = chances(fitted, examples)
    at = max(t / 100 for t in range(101) if (chance[answerable] < t / 100).mean() <= DOUBTED)
    return {
        "doubt": at,
        "answerable_below": round(float((chance[answerable] < at).mean()), 3),
        "unanswerable_below": round(float((chance[~answerable] < at).mean()), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, required=True, help="folder for the built model")
    embedder = open_embedder(MiniLMSettings(), parser.parse_args().models)
    assert embedder is not None
    own, harbor = [*own_examples(embedder)], [*harbor_examples(embedder)]
    examples = [*own, *harbor]
    card = held_out(examples)
    sys.stderr.write(json.dumps(card, indent=1) + "\n")
    mean, scale, weights, bias = fit(examples)
    tables = {"mean": mean, "scale": scale, "weight": weights}
    content: dict[str, object] = {
        part: {name: round(float(value), 6) for name, value in zip(SIGNALS, table, strict=True)}
        for part, table in tables.items()
    }
    noted = doubt(fit(own), harbor)
    content |= {"bias": round(bias, 6), "threshold": THRESHOLD, "doubt": noted.pop("doubt")}
    data = "tools/answer_sets (8 fictional companies) and the tune half of the sample company"
    content["card"] = {
        "data": data,
        "held_out_by_company": card,
        "doubt_on_tune_fitted_without_it": noted,
    }
    TARGET.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
