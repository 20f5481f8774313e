"""The sentences of the passages, each knowing where it stands and what stands above it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from groundwatch.domain.documents import Passage
from groundwatch.domain.sentences import sentences

_LABELLED = re.compile(r"[^|:]{1,60}: [^|]+ \| ")
"""A row that names its columns itself: `Grade: Senior | Daily rate: 45 EUR`."""

MAX_CANDIDATES = 400
"""Sentences looked at for one question; passages are best first, so the rest is the tail."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may become part of an answer: `text == passage.text[start:end]`.

    Attributes:
        passage: index into the passages given, best first.
        position: which sentence of its passage it is, from 0.
        context: title, headings, and for a table row its header row.
        header: the header row's text when this is a table row below one.
        title: a heading, title or header row: names things and does not answer.
    """

    passage: int
    start: int
    end: int
    position: int
    text: str
    context: str
    header: str = ""
    title: bool = False


def candidates(passages: Sequence[Passage]) -> list[Candidate]:
    """Split passages into sentences; what overlapping chunks share is taken once."""
    seen: set[tuple[str, int]] = set()
    found: list[Candidate] = []
    for index, passage in enumerate(passages):
        for candidate in _of(index, passage):
            at = (passage.document.id, passage.start + candidate.end)
            if at not in seen:
                seen.add(at)
                found.append(candidate)
        if len(found) >= MAX_CANDIDATES:
            break
    return found[:MAX_CANDIDATES]


def _of(index: int, passage: Passage) -> list[Candidate]:
    context = " > ".join(part for part in (passage.document.title, passage.heading) if part)
    titles = {_plain(part) for part in (*passage.heading.split(" > "), passage.document.title)}
    found: list[Candidate] = []
    header = ""
    for position, (start, end) in enumerate(sentences(passage.text)):
        text = passage.text[start:end]
        if not any(letter.isalnum() for letter in text):
            continue
        row = _is_row(text)
        above = header if row and not _LABELLED.search(text) else ""
        header = (header or text) if row and not _LABELLED.search(text) else ""
        found.append(
            Candidate(
                passage=index,
                start=start,
                end=end,
                position=position,
                text=text,
                context=f"{context}\n{above}" if above else context,
                header=above,
                title=text.startswith("#") or bool(header and not above) or _plain(text) in titles,
            )
        )
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).strip("#: ").casefold()


def _is_row(text: str) -> bool:
    return " | " in text or text.startswith("|")
