"""Whether a passage supports a sentence that somebody else wrote."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwatch.domain.answers import Citation
from groundwatch.domain.documents import Passage
from groundwatch.domain.sentences import Span, sentences
from groundwatch.generation.citations import cite, locate
from groundwatch.generation.drafts import Draft, Mark
from groundwatch.generation.words import terms
from groundwatch.models.embedder import Embedder, Urgency

ENOUGH_WORDS = 0.5
"""This share of a sentence's terms in the passages it cites is support."""

SOME_WORDS = 0.2
ENOUGH_MEANING = 0.6
"""Or some of them, and this cosine to a sentence of a passage it cites."""

_MIN_QUOTE_TERMS = 2
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage a sentence cites, and the span of it that proves most."""

    passage: Passage
    span: Span


def cited(draft: Draft, passages: Sequence[Passage], embedder: Embedder | None) -> list[Cited]:
    """Return what supports a sentence; empty when nothing it cites does.

    Every number of the sentence must stand in the passages it cites.
    """
    sources = [_source(mark, draft, passages) for mark in draft.marks]
    found = [source for source in dict.fromkeys(sources) if source is not None]
    return found if found and _supported(draft, found, embedder) else []


def citation(number: int, source: Cited) -> Citation:
    """Cite the span that proves most."""
    return cite(number, source.passage, *source.span)


def _source(mark: Mark, draft: Draft, passages: Sequence[Passage]) -> Cited | None:
    if not 1 <= mark.number <= len(passages):
        return None
    passage = passages[mark.number - 1]
    quoted = locate(mark.quote, passage.text) if mark.quote else None
    span = quoted or _closest(draft.text, passage.text)
    return Cited(passage, span) if span else None


def _closest(sentence: str, text: str) -> Span | None:
    wanted = set(terms(sentence))
    spans = sentences(text)
    return max(
        spans,
        key=lambda span: len(wanted & set(terms(text[slice(*span)]))),
        default=None,
    )


def _supported(draft: Draft, sources: Sequence[Cited], embedder: Embedder | None) -> bool:
    wanted = set(terms(draft.text))
    present: set[str] = set()
    for source in sources:
        passage = source.passage
        present |= set(terms(f"{passage.document.title}\n{passage.heading}\n{passage.text}"))
    if any(_DIGIT.search(term) and term not in present for term in wanted):
        return False
    share = len(wanted & present) / len(wanted) if wanted else 0.0
    if share >= ENOUGH_WORDS:
        return True
    return share >= SOME_WORDS and embedder is not None and _means(draft.text, sources, embedder)


def _means(sentence: str, sources: Sequence[Cited], embedder: Embedder) -> bool:
    quotes = [source.passage.text[slice(*source.span)] for source in sources]
    vectors = embedder.embed([sentence, *quotes], Urgency.QUESTION)
    return bool((vectors[1:] @ vectors[0]).max() >= ENOUGH_MEANING)
