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

PICKED = 5
"""At most so many sentences are picked for themselves; others come along with them."""

_WORTH = 0.65
"""A further sentence scores at least this share of what the best one scores."""

_FOLLOWED = 3
"""The best so many bring the sentence after them, which often holds the condition or figure."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PARAGRAPH = "\n\n"
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of the answer and those of other documents that say the same."""

    candidate: Candidate
    echoes: tuple[Candidate, ...] = ()


def choose(
    question: str, ranked: Sequence[Evidence], passages: Sequence[Passage], limit: int
) -> list[Chosen]:
    """Pick at most `limit` distinct sentences from the best down, none far behind the best.

    What two documents say alike is said once and cites both. Of two versions of a document that
    contradict each other the newer one is quoted, unless the question names the older one's year.
    """
    asked = set(_YEAR.findall(question))
    worth = _WORTH * ranked[0].score if ranked else 0.0
    chosen: list[Chosen] = []
    for found in (evidence.candidate for evidence in ranked if evidence.score >= worth):
        for at, taken in enumerate(chosen):
            if _says_the_same(taken.candidate, found, passages):
                chosen[at] = Chosen(taken.candidate, (*taken.echoes, found))
                break
            if _are_versions(taken.candidate, found, passages):
                if _supersedes(found, taken.candidate, passages, asked):
                    chosen[at] = Chosen(found)
                break
        else:
            if len(chosen) < min(limit, PICKED):
                chosen.append(Chosen(found))
    return chosen


def with_next(
    chosen: Sequence[Chosen], found: Sequence[Candidate], passages: Sequence[Passage], limit: int
) -> list[Chosen]:
    """Add to the best sentences those that follow them in their paragraphs, up to `limit` in all.

    Args:
        chosen: what `choose` picked, best first.
        found: every candidate, in reading order.
        passages: what they stand in.
        limit: sentences of the answer at most.
    """
    taken = {each for item in chosen for each in (item.candidate, *item.echoes)}
    complete = list(chosen)
    for item in chosen[:_FOLLOWED]:
        after = _next(item.candidate, found, passages)
        if after is not None and after not in taken and len(complete) < limit:
            taken.add(after)
            complete.append(Chosen(after))
    return complete


def _next(
    one: Candidate, found: Sequence[Candidate], passages: Sequence[Passage]
) -> Candidate | None:
    later = [
        each
        for each in found
        if each.passage == one.passage and each.start >= one.end and not each.title
    ]
    if not later:
        return None
    between = passages[one.passage].text[one.end : later[0].start]
    return None if _PARAGRAPH in between else later[0]


def arrange(chosen: Sequence[Chosen], passages: Sequence[Passage]) -> list[AnswerSentence]:
    """Put the best document first, its sentences in reading order, and number the citations."""
    documents = list(dict.fromkeys(passages[item.candidate.passage].document.id for item in chosen))

    def place(item: Chosen) -> tuple[int, int]:
        passage = passages[item.candidate.passage]
        return documents.index(passage.document.id), passage.start + item.candidate.start

    numbers: dict[int, int] = {}
    return [_sentence(item, passages, numbers) for item in sorted(chosen, key=place)]


def _sentence(item: Chosen, passages: Sequence[Passage], numbers: dict[int, int]) -> AnswerSentence:
    candidate = item.candidate
    citations: list[Citation] = []
    for source in (candidate, *item.echoes):
        passage = passages[source.passage]
        number = numbers.setdefault(passage.chunk_id, len(numbers) + 1)
        citations.append(cite(number, passage, source.start, source.end))
    text = f"({candidate.header}) {candidate.text}" if candidate.header else candidate.text
    return AnswerSentence(text=" ".join(text.split()), citations=tuple(citations))


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
