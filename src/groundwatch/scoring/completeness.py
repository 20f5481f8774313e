"""Completeness: whether the answer covers what was asked and what the passages say to it.

The question is cut into facets; for each, the best sentences of the passages are found, and the
answer is asked for what they say. A declined question is complete only when the passages hold no
answer either. Fitted on answers with and without one of their sentences
(`tools/fit_completeness.py`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.claims import declines
from groundwatch.scoring.ground import Ground
from groundwatch.scoring.logistic import logistic, reliability, sigmoid
from groundwatch.scoring.results import NO_ANSWER, NO_PASSAGES, NO_QUERY, bounded, unmeasured
from groundwatch.scoring.text import Reading, read
from groundwatch.scoring.vocabulary import STOPWORDS
from groundwatch.scoring.weights import weight

MODEL = "completeness"
SIGNALS = (
    "facet_words", "worst_facet_words", "facts", "worst_facts", "best_facts", "worst_best_facts",
    "truncated",
)  # fmt: skip
_FACETS = re.compile(
    r"\?|;|\n|,? \band (?=(?:what|who|when|where|why|how|which|is|are|was|were|do|does|did|can)\b)"
    r"|,? \b(?:as well as|and also)\b",
    re.IGNORECASE,
)
_LEAST_SHARED = 0.35
_TOP = 3
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of the question, and how well the answer covers it.

    Attributes:
        words: weighted share of its words in the answer.
        facts: weighted share of new words of its top passage sentences in the answer.
        best: the same of the very best sentence.
        support: how much of the facet that sentence holds.
    """

    text: str
    words: float
    facts: float
    best: float
    support: float


@dataclass(frozen=True, slots=True)
class Completeness:
    """Probability that nothing asked for was left out.

    Facts: `facets`, `covered_facets`, `answerable` (share of the question the best sentence holds).
    """

    dimension: Dimension = Dimension.COMPLETENESS
    version: str = "completeness/lexical-1"

    def score(self, interaction: Interaction) -> Score:
        """Look for each facet, and for what the passages say to it."""
        if not interaction.query.strip():
            return unmeasured(self.dimension, self.version, NO_QUERY)
        passages = [each.text for each in interaction.passages if each.text.strip()]
        if not interaction.response.strip():
            return unmeasured(self.dimension, self.version, NO_ANSWER)
        if not passages:
            return unmeasured(self.dimension, self.version, NO_PASSAGES)
        response = read(interaction.response)
        ground = Ground(tuple(map(read, passages)))
        found = facets(interaction.query, ground, response)
        if not found:
            return unmeasured(self.dimension, self.version, "the question has no words to look for")
        if declines(response):
            return self._declined(found)
        return self._judged(found, signals(found, response))

    def _declined(self, found: Sequence[Facet]) -> Score:
        answerable = max(facet.support for facet in found)
        value = bounded(1.0 - answerable)
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=(Evidence("response", "declined"),),
            flags=("declined_answerable",) if value < _LEAST else ("declined",),
            facts={"facets": float(len(found)), "answerable": bounded(answerable)},
            scorer=self.version,
        )

    def _judged(self, found: Sequence[Facet], values: dict[str, float]) -> Score:
        model = logistic(MODEL, "answer")
        value = bounded(sigmoid(model.logit([values[name] for name in SIGNALS])))
        open_facets = [each for each in found if max(each.words, each.best) < _LEAST]
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL).confidence(value),
            evidence=tuple(
                Evidence("query", "facet_open", detail=each.text[:120]) for each in open_facets
            ),
            flags=("incomplete",) if value < _LEAST else (),
            facts={
                "facets": float(len(found)),
                "covered_facets": float(len(found) - len(open_facets)),
                "answerable": bounded(max(each.support for each in found)),
            },
            scorer=self.version,
        )


def facets(query: str, ground: Ground, response: Reading) -> list[Facet]:
    """The parts of a question that have words of their own."""
    parts = [part.strip(" ,.") for part in _FACETS.split(query)]
    found = [_facet(part, ground, response) for part in parts if part]
    return [each for each in found if each is not None]


def signals(found: Sequence[Facet], response: Reading) -> dict[str, float]:
    """Means and worst cases over the facets."""
    columns = {name: [getattr(each, name) for each in found] for name in ("words", "facts", "best")}
    return {
        "facet_words": _mean(columns["words"]),
        "worst_facet_words": min(columns["words"]),
        "facts": _mean(columns["facts"]),
        "worst_facts": min(columns["facts"]),
        "best_facts": _mean(columns["best"]),
        "worst_best_facts": min(columns["best"]),
        "truncated": -float(not re.search(r"[.!?:)\]\"'”’]\s*$", response.text)),  # noqa: RUF001
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _facet(part: str, ground: Ground, response: Reading) -> Facet | None:
    asked = {stem: weight(stem) for stem in read(part).positions}
    total = sum(asked.values())
    if not total:
        return None
    said = frozenset(response.positions)
    ranked = _ranked(asked, ground)
    new = [_new_words(ground.stems_of(sentence), asked) for sentence, _ in ranked]
    shares = [
        sum(size for stem, size in words.items() if stem in said) / sum(words.values())
        for words in new
        if words
    ]
    return Facet(
        part,
        sum(size for stem, size in asked.items() if stem in said) / total,
        _mean(shares) if shares else 1.0,
        shares[0] if shares else 1.0,
        min(1.0, ranked[0][1] / total) if ranked else 0.0,
    )


def _ranked(asked: dict[str, float], ground: Ground) -> list[tuple[int, float]]:
    """Sentences that hold most of a facet, with how much of it, best first."""
    shared: dict[int, float] = {}
    for stem, size in asked.items():
        for sentence in ground.holding.get(stem, ()):
            shared[sentence] = shared.get(sentence, 0.0) + size
    ranked = sorted(shared.items(), key=lambda each: (-each[1], each[0]))[:_TOP]
    best = ranked[0][1] if ranked else 0.0
    return [each for each in ranked if each[1] >= max(_LEAST_SHARED * best, 0.0)]


def _new_words(stems: Sequence[str], asked: dict[str, float]) -> dict[str, float]:
    """Words of a sentence that were not in the question: what it tells."""
    return {
        stem: weight(stem)
        for stem in stems
        if stem not in asked and stem not in STOPWORDS and len(stem) > 1
    }
