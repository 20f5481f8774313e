"""Which sentences become the answer, in which order, citing what."""

from collections.abc import Sequence
from dataclasses import dataclass

from groundwatch.domain.answers import AnswerSentence, Citation
from groundwatch.domain.documents import Passage
from groundwatch.generation.candidates import Candidate
from groundwatch.generation.citations import cite
from groundwatch.generation.evidence import Evidence
from groundwatch.generation.words import terms

_NEAR_SAME = 0.8
_WORTH_ADDING = 0.75
"""A further sentence joins when its score is at least this share of the best one's."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer and the near-same ones it stands for."""

    evidence: Evidence
    echoes: tuple[Candidate, ...] = ()


def choose(ranked: Sequence[Evidence], limit: int) -> list[Chosen]:
    """Pick at most `limit` distinct sentences from the best down."""
    chosen: list[Chosen] = []
    for evidence in ranked:
        twin = next(
            (c for c in chosen if _near_same(c.evidence.candidate, evidence.candidate)), None
        )
        if twin is not None:
            at = chosen.index(twin)
            chosen[at] = Chosen(twin.evidence, (*twin.echoes, evidence.candidate))
        elif len(chosen) < limit and (
            not chosen or evidence.score >= _WORTH_ADDING * chosen[0].evidence.score
        ):
            chosen.append(Chosen(evidence))
    return chosen


def arrange(chosen: Sequence[Chosen], passages: Sequence[Passage]) -> list[AnswerSentence]:
    """Put the best document first, its sentences in reading order, and number the citations."""
    documents = list(
        dict.fromkeys(passages[c.evidence.candidate.passage].document.id for c in chosen)
    )

    def place(item: Chosen) -> tuple[int, int]:
        passage = passages[item.evidence.candidate.passage]
        return documents.index(passage.document.id), passage.start + item.evidence.candidate.start

    numbers: dict[int, int] = {}
    return [_sentence(item, passages, numbers) for item in sorted(chosen, key=place)]


def _sentence(item: Chosen, passages: Sequence[Passage], numbers: dict[int, int]) -> AnswerSentence:
    candidate = item.evidence.candidate
    citations: list[Citation] = []
    for source in (candidate, *item.echoes):
        passage = passages[source.passage]
        number = numbers.setdefault(passage.chunk_id, len(numbers) + 1)
        citations.append(cite(number, passage, source.start, source.end))
    text = f"({candidate.header}) {candidate.text}" if candidate.header else candidate.text
    return AnswerSentence(text=text, citations=tuple(citations))


def _near_same(one: Candidate, other: Candidate) -> bool:
    first, second = set(terms(one.text)), set(terms(other.text))
    if not first or not second:
        return one.text == other.text
    return len(first & second) / len(first | second) >= _NEAR_SAME
