"""Retrieval accuracy: whether the passages were the right ones, and were used.

Without gold, the value is the share of the question the passages hold, times how well citations
and use speak for them; with gold (`Gold`), recall, reciprocal rank and nDCG are measured.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction, RetrievedPassage
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.claims import claims, declines
from groundwatch.scoring.logistic import logistic, reliability, sigmoid
from groundwatch.scoring.results import NO_PASSAGES, NO_QUERY, bounded, unmeasured
from groundwatch.scoring.text import Reading, read
from groundwatch.scoring.weights import weight

Gold = Callable[[Interaction], Mapping[str, float] | None]
"""Grades of the documents or chunks that answer a question, by id; None where nobody knows."""

MODEL = "retrieval"
SIGNALS = ("best", "together", "rarest", "sentence", "pairs")
UNANSWERABLE = "unanswerable"
_LEAST = 0.5
_USED = 0.35


@dataclass(frozen=True, slots=True)
class RetrievalAccuracy:
    """Probability that the passages can answer the question; nDCG where gold is known.

    Facts: `used_share` of passages, `citation_precision` (cited passages that share enough with
    the answer), `score_gap`, and with gold `recall_at_k`, `reciprocal_rank`, `ndcg`.
    """

    gold: Gold | None = None
    dimension: Dimension = Dimension.RETRIEVAL
    version: str = "retrieval/lexical-1"

    def score(self, interaction: Interaction) -> Score:
        """Look at question, passages and what the answer made of them."""
        passages = [each for each in interaction.passages if each.text.strip()]
        if not passages:
            return unmeasured(self.dimension, self.version, NO_PASSAGES, "no_passages")
        query = read(interaction.query)
        if not query.positions:
            return unmeasured(self.dimension, self.version, NO_QUERY)
        readings = [read(each.text) for each in passages]
        values = signals(query, readings)
        facts = {"covered": bounded(values["together"])}
        facts |= _use(interaction.response, passages, readings)
        value = bounded(sigmoid(logistic(MODEL, "answer").logit([values[n] for n in SIGNALS])))
        flags = (UNANSWERABLE,) if value < _LEAST else ()
        grades = self.gold(interaction) if self.gold else None
        confidence = reliability(MODEL).confidence(value)
        if grades:
            facts |= ranked(passages, grades)
            value, confidence = bounded(facts["ndcg"]), 1.0
            flags = ("missed",) if facts["recall_at_k"] == 0 else ()
        return Score(
            self.dimension,
            value,
            confidence=confidence,
            evidence=tuple(_evidence(passages, readings, interaction.response)),
            flags=flags,
            facts=facts,
            scorer=self.version,
        )


def signals(query: Reading, passages: Sequence[Reading]) -> dict[str, float]:
    """How much of the question the passages hold: together, one of them, one sentence."""
    asked = {stem: weight(stem) for stem in query.positions}
    total = sum(asked.values())
    held = [sum(asked[s] for s in asked if s in each.positions) / total for each in passages]
    together = sum(asked[s] for s in asked if any(s in each.positions for each in passages))
    rarest = sorted(asked, key=lambda stem: (-asked[stem], -len(stem)))[:2]
    pairs = set(zip(query.words.stems, query.words.stems[1:], strict=False))
    sentences = [
        sum(asked.get(stem, 0.0) for stem in set(each.words.stems[begin:end])) / total
        for each in passages
        for begin, end in each.bounds
    ]
    known = {
        pair
        for each in passages
        for pair in zip(each.words.stems, each.words.stems[1:], strict=False)
    }
    return {
        "best": max(held),
        "together": together / total,
        "rarest": sum(any(s in each.positions for each in passages) for s in rarest) / len(rarest),
        "sentence": max(sentences, default=0.0),
        "pairs": len(pairs & known) / max(1, len(pairs)),
    }


def ranked(passages: Sequence[RetrievedPassage], grades: Mapping[str, float]) -> dict[str, float]:
    """Recall@k, reciprocal rank and nDCG of passages in rank order against gold grades.

    An id of `grades` is a chunk's or a document's; a document found twice counts once.
    """
    seen: set[str] = set()
    gains = []
    for each in sorted(passages, key=lambda passage: passage.rank):
        key = next((k for k in (each.chunk_id, each.document_id) if k and k in grades), "")
        gains.append(0.0 if key in seen else grades.get(key, 0.0))
        seen.add(key)
    relevant = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
    first = next((at for at, gain in enumerate(gains, 1) if gain > 0), 0)
    ideal = _discounted(relevant[: len(gains)])
    return {
        "recall_at_k": bounded(sum(gain > 0 for gain in gains) / max(1, len(relevant))),
        "reciprocal_rank": bounded(1 / first if first else 0.0),
        "ndcg": bounded(_discounted(gains) / ideal if ideal else 0.0),
        "k": float(len(gains)),
    }


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum((2.0**gain - 1.0) / math.log2(at + 1) for at, gain in enumerate(gains, 1))


def _use(
    response: str, passages: Sequence[RetrievedPassage], readings: Sequence[Reading]
) -> dict[str, float]:
    facts: dict[str, float] = {}
    scores = sorted((each.score for each in passages if each.score is not None), reverse=True)
    if len(scores) > 1:
        facts["score_gap"] = round(scores[0] - scores[-1], 6)
    answer = read(response)
    if not response.strip() or declines(answer):
        return facts
    used = [_is_used(answer, each) for each in readings]
    facts["used_share"] = bounded(sum(used) / len(used))
    cited = [at for at, each in enumerate(passages) if each.cited]
    if cited:
        facts["citation_precision"] = bounded(sum(used[at] for at in cited) / len(cited))
    return facts


def _is_used(answer: Reading, passage: Reading) -> bool:
    """Tell whether some claim of the answer rests on a passage."""
    for claim in claims(answer):
        stems = {answer.words.stems[at] for at in answer.content_of(claim)}
        total = sum(map(weight, stems))
        if total and sum(weight(s) for s in stems if s in passage.positions) / total >= _USED:
            return True
    return False


def _evidence(
    passages: Sequence[RetrievedPassage], readings: Sequence[Reading], response: str
) -> list[Evidence]:
    answer = read(response)
    if not response.strip() or declines(answer):
        return []
    return [
        Evidence(f"passage:{each.rank}", "cited_not_used")
        for each, reading in zip(passages, readings, strict=True)
        if each.cited and not _is_used(answer, reading)
    ]
