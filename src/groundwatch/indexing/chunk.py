"""Cuts a parsed document into passages along its structure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

from groundwatch.domain.documents import Chunk
from groundwatch.domain.sentences import Span
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.pieces import Piece, pieces, stripped
from groundwatch.indexing.tokens import CountTokens

_HEADING_SHARE = 0.3
_MIN_SHARE = 0.25


def chunk(parsed: Parsed, limit_tokens: int, count: CountTokens) -> tuple[Chunk, ...]:
    """Cut a document into chunks of at most `limit_tokens` each, title and headings included.

    A chunk ends before a heading; a heading without text of its own goes with what follows it.
    Inside a section, blocks are packed evenly; what is longer than the limit is cut at lines, then
    sentences, then words. Every character that is not whitespace is in exactly one chunk.

    Args:
        parsed: the document.
        limit_tokens: what `count` may say of a chunk's `embedding_text` under the document's title.
            A title that alone takes more than three quarters of it is not counted in full.
        count: tokens of a text; see `tokens.by_words`.
    """
    chunks: list[Chunk] = []
    for span in _sections(parsed):
        heading = _heading(parsed.heading_at(span[1] - 1), limit_tokens * _HEADING_SHARE, count)
        context = " > ".join(part for part in (parsed.title, heading) if part)
        room = limit_tokens - count(f"{context}\n" if context else "")
        for start, end in _packed(parsed.text, span, max(room, int(limit_tokens * _MIN_SHARE), 1), count):  # noqa: E501  # fmt: skip
            text, page = parsed.text[start:end], parsed.page_at(start)
            chunks.append(Chunk(len(chunks), text, start, end, heading, page))
    return tuple(chunks)


def _sections(parsed: Parsed) -> Iterator[Span]:
    """Yield the spans of the sections; a bare heading begins the span of the next."""
    text = parsed.text
    begin = end = -1
    for number, border in enumerate(pairwise((0, *(s.start for s in parsed.sections), len(text)))):
        start, stop = stripped(text, *border)
        if start == stop:
            continue
        begin, end = (start if begin < 0 else begin), stop
        if number == 0 or "\n" in text[start:stop]:
            yield begin, end
            begin = -1
    if begin >= 0:
        yield begin, end


def _heading(path: Sequence[str], limit: float, count: CountTokens) -> str:
    """Return the headings above a chunk, the outer ones left out where they take too much."""
    for outermost in range(len(path)):
        heading = " > ".join(path[outermost:])
        if count(heading) <= limit:
            return heading
    return ""


def _packed(text: str, span: Span, room: int, count: CountTokens) -> Iterator[Span]:
    """Yield chunks of about the same size, as few as the room allows."""
    parts = list(pieces(text, span, room, count))
    total = sum(tokens for _, _, tokens in parts)
    target = total / max(1, ceil(total / room))
    group: list[Piece] = []
    held = 0
    for piece in parts:
        if group and (held + piece[2] > room or held + piece[2] / 2 > target):
            yield from _fitting(text, group, room, count)
            group, held = [], 0
        group.append(piece)
        held += piece[2]
    if group:
        yield from _fitting(text, group, room, count)


def _fitting(text: str, group: Sequence[Piece], room: int, count: CountTokens) -> Iterator[Span]:
    """Yield the pieces as one span, or as several where they count more together than apart."""
    start, end = group[0][0], group[-1][1]
    if len(group) == 1 or count(text[start:end]) <= room:
        yield start, end
        return
    middle = len(group) // 2
    yield from _fitting(text, group[:middle], room, count)
    yield from _fitting(text, group[middle:], room, count)
