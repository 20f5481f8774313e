"""Relevance: whether the answer is about what was asked.

Words of the question are looked for in the answer, rare ones counting most; the kind of answer the
question wants is looked for too. With an embedder the closeness of both texts is added. Fitted on
answers beside the answer of the most similar other question (`tools/fit_relevance.py`).
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from groundwatch.domain.interactions import Interaction
from groundwatch.domain.scores import Dimension, Evidence, Score
from groundwatch.scoring.answer_types import missing
from groundwatch.scoring.claims import declines
from groundwatch.scoring.kin import kin
from groundwatch.scoring.logistic import logistic, reliability, sigmoid
from groundwatch.scoring.results import DECLINED, NO_ANSWER, NO_QUERY, bounded, unmeasured
from groundwatch.scoring.text import Reading, read
from groundwatch.scoring.weights import weight

Closeness = Callable[[str, str], float | None]
"""The cosine of a question and how an answer begins; None where it is not known."""

MODEL = "relevance"
SIGNALS = (
    "covered", "rarest", "first_covered", "prefix_covered", "sentences", "type_missing",
    "pairs", "echo", "kin_covered", "turned",
)  # fmt: skip
LEXICAL, EMBEDDED = "relevance/lexical-2", "relevance/embedded-2"
_PREFIX = 4
_PREFIX_CREDIT, _KIN_CREDIT = 0.8, 0.6
_HEAVIEST = 12
_ASKING = frozenset(
    """tell explain describ list provid giv wri creat giv find generat mak suggest nam com pleas
    exampl follow sentenc poem story""".split()  # noqa: SIM905
)
_LEAST = 0.5
_BEGINNING = 320
"""Characters of the answer that are embedded: more costs time and tells little."""

_MOST_QUERY = 1_000


@dataclass(frozen=True, slots=True)
class Relevance:
    """Probability that the answer belongs to the question.

    Facts: `covered` (weighted share of the question's words in the answer), `closeness` (cosine,
    with an embedder).
    """

    closeness: Closeness | None = None
    dimension: Dimension = Dimension.RELEVANCE

    @property
    def version(self) -> str:
        return LEXICAL if self.closeness is None else EMBEDDED

    def score(self, interaction: Interaction) -> Score:
        """Compare the question with the answer."""
        if not interaction.response.strip():
            return unmeasured(self.dimension, self.version, NO_ANSWER)
        if not interaction.query.strip():
            return unmeasured(self.dimension, self.version, NO_QUERY)
        query, response = read(interaction.query), read(interaction.response)
        if declines(response):
            return unmeasured(self.dimension, self.version, DECLINED, "refusal")
        if not query.positions:
            return unmeasured(self.dimension, self.version, "the question has no words to look for")
        values = signals(query, response)
        part, version, facts = "lexical", LEXICAL, {"covered": bounded(values["covered"])}
        columns = [values[name] for name in SIGNALS]
        near = self._near(interaction)
        if near is not None:
            part, version, facts["closeness"] = "embedded", EMBEDDED, round(near, 4)
            columns.append(near)
        value = bounded(sigmoid(logistic(MODEL, part).logit(columns)))
        kinds = missing(interaction.query, interaction.response)
        evidence = tuple(
            Evidence("response", "answer_type", detail=f"no {kind} is named") for kind in kinds
        )
        return Score(
            self.dimension,
            value,
            confidence=reliability(MODEL, f"{part}_reliability").confidence(value),
            evidence=evidence + _uncovered(query, response),
            flags=("off_topic",) if value < _LEAST else (),
            facts=facts,
            scorer=version,
        )

    def _near(self, interaction: Interaction) -> float | None:
        texts = compared(interaction)
        return self.closeness(*texts) if self.closeness and texts else None


def compared(interaction: Interaction) -> tuple[str, str] | None:
    """The question and how the answer begins, as they are embedded; None when one is empty."""
    query, response = interaction.query[:_MOST_QUERY].strip(), interaction.response.strip()
    return (query, response[:_BEGINNING]) if query and response else None


def signals(query: Reading, response: Reading) -> dict[str, float]:
    """What is looked at; `query` has content."""
    asked = {stem: weight(stem) for stem in query.positions if stem not in _ASKING} or {
        stem: weight(stem) for stem in query.positions
    }
    total = sum(asked.values())
    said = frozenset(response.positions)
    prefixes = frozenset(stem[:_PREFIX] for stem in said)
    first = frozenset(response.words.stems[: response.bounds[0][1] if response.bounds else 0])
    held = {stem for stem in asked if stem in said}
    loose = {stem for stem in asked if stem in said or stem[:_PREFIX] in prefixes}
    touching = [
        any(stem in asked for stem in response.words.stems[begin:end])
        for begin, end in response.bounds
    ]
    rarest = max(asked, key=lambda stem: (asked[stem], len(stem)))
    pairs = set(zip(query.words.stems, query.words.stems[1:], strict=False))
    spoken = set(zip(response.words.stems, response.words.stems[1:], strict=False))
    return {
        "covered": sum(asked[stem] for stem in held) / total,
        "rarest": float(rarest in loose),
        "first_covered": sum(asked[stem] for stem in asked if stem in first) / total,
        "prefix_covered": sum(asked[stem] for stem in loose) / total,
        "sentences": sum(touching) / max(1, len(touching)),
        "type_missing": -float(bool(missing(query.text, response.text))),
        "pairs": len(pairs & spoken) / max(1, len(pairs)),
        "echo": sum(asked[stem] * min(4, len(response.positions.get(stem, ()))) for stem in asked)
        / total
        / 4,
        "kin_covered": sum(asked[stem] * _said(stem, said, prefixes) for stem in asked) / total,
        "turned": _turned(asked, response),
    }


def _said(stem: str, said: AbstractSet[str], prefixes: AbstractSet[str]) -> float:
    """How surely a word of the question was said, itself or in another form or word."""
    if stem in said:
        return 1.0
    if stem[:_PREFIX] in prefixes:
        return _PREFIX_CREDIT
    return 0.0 if kin(stem).isdisjoint(said) else _KIN_CREDIT


def _turned(asked: Mapping[str, float], response: Reading) -> float:
    """Share of what the answer says most heavily that the question speaks of, in any words."""
    about = frozenset(asked).union(*map(kin, asked))
    sizes = {stem: weight(stem) for stem in response.positions}
    heavy = sorted(sizes, key=lambda each: (-sizes[each] * len(response.positions[each]), each))
    heaviest = heavy[:_HEAVIEST]
    whole = sum(sizes[stem] for stem in heaviest)
    return sum(sizes[stem] for stem in heaviest if stem in about) / whole if whole else 0.0


def _uncovered(query: Reading, response: Reading) -> tuple[Evidence, ...]:
    words = query.words
    return tuple(
        Evidence("query", "not_in_answer", words.starts[where[0]], words.ends[where[0]], stem)
        for stem, where in query.positions.items()
        if stem not in response.positions and weight(stem) > _LEAST
    )[:6]
