"""Which sentences become the answer, in which order, citing what."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwatch.domain.answers import AnswerSentence, Citation
from groundwatch.domain.documents import DocumentMeta, Passage
from groundwatch.generation.candidates import Candidate
from groundwatch.generation.citations import cite
from groundwatch.generation.evidence import Evidence
from groundwatch.generation.words import terms

_SAME = 0.8
"""Sentences of two documents that share this much of their terms say the same."""

_VERSIONS = 0.6
"""With other numbers, and under titles that differ in digits alone, one replaces the other."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer and those of other documents that say the same."""

    evidence: Evidence
    echoes: tuple[Candidate, ...] = ()


def choose(
    question: str, ranked: Sequence[Evidence], passages: Sequence[Passage], limit: int
) -> list[Chosen]:
    """Pick at most `limit` distinct sentences from the best down.

    What two documents say alike is said once and cites both. Of two versions of a document that
    contradict each other the newer one is quoted, unless the question names the older one's year.
    """
    asked = set(_YEAR.findall(question))
    chosen: list[Chosen] = []
    for evidence in ranked:
        for at, taken in enumerate(chosen):
            if _says_the_same(taken.evidence.candidate, evidence.candidate, passages):
                chosen[at] = Chosen(taken.evidence, (*taken.echoes, evidence.candidate))
                break
            if _are_versions(taken.evidence.candidate, evidence.candidate, passages):
                if _supersedes(evidence.candidate, taken.evidence.candidate, passages, asked):
                    chosen[at] = Chosen(evidence)
                break
        else:
            if len(chosen) < limit:
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


def _says_the_same(one: Candidate, other: Candidate, passages: Sequence[Passage]) -> bool:
    if one.text == other.text:
        return True
    if _numbers(one) != _numbers(other) or _document(one, passages) == _document(other, passages):
        return False
    return _alike(one.text, other.text) >= _SAME


def _are_versions(one: Candidate, other: Candidate, passages: Sequence[Passage]) -> bool:
    first, second = _document(one, passages), _document(other, passages)
    if first.id == second.id or _unversioned(first) != _unversioned(second):
        return False
    return _alike(one.text, other.text) >= _VERSIONS


def _supersedes(
    one: Candidate, other: Candidate, passages: Sequence[Passage], asked: set[str]
) -> bool:
    first, second = _document(one, passages), _document(other, passages)
    years = set(_YEAR.findall(f"{second.title} {second.path}"))
    if asked & years:
        return False
    return _age(first) > _age(second)


def _age(document: DocumentMeta) -> tuple[str, float]:
    """Order versions by the year they name, then by when they were changed."""
    years = _YEAR.findall(f"{document.title} {document.path}")
    return max(years, default=""), document.modified_at.timestamp()


def _unversioned(document: DocumentMeta) -> str:
    return _DIGITS.sub("", document.title).casefold()


def _document(candidate: Candidate, passages: Sequence[Passage]) -> DocumentMeta:
    return passages[candidate.passage].document


def _numbers(candidate: Candidate) -> list[str]:
    return sorted(_DIGITS.findall(candidate.text))


def _alike(one: str, other: str) -> float:
    first, second = set(terms(one)), set(terms(other))
    return len(first & second) / len(first | second) if first or second else 0.0
