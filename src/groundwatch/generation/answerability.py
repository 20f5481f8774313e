"""Whether passages answer a question: a small calibrated model over the evidence.

Logistic regression on ten signals, fitted by `tools/fit_answerer.py`; its card with data, date and
held-out figures stands beside the weights in `answerability.json`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from groundwatch.domain.documents import Passage
from groundwatch.generation.evidence import Evidence, coverage, term_weights
from groundwatch.generation.words import terms

_PASSAGES = 3
"""How many of the best passages are searched for the question's terms."""

SIGNALS = (
    "score",
    "next_score",
    "similarity",
    "best_similarity",
    "coverage",
    "context_coverage",
    "passage_coverage",
    "type_match",
    "dense_score",
    "terms",
)


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted weights: of each signal after `(signal - mean) / scale`, and two thresholds.

    Attributes:
        threshold: below this probability a question is declined.
        doubt: below this one the answer says that it may be none.
    """

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weight: Mapping[str, float]
    bias: float
    threshold: float
    doubt: float


def signals(
    question: str, ranked: Sequence[Evidence], passages: Sequence[Passage]
) -> dict[str, float]:
    """What the model looks at; `ranked` is not empty and best first."""
    best = ranked[0]
    weights = term_weights(question, [evidence.candidate for evidence in ranked])
    said = {term for passage in passages[:_PASSAGES] for term in terms(passage.text)}
    return {
        "score": best.score,
        "next_score": ranked[1].score if len(ranked) > 1 else 0.0,
        "similarity": best.similarity,
        "best_similarity": max(evidence.similarity for evidence in ranked),
        "coverage": best.coverage,
        "context_coverage": best.context_coverage,
        "passage_coverage": coverage(weights, said),
        "type_match": best.type_match,
        "dense_score": passages[0].dense_score or 0.0,
        "terms": float(len(weights)),
    }


def confidence(question: str, ranked: Sequence[Evidence], passages: Sequence[Passage]) -> float:
    """Return the probability that the passages answer the question.

    Where nothing was compared by meaning, it is the share of the question's terms that the best
    sentence and its context hold: the model knows nothing of such evidence.
    """
    found = signals(question, ranked, passages)
    if found["best_similarity"] == 0.0:
        return min(1.0, found["context_coverage"])
    model = fitted()
    logit = model.bias + sum(
        model.weight[name] * (found[name] - model.mean[name]) / model.scale[name]
        for name in SIGNALS
    )
    return 1.0 / (1.0 + math.exp(-logit))


@cache
def fitted() -> Model:
    """The packaged weights, read once."""
    text = files("groundwatch.generation").joinpath("answerability.json").read_text()
    values = json.loads(text)
    mean, scale, weight = (
        {name: float(values[part][name]) for name in SIGNALS}
        for part in ("mean", "scale", "weight")
    )
    bias, threshold, doubt = (float(values[name]) for name in ("bias", "threshold", "doubt"))
    return Model(mean, scale, weight, bias, threshold, doubt)
