"""Fits the injection detectors and writes them.

    python -m tools.fit_injection --data ../shared/data

For passages: orders of `bipia_train` (MIT), requests to a model (HaluEval general, MIT) and made
orders, against passages, answers (recipes and steps among them), clean mails and tables of BIPIA
and made how-to texts. For questions: attempts to override, against ordinary requests. Attack tasks
and templates are never on both sides of a split.
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from groundwatch.scoring.injection import _SCALE, BUCKETS, SIZES, cues, hashes, windows
from tools import fitting
from tools.made_answers.injections import HOW_TO, PASSAGE_ORDERS, QUERY_ORDERS, filled
from tools.made_answers.labelled import model_sentences
from tools.made_answers.passages import corpus

_TEXTS = 6_000
_FALSE_ALARMS = 0.01
_COUNTS = {"passage": {"how-to": 15.0, "made": 6.0, "request": 2.0}, "query": {}}
"""How often each sample of a kind counts: hard texts are few, and they decide."""


@dataclass(frozen=True)
class Sample:
    """A window of text; `kind` says where it comes from, `group` what it must stay with."""

    text: str
    label: int
    kind: str
    group: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    shipped = {}
    tables = {}
    for part, samples in (("passage", passage_samples(data)), ("query", query_samples(data))):
        matrix = vectors([each.text for each in samples])
        labels = np.array([each.label for each in samples])
        counts = np.array([_COUNTS[part].get(each.kind, 1.0) for each in samples])
        logits = _out_of_fold(matrix, labels, counts, samples)
        threshold = _report(part, samples, logits)
        model = _fitted(matrix, labels, counts)
        shipped[part] = (model.coef_[0][:BUCKETS] / _SCALE).astype(np.float16)
        shipped[f"{part}_cues"] = model.coef_[0][BUCKETS:].astype(np.float32)
        shipped[f"{part}_constants"] = np.array([model.intercept_[0], threshold])
        good = [float(1 / (1 + np.exp(each - threshold))) for each in logits]
        right = [
            (value < 0.5) == bool(each.label) for value, each in zip(good, samples, strict=True)
        ]
        if part == "passage":
            tables["reliability"] = fitting.reliability(good, right)
    np.savez_compressed(fitting.MODELS / "injection.npz", **shipped)
    fitting.ship("safety", tables)


def passage_samples(data: Path) -> list[Sample]:
    rng = random.Random(2)  # noqa: S311
    found = [
        Sample(text, 1, "made", f"made:{number}")
        for number, text in filled(PASSAGE_ORDERS, 14, rng)
    ]
    found += [
        Sample(text, 0, "how-to", f"how-to:{number}") for number, text in filled(HOW_TO, 14, rng)
    ]
    for line in (data / "quality" / "bipia_train.jsonl").read_text().splitlines():
        one = json.loads(line)
        if one["label"] == 1:
            found += [Sample(one["text"][:600], 1, "bipia", one["task"])] * 6
        else:
            pieces = [one["text"][start:end] for start, end in windows(one["text"])]
            pieces = rng.sample(pieces, min(20, len(pieces)))
            found += [Sample(piece, 0, "carrier", one["id"]) for piece in pieces]
    for at, request in enumerate(rng.sample(_requests(data), 1_200)):
        found.append(Sample(request[:300], 1, "request", f"request:{at // 10}"))
    for at, text in enumerate(rng.sample(model_sentences(data, held_out=False), _TEXTS)):
        found.append(Sample(text, 0, "answer", f"answer:{at // 50}"))
    for name in ("rgb_fact", "dbpedia_entity", "financebench_pages"):
        texts = [s for part in corpus(name, data, 1_500).sentences for s in part]
        for at, text in enumerate(rng.sample(texts, min(1_500, len(texts)))):
            found.append(Sample(text, 0, "passage", f"{name}:{at // 50}"))
    for path in sorted(Path("examples/harbor").rglob("*.md")):
        text = path.read_text()
        for start, end in windows(text):
            found.append(Sample(text[start:end], 0, "harbor", path.name))
    return found


def query_samples(data: Path) -> list[Sample]:
    rng = random.Random(2)  # noqa: S311
    found = [
        Sample(text, 1, "made", f"made:{number}") for number, text in filled(QUERY_ORDERS, 30, rng)
    ]
    found += [
        Sample(text, 0, "how-to", f"how-to:{number}") for number, text in filled(HOW_TO, 8, rng)
    ]
    for at, request in enumerate(_requests(data)):
        found.append(Sample(request[:500], 0, "request", f"request:{at // 10}"))
    for name in ("xquad_en", "financebench_pages", "rgb_fact"):
        for line in (data / "retrieval" / name / "queries.jsonl").read_text().splitlines():
            found.append(Sample(json.loads(line)["text"], 0, "question", name))
    return found


def _requests(data: Path) -> list[str]:
    lines = (data / "quality" / "halueval_general.jsonl").read_text().splitlines()
    return [query for line in lines if len(query := json.loads(line)["query"].strip()) > 12]


def vectors(texts: Sequence[str]) -> csr_matrix:
    """Counts of hashed n-grams, divided by the root of their number."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        found = np.concatenate([hashes(text, size) for size in SIZES])
        rows.append(np.full(len(found), row))
        columns.append(found)
        values.append(np.full(len(found), 1 / max(1, len(found)) ** 0.5))
    shape = (len(texts), BUCKETS)
    grams = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape
    )
    return hstack([grams, csr_matrix(np.array([cues(text) for text in texts]))]).tocsr()


def _fitted(matrix: csr_matrix, labels: np.ndarray, counts: np.ndarray) -> LogisticRegression:
    model = LogisticRegression(C=4.0, max_iter=300, class_weight="balanced")
    return model.fit(matrix, labels, sample_weight=counts)


def _out_of_fold(
    matrix: csr_matrix, labels: np.ndarray, counts: np.ndarray, samples: Sequence[Sample]
) -> np.ndarray:
    fold = np.array(fitting.folds([each.group for each in samples]))
    found = np.zeros(len(samples))
    for held in range(5):
        known = fold != held
        model = _fitted(matrix[known], labels[known], counts[known])
        found[fold == held] = model.decision_function(matrix[fold == held])
    return found


def _report(part: str, samples: Sequence[Sample], logits: np.ndarray) -> float:
    """Print what was found and return the threshold of one false alarm in a hundred."""
    labels = np.array([each.label for each in samples])
    kinds = sorted({each.kind for each in samples})
    by = {k: logits[[at for at, each in enumerate(samples) if each.kind == k]] for k in kinds}
    hard = [by[kind] for kind in ("how-to", "harbor", "carrier", "answer") if kind in by]
    threshold = float(np.quantile(np.concatenate(hard), 1 - _FALSE_ALARMS))
    if part == "query":
        threshold = float(np.quantile(by["request"], 0.999))
    print(f"{part}: out of fold {fitting.auroc(labels, logits):.4f} (n={len(labels)})")
    for kind, values in by.items():
        print(f"  {kind}: {np.mean(values >= threshold):.3f} flagged of {len(values)}")
    return threshold


if __name__ == "__main__":
    main()
