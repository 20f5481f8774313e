"""Cuts a span of text into ever finer pieces: blocks, lines, sentences, words, characters."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from groundwatch.domain.sentences import Span, sentences
from groundwatch.indexing.tokens import CountTokens

Cut = Callable[[str, Span], Iterator[int]]
"""Yields offsets inside a span where it may be cut, ascending."""

Piece = tuple[int, int, int]
"""Start, end and tokens."""

_BLOCK = re.compile(r"\n\s*\n\s*")
_LINE = re.compile(r"\n\s*")
_SPACE = re.compile(r"\s+")
_NOT_SPACE = re.compile(r"\S")
_FORCED_PARTS = 64


def stripped(text: str, start: int, end: int) -> Span:
    """Return a span without outer whitespace; an empty one where there is nothing else."""
    found = _NOT_SPACE.search(text, start, end)
    if found is None:
        return end, end
    while text[end - 1].isspace():
        end -= 1
    return found.start(), end


def pieces(text: str, span: Span, room: int, count: CountTokens) -> Iterator[Piece]:
    """Yield the coarsest pieces of a span that hold at most `room` tokens each, in order."""
    stack: list[tuple[Span, int]] = [(span, 0)]
    while stack:
        (start, end), level = stack.pop()
        tokens = count(text[start:end])
        if tokens <= room or end - start <= 1:
            yield start, end, tokens
            continue
        parts = _parts(text, (start, end), level)
        stack += [(part, level + (len(parts) == 1)) for part in reversed(parts)]


def _parts(text: str, span: Span, level: int) -> list[Span]:
    cut = _CUTS[min(level, len(_CUTS) - 1)]
    offsets = [span[0], *cut(text, span), span[1]]
    found = (stripped(text, start, end) for start, end in pairwise(offsets))
    return [(start, end) for start, end in found if start < end]


def _by(pattern: re.Pattern[str]) -> Cut:
    def cut(text: str, span: Span) -> Iterator[int]:
        return (found.end() for found in pattern.finditer(text, *span))

    return cut


def _sentence_starts(text: str, span: Span) -> Iterator[int]:
    return (span[0] + start for start, _ in sentences(text[slice(*span)])[1:])


def _evenly(_text: str, span: Span) -> Iterator[int]:
    start, end = span
    yield from range(start, end, max(1, (end - start) // _FORCED_PARTS))


_CUTS: tuple[Cut, ...] = (_by(_BLOCK), _by(_LINE), _sentence_starts, _by(_SPACE), _evenly)
