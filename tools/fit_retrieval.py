"""Fits whether passages can answer a question, and writes it with its reliability.

    python -m tools.fit_retrieval --data ../shared/data

Questions of XQuAD (CC BY-SA 4.0), RGB and DBpedia-Entity with their gold passage among the nearest,
and with the nearest alone.
"""

import argparse
from pathlib import Path

import numpy as np

from groundwatch.scoring.retrieval import MODEL, SIGNALS, signals
from groundwatch.scoring.text import read
from tools import fitting
from tools.made_answers.questions import judged

_PASSAGES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    values, labels, groups = [], [], []
    for name in ("xquad_en", "rgb_fact", "cranfield"):
        for each in judged(name, data):
            wrong = list(each.wrong[:_PASSAGES])
            if not wrong or not read(each.query).positions:
                continue
            for label, passages in ((1.0, [each.gold[0], *wrong[:-1]]), (0.0, wrong)):
                found = signals(read(each.query), [read(text) for text in passages])
                values.append([found[name] for name in SIGNALS])
                labels.append(label)
                groups.append(each.group)
    rows, truth = np.array(values), np.array(labels)
    logits = fitting.held_out(rows, truth, groups)
    good = [float(1 / (1 + np.exp(-each))) for each in logits]
    right = [(value >= 0.5) == bool(label) for value, label in zip(good, labels, strict=True)]
    print(f"out of fold {fitting.auroc(labels, logits):.3f} (n={len(labels)}), "
          + fitting.each_alone(rows, labels, SIGNALS))  # fmt: skip
    fitted = fitting.fit(rows, truth, np.ones(len(rows)))
    fitting.ship(
        MODEL,
        {"answer": fitted.packed(SIGNALS), "reliability": fitting.reliability(good, right)},
    )


if __name__ == "__main__":
    main()
