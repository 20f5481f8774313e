"""Fits relevance and writes it with its reliability.

    python -m tools.fit_relevance --data ../shared/data [--models FOLDER]

Models' answers to questions (HaluEval general, MIT; HaluQuestQA, Apache-2.0) and answers made of
passages (XQuAD, CC BY-SA 4.0; RGB) beside the answer to the most similar other
question. With `--models` (a folder with the prepared embedder) the part that uses
closeness is fitted too; without, it is kept as it is.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from groundwatch.scoring.relevance import MODEL, SIGNALS, signals
from groundwatch.scoring.text import read
from tools import fitting
from tools.made_answers.questions import Asked, hard_swaps, judged, swapped_answers

_EMBEDDED = 1_500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path)
    given = parser.parse_args()
    asked = [each for each in hard_swaps(given.data) if each.query.rstrip().endswith("?")]
    for name in ("xquad_en", "rgb_fact", "dbpedia_entity"):
        asked += swapped_answers(judged(name, given.data), 1)
    values = [relevance_signals(each) for each in asked]
    parts = _part("lexical", asked, values, SIGNALS)
    target = fitting.MODELS / f"{MODEL}.json"
    if given.models:
        sample = random.Random(1).sample(range(len(asked)), _EMBEDDED)  # noqa: S311
        near = _closeness([asked[at] for at in sample], given.models)
        rows = [[*values[at], each] for at, each in zip(sample, near, strict=True)]
        parts |= _part("embedded", [asked[at] for at in sample], rows, (*SIGNALS, "closeness"))
    elif target.exists():
        kept = json.loads(target.read_text())
        parts |= {name: part for name, part in kept.items() if name.startswith("embedded")}
    fitting.ship(MODEL, parts)


def relevance_signals(asked: Asked) -> list[float]:
    found = signals(read(asked.query), read(asked.response))
    return [found[name] for name in SIGNALS]


def _part(
    name: str, asked: Sequence[Asked], values: Sequence[Sequence[float]], names: Sequence[str]
) -> dict[str, object]:
    rows, labels = np.array(values), np.array([1.0 - each.bad for each in asked])
    logits = fitting.held_out(rows, labels, [each.group for each in asked])
    good = [float(1 / (1 + np.exp(-each))) for each in logits]
    right = [(value >= 0.5) == bool(label) for value, label in zip(good, labels, strict=True)]
    print(f"{name}: out of fold {fitting.auroc(labels, logits):.3f} (n={len(asked)}), "
          + fitting.each_alone(rows, labels, names))  # fmt: skip
    fitted = fitting.fit(rows, labels, np.ones(len(rows)))
    return {name: fitted.packed(names), f"{name}_reliability": fitting.reliability(good, right)}


def _closeness(asked: Sequence[Asked], models: Path) -> list[float]:
    from groundwatch.models.embedder import Urgency
    from groundwatch.models.select import open_embedder
    from groundwatch.models.settings import MiniLMSettings

    embedder = open_embedder(MiniLMSettings(), models)
    queries = embedder.embed([each.query for each in asked], Urgency.BULK)
    answers = embedder.embed([each.response[:320] for each in asked], Urgency.BULK)
    return [float(q @ a) for q, a in zip(queries, answers, strict=True)]


if __name__ == "__main__":
    main()
