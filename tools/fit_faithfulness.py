"""Fits the faithfulness model and writes it with its card.

    python -m tools.fit_faithfulness --data ../shared/data

Fitted on human labels (BEGIN WoW train and dev, CC BY 4.0, label 2 left out) and on made answers
(`tools/made_answers`) over three corpora. Held out: BEGIN CMU, and made answers over corpora,
documents and models' sentences that fitting never sees. HaluEval QA is never used: there, the
length of an answer gives its label away.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundwatch.scoring.claims import claims
from groundwatch.scoring.faithfulness import MODEL, pooled, pooled_names
from groundwatch.scoring.ground import Claim, Ground
from groundwatch.scoring.support import SIGNALS, signals
from groundwatch.scoring.text import read
from tools import fitting
from tools.fitting import Fitted, Floats
from tools.made_answers.composing import Made, compose
from tools.made_answers.labelled import Row, model_sentences, rows
from tools.made_answers.passages import corpus, made_corpus

FITTED_CORPORA = ("dbpedia_entity", "rgb_fact", "financebench_pages")
HELD_CORPORA = ("xquad_en", "cranfield")
MADE, HELD = 1_800, 500
SEED = 7
_TYPICAL = 0.2
"""The share of unsupported answers that the default threshold is made for."""


@dataclass(frozen=True)
class Example:
    """An answer's claims as signals; `kinds` says which are spoilt, where that is known."""

    label: int
    claims: Sequence[Sequence[float]]
    kinds: Sequence[str] | None
    group: str
    words: int

    @property
    def pooled(self) -> list[float]:
        return pooled(self.claims) if self.claims else [0.0] * len(pooled_names())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    human = [
        human_example(row) for name in ("train", "dev") for row in rows(f"begin_wow_{name}", data)
    ]
    made = [made_example(each) for each in fitted_answers(data)]
    answer, sentence = fit_both(human, made)
    logits, examples = out_of_fold(human, made)
    cut = _threshold(logits, examples)
    sentence_cut = _sentence_threshold(sentence, made)
    good = [float(1 / (1 + np.exp(logit - cut))) for logit in logits]
    right = [
        (logit >= cut) == bool(each.label) for logit, each in zip(logits, examples, strict=True)
    ]
    fitting.ship(
        MODEL,
        {
            "answer": answer.packed(pooled_names()),
            "sentence": sentence.packed(SIGNALS),
            "constants": {"threshold": round(cut, 4), "sentence_threshold": round(sentence_cut, 4)},
            "reliability": fitting.reliability(good, right),
        },
    )
    labels = [each.label for each in examples]
    n = len(human)
    print(f"out of fold: BEGIN WoW {fitting.auroc(labels[:n], logits[:n]):.3f} (n={n}), "
          f"made {fitting.auroc(labels[n:], logits[n:]):.3f} (n={len(made)}); threshold {cut:.3f}, "
          f"sentence {sentence_cut:.3f}")  # fmt: skip


def human_example(row: Row) -> Example:
    found = claim_signals(row.query, row.contexts, row.response)
    return Example(row.label, [v for _, v in found], None, row.group, len(row.response.split()))


def made_example(made: Made) -> Example:
    found = claim_signals("", made.contexts, made.response)
    kinds = []
    for sentence, _ in found:
        start, end = read(made.response).spans[sentence]
        here = [kind for begin, stop, kind in made.spoilt if begin < end and stop > start]
        kinds.append(here[0] if here else "")
    size = len(made.response.split())
    return Example(int(bool(made.spoilt)), [v for _, v in found], kinds, made.group, size)


def claim_signals(
    query: str, contexts: Sequence[str], response: str
) -> list[tuple[int, list[float]]]:
    """Signals of each claim, with the number of its sentence."""
    reading = read(response)
    ground = Ground(tuple(read(text) for text in contexts))
    asked = frozenset(read(query).words.stems)
    found = []
    for at in claims(reading):
        values, _ = signals(Claim(reading, at, ground, asked))
        found.append((at, [values[name] for name in SIGNALS]))
    return found


def fitted_answers(data: Path) -> list[Made]:
    loose = model_sentences(data, held_out=False)
    return [
        made for name in FITTED_CORPORA for made in compose(corpus(name, data), loose, MADE, SEED)
    ]


def held_answers(data: Path) -> dict[str, list[Made]]:
    """Made answers over documents that fitting never sees."""
    loose = model_sentences(data, held_out=True)
    texts = [path.read_text()[:900] for path in sorted(Path("examples/harbor").rglob("*.md"))]
    corpora = [*(corpus(name, data) for name in HELD_CORPORA), made_corpus("harbor", texts)]
    return {each.name: compose(each, loose, HELD, SEED + 1) for each in corpora}


def fit_both(human: Sequence[Example], made: Sequence[Example]) -> tuple[Fitted, Fitted]:
    """The model of whole answers and the model of single claims; both sources weigh the same."""
    both = [*human, *made]
    weights = _equal(len(human), len(made))
    pools = np.array([each.pooled for each in both])
    answer = fitting.fit(pools, np.array([each.label for each in both], dtype=float), weights)
    known, labels = [], []
    for each in human:
        if each.label == 0 or len(each.claims) == 1:
            known += each.claims
            labels += [each.label] * len(each.claims)
    first = len(known)
    for each in made:
        known += each.claims
        labels += [int(kind != "") for kind in each.kinds or ()]
    weights = _equal(first, len(known) - first)
    sentence = fitting.fit(np.array(known), np.array(labels, dtype=float), weights)
    return answer, sentence


def out_of_fold(
    human: Sequence[Example], made: Sequence[Example]
) -> tuple[list[float], list[Example]]:
    """Log odds of each answer by a model that saw nothing of its group."""
    both = [*human, *made]
    fold = fitting.folds([each.group for each in both])
    logits: Floats = np.zeros(len(both))
    for held in range(5):
        parts = [
            [each for at, each in enumerate(part, offset) if fold[at] != held]
            for part, offset in ((human, 0), (made, len(human)))
        ]
        answer, _ = fit_both(*parts)
        mine = [at for at in range(len(both)) if fold[at] == held]
        logits[mine] = answer.logit(np.array([both[at].pooled for at in mine]))
    return [float(each) for each in logits], both


def _equal(first: int, second: int) -> Floats:
    return np.concatenate([np.full(first, 1 / first), np.full(second, 1 / second)])


def _threshold(logits: Sequence[float], examples: Sequence[Example]) -> float:
    """The log odds of the best F1 at a typical share of unsupported answers, made answers only."""
    made = [
        (logit, each.label)
        for logit, each in zip(logits, examples, strict=True)
        if each.kinds is not None
    ]
    bad = [logit for logit, label in made if label]
    good = [logit for logit, label in made if not label]
    factor = _TYPICAL / (1 - _TYPICAL) * len(good) / len(bad)
    return max(sorted(bad), key=lambda cut: _f1(cut, bad, good, factor))


def _f1(cut: float, bad: Sequence[float], good: Sequence[float], factor: float) -> float:
    hits = factor * sum(each >= cut for each in bad)
    return 2 * hits / (hits + sum(each >= cut for each in good) + factor * len(bad))


def _sentence_threshold(sentence: Fitted, made: Sequence[Example]) -> float:
    labels = [int(kind != "") for each in made for kind in each.kinds or ()]
    values = np.array([claim for each in made for claim in each.claims])
    return fitting.best_f1(labels, [float(v) for v in sentence.logit(values)], 0.5)[1]


if __name__ == "__main__":
    main()
