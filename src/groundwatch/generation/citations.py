"""Citations that can be proved: every quote stands in its source, at its offsets."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundwatch.domain.answers import AnswerSentence, Citation
from groundwatch.domain.documents import Passage

_SPACE = re.compile(r"\s+")
# What typesetting and models exchange freely, one character for one.
_ALIKE = str.maketrans(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2010\u2011\u2012\u2013\u2014\u2212\u00a0",
    "'''\"\"\"------ ",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a citation does not hold: `unknown-passage`, `wrong-document`, `not-a-quote`."""

    citation: Citation
    reason: str


def cite(number: int, passage: Passage, start: int, end: int) -> Citation:
    """Cite `passage.text[start:end]`; the citation's offsets are the document's."""
    return Citation(
        number=number,
        chunk_id=passage.chunk_id,
        document_id=passage.document.id,
        quote=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
    )


def faults(sentences: Iterable[AnswerSentence], passages: Sequence[Passage]) -> list[Fault]:
    """Return every citation that is not an exact quote of a permitted passage; none is proof."""
    by_chunk = {passage.chunk_id: passage for passage in passages}
    found = []
    for sentence in sentences:
        for citation in sentence.citations:
            reason = _fault(citation, by_chunk.get(citation.chunk_id))
            if reason:
                found.append(Fault(citation, reason))
    return found


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Find a quote in a text whatever its whitespace, case, quotation marks and dashes.

    Returns:
        The exact offsets in `text`, so that `text[start:end]` is what the source really says;
        None where the quote is empty or is not there.
    """
    wanted, _ = _normalised(quote)
    wanted = wanted.strip(" ")
    if not wanted:
        return None
    haystack, offsets = _normalised(text)
    at = haystack.find(wanted)
    return None if at < 0 else (offsets[at], offsets[at + len(wanted) - 1] + 1)


def _fault(citation: Citation, passage: Passage | None) -> str:
    if passage is None:
        return "unknown-passage"
    if citation.document_id != passage.document.id:
        return "wrong-document"
    start, end = citation.start - passage.start, citation.end - passage.start
    inside = 0 <= start < end <= len(passage.text)
    return "" if inside and passage.text[start:end] == citation.quote else "not-a-quote"


def _normalised(text: str) -> tuple[str, list[int]]:
    """Return the text with single spaces and plain marks, and each character's offset before."""
    letters: list[str] = []
    offsets: list[int] = []
    for at, letter in enumerate(text):
        plain = " " if _SPACE.match(letter) else letter.translate(_ALIKE)
        if plain == " " and letters and letters[-1] == " ":
            continue
        lowered = plain.lower()
        letters.append(lowered if len(lowered) == 1 else plain)
        offsets.append(at)
    return "".join(letters), offsets
