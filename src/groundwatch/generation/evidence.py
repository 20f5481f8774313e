"""How well each sentence of the passages answers a question."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundwatch.domain.documents import Passage
from groundwatch.errors import InvalidInput
from groundwatch.generation import answer_types
from groundwatch.generation.candidates import Candidate
from groundwatch.generation.words import terms
from groundwatch.models.embedder import Embedder, Urgency

EMBEDDED = 24
"""How many sentences are compared by meaning; what words alone rank below them is not."""

_SHARED_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """One candidate and its signals, each 0..1.

    Attributes:
        coverage: share of the question's terms, by weight, in the sentence.
        context_coverage: the same in the sentence, its title, headings and header row.
        similarity: cosine of question and sentence, 0 where it was not compared.
        type_match: whether it holds the kind of answer that is wanted.
        rank: 1 for the best passage, falling to 0.
    """

    candidate: Candidate
    coverage: float
    context_coverage: float
    similarity: float
    type_match: float
    rank: float

    @property
    def score(self) -> float:
        """One figure to order sentences by."""
        question = 0.3 if self.candidate.text.rstrip().endswith("?") else 0.0
        return (
            0.9 * self.similarity
            + 0.35 * self.coverage
            + 0.35 * self.context_coverage
            + 0.15 * self.type_match
            + 0.15 * self.rank
            - question
        )


def weigh(
    question: str,
    passages: Sequence[Passage],
    found: Sequence[Candidate],
    embedder: Embedder | None,
) -> list[Evidence]:
    """Return the most promising candidates with their signals, best first."""
    wanted = term_weights(question, found)
    lexical = [_lexical(question, wanted, candidate, len(passages)) for candidate in found]
    lexical.sort(
        key=lambda evidence: (-evidence.score, evidence.candidate.passage, evidence.candidate.start)
    )
    kept = [evidence for evidence in lexical if not evidence.candidate.title][:EMBEDDED]
    if embedder is None or not kept:
        return kept
    try:
        vectors = embedder.embed([question, *(e.candidate.text for e in kept)], Urgency.QUESTION)
    except InvalidInput:  # a blank question, or signs the model has no words for
        return kept
    similarities = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    compared = [
        Evidence(e.candidate, e.coverage, e.context_coverage, float(s), e.type_match, e.rank)
        for e, s in zip(kept, similarities, strict=True)
    ]
    return sorted(compared, key=lambda e: (-e.score, e.candidate.passage, e.candidate.start))


def term_weights(question: str, found: Sequence[Candidate]) -> dict[str, float]:
    """Weigh each term of the question by how few of the sentences hold it."""
    frequency = Counter(term for candidate in found for term in set(terms(candidate.text)))
    return {
        term: math.log(1.0 + (len(found) + 1.0) / (frequency[term] + 0.5))
        for term in dict.fromkeys(terms(question))
    }


def _lexical(
    question: str, wanted: dict[str, float], candidate: Candidate, passages: int
) -> Evidence:
    own = set(terms(candidate.text))
    return Evidence(
        candidate=candidate,
        coverage=coverage(wanted, own),
        context_coverage=coverage(wanted, own | set(terms(candidate.context))),
        similarity=0.0,
        type_match=answer_types.match(question, candidate.text),
        rank=1.0 - candidate.passage / max(passages, 1),
    )


def coverage(wanted: dict[str, float], present: set[str]) -> float:
    """Return the share of the wanted terms' weight that is present; kin words count in part."""
    total = sum(wanted.values())
    if total == 0.0:
        return 0.0
    return sum(weight * _presence(term, present) for term, weight in wanted.items()) / total


def _presence(term: str, present: set[str]) -> float:
    if term in present:
        return 1.0
    if len(term) < _SHARED_PREFIX or not term.isalpha():
        return 0.0
    prefix = term[:_SHARED_PREFIX]
    return 0.7 if any(other.startswith(prefix) for other in present) else 0.0
