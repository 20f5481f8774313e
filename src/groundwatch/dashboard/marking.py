"""A document's text cut into lines and runs, so that quote, passage and words can be marked."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from groundwatch.generation.words import fold, stem, terms

_SHOWN = 60_000
_LONGEST_LINE = 2_000
_LONGEST_TITLE = 70
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Run:
    """Text with one look."""

    text: str
    in_quote: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document.

    Attributes:
        kind: `heading`, `cells` of a table, `item` of a list or `text`.
        lead: the signs before a heading's text, which its look replaces.
        in_passage: it holds a part of the passage.
    """

    kind: str
    lead: str
    in_passage: bool
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """The part of a document around a quote.

    Attributes:
        before, after: characters of the document that are not shown.
    """

    lines: tuple[Line, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end`, exclusive."""

    start: int
    end: int

    def cut(self, start: int, end: int) -> "Span":
        return Span(min(max(self.start, start), end), max(min(self.end, end), start))


def marked(text: str, quote: Span, passage: Span, question: str) -> Marked:
    """Cut a document into lines around a quote.

    Args:
        text: the whole parsed text.
        quote: what supports the sentence; highlighted.
        passage: what was found; its words of the question are marked.
        question: as it was asked.
    """
    start, end = _window(text, quote)
    words = frozenset(terms(question))
    lines, at = [], start
    raws = text[start:end].split("\n")
    for number, raw in enumerate(raws):
        line = _line(raw, at, (quote, passage), words)
        is_title = _is_title(line) and _is_alone(raws, number)
        lines.append(replace(line, kind="heading") if is_title else line)
        at += len(raw) + 1
    return Marked(tuple(lines), start, len(text) - end)


def _window(text: str, quote: Span) -> tuple[int, int]:
    if len(text) <= _SHOWN:
        return 0, len(text)
    start = max(0, quote.start - _SHOWN // 2)
    end = min(len(text), quote.end + _SHOWN // 2)
    line_start = text.rfind("\n", max(0, start - _LONGEST_LINE), start) + 1
    line_end = text.find("\n", end, end + _LONGEST_LINE)
    return line_start or start, line_end if line_end >= 0 else end


def _line(raw: str, at: int, spans: tuple[Span, Span], words: frozenset[str]) -> Line:
    quote, passage = spans
    in_passage = bool(raw.strip()) and at < passage.end and at + len(raw) > passage.start
    found = _found(raw, words) if in_passage else []
    inside = quote.cut(at, at + len(raw))
    edges = {0, len(raw), inside.start - at, inside.end - at}
    edges.update(edge for span in found for edge in (span.start, span.end))
    kind, lead = _kind(raw)
    edges.add(lead)
    cuts = sorted(edge for edge in edges if edge >= lead)
    runs = [
        Run(
            raw[begin:stop],
            in_quote=inside.start - at <= begin and stop <= inside.end - at,
            is_word=any(span.start <= begin and stop <= span.end for span in found),
        )
        for begin, stop in pairwise(cuts)
        if stop > begin
    ]
    return Line(kind, raw[:lead], in_passage, tuple(runs))


def _is_title(line: Line) -> bool:
    """Guess: a short line between empty ones that does not end as a sentence does."""
    text = "".join(run.text for run in line.runs).strip()
    is_short = 0 < len(text) <= _LONGEST_TITLE and any(letter.isalpha() for letter in text)
    return line.kind in ("text", "item") and is_short and text[-1] not in ".!?:;,|"


def _is_alone(raws: list[str], number: int) -> bool:
    beside = raws[max(0, number - 1) : number] + raws[number + 1 : number + 2]
    return len(raws) > 1 and not any(raw.strip() for raw in beside)


def _kind(raw: str) -> tuple[str, int]:
    """The kind of a line, and how many characters its look replaces."""
    if (heading := re.match(r"\s{0,3}#{1,6}\s+", raw)) is not None:
        return "heading", heading.end()
    stripped = raw.lstrip()
    if stripped.startswith("|") or stripped.count(" | ") > 1 or "\t" in stripped:
        return "cells", 0
    return ("item" if re.match(r"([-*•]|\d+[.)]) ", stripped) else "text"), 0


def _found(raw: str, words: frozenset[str]) -> list[Span]:
    return [
        Span(match.start(), match.end())
        for match in _WORD.finditer(raw)
        if stem(fold(match[0])) in words
    ]
