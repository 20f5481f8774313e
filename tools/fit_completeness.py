"""Fits completeness and writes it with its reliability.

    python -m tools.fit_completeness --data ../shared/data

Answers to questions of XQuAD (CC BY-SA 4.0) and RGB, made of sentences of their passages: whole,
and with the sentence left out that answers (one of) the question(s).
"""

import argparse
from pathlib import Path

import numpy as np

from groundwatch.scoring.completeness import MODEL, SIGNALS, facets, signals
from groundwatch.scoring.ground import Ground
from groundwatch.scoring.text import read
from tools import fitting
from tools.made_answers.questions import Asked, complete_and_not, judged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    asked = [
        each
        for name, rounds in (("xquad_en", 3), ("rgb_fact", 3))
        for seed in range(rounds)
        for each in complete_and_not(judged(name, data), seed)
    ]
    rows = np.array([completeness_signals(each) for each in asked])
    labels = np.array([1.0 - each.bad for each in asked])
    logits = fitting.held_out(rows, labels, [each.group for each in asked])
    good = [float(1 / (1 + np.exp(-each))) for each in logits]
    right = [(value >= 0.5) == bool(label) for value, label in zip(good, labels, strict=True)]
    lengths = [float(len(each.response)) for each in asked]
    print(f"out of fold {fitting.auroc(labels, logits):.3f} (n={len(asked)}), "
          f"length alone {fitting.auroc(labels, lengths):.3f}, "
          + fitting.each_alone(rows, labels, SIGNALS))  # fmt: skip
    fitted = fitting.fit(rows, labels, np.ones(len(rows)))
    fitting.ship(
        MODEL,
        {"answer": fitted.packed(SIGNALS), "reliability": fitting.reliability(good, right)},
    )


def completeness_signals(asked: Asked) -> list[float]:
    response = read(asked.response)
    found = signals(
        facets(asked.query, Ground(tuple(map(read, asked.contexts))), response), response
    )
    return [found[name] for name in SIGNALS]


if __name__ == "__main__":
    main()
