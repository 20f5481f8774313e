"""Joins the printed lines of a PDF into paragraphs, headings, list items and table rows."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.pdf_lines import HYPHEN, Line
from groundwatch.indexing.parse.pdf_table import columns, has_leaders, rows_of, split_at

_BULLET = re.compile(r"(?P<mark>[•◦▪●○■□➢➤✓❖]|[-–—*](?=\s)|r(?=\s[A-Z]))\s*(?=\S)")  # noqa: RUF001
_NUMBERED = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\([ivx]{1,5}\))\s+(?=\S)")
_ENDS = (".", "!", "?", ":", ";", "。", "．", "！", "？", '."', ".”", ".)")  # noqa: RUF001
_DIGITS = re.compile(r"\d+")
_BROKEN = re.compile(rf"(?P<before>\w+){HYPHEN}\s?(?P<after>\w+)")
_LINE_END_HYPHEN = re.compile(rf"\w+(?:-\n|{HYPHEN}\s?)\w+")
_WORD = re.compile(r"\w+(?:-\w+)*")
_MARGIN_LINES = 3
_COLUMN_WIDTH = 36
_COLUMN_AT_LEAST = 14
_PITCH_SLACK, _MIN_PITCH, _MAX_PITCH = 1.35, 1.6, 2.6
_MAX_HEADING = 140


class Layout:
    """What must be known of a whole document before its lines can be joined.

    Attributes:
        body: the height of type of the running text, in points.
        levels: heights of type above it that headings use, the largest first.
        pitch: from line to line inside a paragraph, at most, in heights of type.
    """

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        sizes: Counter[float] = Counter()
        self._words: set[str] = set()
        for page in pages:
            for line in page:
                sizes[round(line.size, 1)] += len(line.text)
            self._words.update(_WORD.findall(_without_broken_words(page).lower()))
        self.body = sizes.most_common(1)[0][0] if sizes else 1.0
        self.levels = _heading_sizes(sizes, self.body)
        self.pitch = _largest_pitch(pages)

    def heading_level(self, line: Line) -> int:
        """Return 1 to 5 for a line that is set like a heading, else 0."""
        text = line.text
        if len(line.cells) > 1 or len(text) > _MAX_HEADING or not any(map(str.isalpha, text)):
            return 0
        for level, size in enumerate(self.levels, start=1):
            if line.size >= size * 0.97:
                return level
        plain_end = text.endswith((".", ",", ";"))
        return max(2, len(self.levels) + 1) if line.bold and not plain_end and len(text) > 2 else 0

    def word(self, before: str, after: str) -> str:
        """Return the word that was broken at a line's end, with its hyphen if it has one."""
        whole, hyphenated = before + after, f"{before}-{after}"
        if hyphenated.lower() in self._words:
            return hyphenated
        if whole.lower() in self._words:
            return whole
        two_words = before.lower() in self._words and after.lower() in self._words
        compound = two_words or not after[:1].islower() or before[-1:].isdigit()
        return hyphenated if compound else whole

    def mended(self, text: str) -> str:
        """Return the text with its broken words whole."""
        if HYPHEN not in text:
            return text
        text = _BROKEN.sub(lambda found: self.word(found["before"], found["after"]), text)
        return text.replace(HYPHEN, "-")


def _heading_sizes(sizes: Counter[float], body: float) -> list[float]:
    larger = sorted((size for size in sizes if size > body * 1.14), reverse=True)
    distinct: list[float] = []
    for size in larger:
        if not distinct or size < distinct[-1] * 0.93:
            distinct.append(size)
    return distinct[-4:]


def _without_broken_words(page: Sequence[Line]) -> str:
    text = "\n".join(line.text for line in page)
    return _LINE_END_HYPHEN.sub(" ", text)


def _largest_pitch(pages: Sequence[Sequence[Line]]) -> float:
    drops = [
        (one.bottom - other.bottom) / one.size
        for page in pages
        for one, other in pairwise(page)
        if 0.8 * one.size < one.bottom - other.bottom < 3 * one.size and one.same_type(other)
    ]
    usual = median(drops) if drops else 1.2
    return min(max(usual * _PITCH_SLACK, _MIN_PITCH), _MAX_PITCH)


def without_margins(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return the pages without headers and footers: lines at an edge that half of the pages repeat.

    Digits do not count, so "Page 3 of 9" repeats; a bare number at an edge is a page number.
    """
    edges = [_edges(page) for page in pages]
    seen = Counter(key for page in edges for key in {_key(line) for line in page})
    needed = max(3, len(pages) * 0.5)
    kept: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        repeated = {id(line) for line in edge if seen[_key(line)] >= needed}
        if len(pages) > 1:
            repeated |= {id(line) for line in edge if _key(line).strip(" -|") in ("#", "Page #")}
        kept.append([line for line in page if id(line) not in repeated])
    return kept


def _edges(page: Sequence[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: line.bottom)
    return by_height[:_MARGIN_LINES] + by_height[_MARGIN_LINES:][-_MARGIN_LINES:]


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text)


class PageWriter:
    """Adds pages to a text; a paragraph stays open until a line shows that it has ended."""

    def __init__(self, builder: TextBuilder, layout: Layout) -> None:
        self._builder = builder
        self._layout = layout
        self._open: list[Line] = []
        self._rows: list[Line] = []
        self._kind: Callable[[str], None] = builder.paragraph

    def page(self, lines: Sequence[Line]) -> None:
        """Add one page; its first line may continue the paragraph before it."""
        if not lines or not self._runs_on(lines[0]):
            self.close()
        self._builder.page()
        right = _right_edges(lines)
        for line in lines:
            self._line(line, right(line))

    def close(self) -> None:
        """End the open paragraph or table."""
        if self._rows:
            rows = [[self._layout.mended(cell) for cell in row] for row in rows_of(self._rows)]
            even = len({len(row) for row in rows}) == 1
            self._builder.table(rows, header=None if even else False)
        if self._open:
            self._kind(self._layout.mended(_joined_text([line.text for line in self._open])))
        self._rows, self._open, self._kind = [], [], self._builder.paragraph

    def _line(self, line: Line, right: float) -> None:
        if _is_row(line) or self._is_tight_row(line):
            if self._open:
                self.close()
            self._rows.append(line)
            return
        if self._open and self._continues(line, right):
            self._open.append(line)
            return
        self.close()
        self._start(line)

    def _is_tight_row(self, line: Line) -> bool:
        """Tell a row whose cells almost touch: a word stands at the start of every column."""
        if not self._rows or not self._rows[-1].follows_closely(line):
            return False
        begins = columns(self._rows)
        return len(begins) > 2 and len(split_at(line, begins)) == len(begins)

    def _start(self, line: Line) -> None:
        self._open = [line]
        if bullet := _BULLET.match(line.text):
            self._kind = lambda text: self._builder.item(text[bullet.end() :])
        elif number := _NUMBERED.match(line.text):
            mark = number.group().strip()
            self._kind = lambda text: self._builder.item(text[number.end() :], mark)
        elif level := self._layout.heading_level(line):
            self._kind = lambda text: self._builder.heading(level, text)

    def _continues(self, line: Line, right: float) -> bool:
        last, first = self._open[-1], self._open[0]
        if _is_item(line) or not last.same_type(line):
            return False
        if self._layout.heading_level(first) != self._layout.heading_level(line):
            return False
        if self._layout.heading_level(first):
            return 0 < last.bottom - line.bottom < 1.8 * line.size
        drop = last.bottom - line.bottom
        if drop < -line.size or drop > 4 * line.size:
            return self._runs_on(line)
        if drop > self._layout.pitch * line.size:
            return False
        return self._fills(last, line, right)

    def _fills(self, last: Line, line: Line, right: float) -> bool:
        """Tell whether the next word had no room on the last line, so that the line was wrapped."""
        text = last.text
        if text.endswith("-") or (line.text[:1].islower() and not text.endswith(_ENDS)):
            return True
        if last.right_to_left:
            return not text.endswith(_ENDS)
        indent = line.left - last.left
        if text.endswith(_ENDS) and indent > line.size and len(self._open) > 1:
            return False
        word = line.text.split(" ", 1)[0]
        reached = max(at.right for at in (*self._open, line))
        if reached - last.left > _COLUMN_AT_LEAST * line.size:
            right = min(right, reached)
        room = right - last.right
        return room < (len(word) + 1) * line.size * 0.5 + line.size

    def _runs_on(self, line: Line) -> bool:
        """Tell whether a line at the top of a page or column continues the open paragraph."""
        if not self._open or _is_item(line) or self._layout.heading_level(self._open[0]):
            return False
        text = self._open[-1].text
        return (
            not text.endswith(_ENDS) and line.text[:1].islower() and self._open[-1].same_type(line)
        )


def _is_row(line: Line) -> bool:
    if has_leaders(line.text):
        return True
    return len(line.cells) > 2 or (len(line.cells) == 2 and not _is_item(line))


def _is_item(line: Line) -> bool:
    return bool(_BULLET.match(line.text) or _NUMBERED.match(line.text))


def _right_edges(lines: Sequence[Line]) -> Callable[[Line], float]:
    """Return how far to the right the column of a line reaches, titles across columns apart."""
    rights: defaultdict[int, list[float]] = defaultdict(list)
    for line in lines:
        if len(line.cells) == 1:
            at = round(line.left / _COLUMN_WIDTH)
            for column in (at - 1, at, at + 1):
                rights[column].append(line.right)
    edges = {
        column: sorted(found)[int((len(found) - 1) * (1.0 if len(found) < 8 else 0.85))]
        for column, found in rights.items()
    }
    return lambda line: edges.get(round(line.left / _COLUMN_WIDTH), line.right)


def _joined_text(texts: Sequence[str]) -> str:
    joined = texts[0]
    for text in texts[1:]:
        wordy = len(joined) > 1 and joined[-2].isalpha() and text[:1].isalpha()
        if joined.endswith("-") and wordy:
            joined = f"{joined[:-1]}{HYPHEN}{text}"
        elif _is_ideographic(joined[-1:]) and _is_ideographic(text[:1]):
            joined += text
        else:
            joined = f"{joined} {text}"
    return joined


def _is_ideographic(char: str) -> bool:
    """Tell Chinese and Japanese, which put no space between words."""
    return (
        "\u3001" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uff01" <= char <= "\uff60"
    )
