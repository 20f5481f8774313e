"""What of a document its non-reader must never see, and whether a text shows it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from groundwatch.domain.access import AccessReason, Principal
from groundwatch.domain.documents import DocumentContent
from groundwatch.domain.sentences import sentences

_FEWEST_WORDS = 5
"""Shorter sentences stand in many documents and give nothing away."""

_FEWEST_TITLE_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of text that gives a forbidden document away."""

    kind: str
    path: str
    text: str


def marks_for(documents: Iterable[DocumentContent], principals: frozenset[Principal]) -> list[Mark]:
    """Everything of the documents withheld from somebody that no document of theirs says too."""
    withheld: list[DocumentContent] = []
    readable: list[DocumentContent] = []
    for document in documents:
        allowed = document.access.decide(principals) is AccessReason.ALLOWED
        (readable if allowed else withheld).append(document)
    known = "\n".join(
        squeezed(f"{document.meta.path} {document.meta.title} {document.text}")
        for document in readable
    )
    return [mark for document in withheld for mark in _marks(document) if mark.text not in known]


def shown(marks: Iterable[Mark], text: str, question: str) -> list[Mark]:
    """The marks that a text shows; what the question itself says is no leak."""
    seen, asked = squeezed(text), squeezed(question)
    return [mark for mark in marks if mark.text in seen and mark.text not in asked]


def squeezed(text: str) -> str:
    """Text without markup of answers, in lower case, with single spaces."""
    return " ".join(re.sub(r"\[\d+\]|[*_`]", " ", text).lower().split())


def _marks(document: DocumentContent) -> Iterator[Mark]:
    meta = document.meta
    yield Mark("id", meta.path, meta.id)
    yield Mark("path", meta.path, squeezed(meta.path))
    if len(meta.title) >= _FEWEST_TITLE_CHARACTERS:
        yield Mark("title", meta.path, squeezed(meta.title))
    for start, end in sentences(document.text):
        text = squeezed(document.text[start:end])
        if len(text.split()) >= _FEWEST_WORDS:
            yield Mark("text", meta.path, text)
