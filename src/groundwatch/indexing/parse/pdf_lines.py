"""Reads the printed lines of a PDF page: their text, cells, place and size of type."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

_CELL_GAP = 1.35
_GARBAGE_SHARE = 0.2
_SAME_ROW = 0.35
_NEXT_ROW = 0.6
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_FIRST_PRIVATE, _LAST_PRIVATE = "\ue000", "\uf8ff"

HYPHEN = "\ufffe"
"""Stands where a line was broken inside a word: the hyphen may or may not belong to the word."""

Box = tuple[float, float, float, float]
"""left, bottom, right, top in points, seen as the page is shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line.

    Attributes:
        cells: its parts, set apart by gaps wider than a space; one part in running text.
        starts: for each cell, where its words begin, in points from the left.
        size: height of its type in points.
    """

    cells: tuple[str, ...]
    starts: tuple[tuple[float, ...], ...]
    left: float
    bottom: float
    right: float
    top: float
    size: float
    bold: bool

    @property
    def text(self) -> str:
        return " ".join(self.cells)

    def on_row_with(self, other: "Line") -> bool:
        """Tell whether the other line stands on the same height, to the right of this one."""
        middle, its = (self.top + self.bottom) / 2, (other.top + other.bottom) / 2
        return abs(middle - its) < _SAME_ROW * self.size and other.left > self.right - self.size / 2

    @property
    def right_to_left(self) -> bool:
        return _RIGHT_TO_LEFT.search(self.cells[0]) is not None

    def same_type(self, other: "Line") -> bool:
        """Tell whether both are set in type of about the same height."""
        return 0.85 < self.size / other.size < 1.18

    def follows_closely(self, other: "Line") -> bool:
        """Tell whether the other line stands right below this one."""
        return 0 < self.bottom - other.bottom < 2.5 * self.size


def page_lines(page: pdfium.PdfPage) -> list[Line]:
    """Return the lines of a page in the order in which the file holds them."""
    textpage = page.get_textpage()
    try:
        return _merged_rows(_PageText(page, textpage).lines())
    finally:
        textpage.close()


class _PageText:
    def __init__(self, page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> None:
        self._raw = textpage.raw
        self._rotation = page.get_rotation()
        self._width, self._height = page.get_mediabox()[2:]
        self._text = _characters(textpage)
        self._rect = pdfium_c.FS_RECTF()
        self._boxes: dict[int, Box] = {}

    def lines(self) -> Iterator[Line]:
        start = 0
        for piece in self._text.split("\n"):
            inked = [start + at for at, char in enumerate(piece) if not char.isspace()]
            if inked and not _is_garbage([self._text[at] for at in inked]):
                yield from self._rows(inked)
            start += len(piece) + 1

    def _rows(self, inked: list[int]) -> Iterator[Line]:
        """Yield the printed rows of what the engine takes for one line, split into cells."""
        size = self._size(inked[0])
        # Where directions mix, neighbours in the text are not neighbours on the page.
        mixed = _RIGHT_TO_LEFT.search(self._text, inked[0], inked[-1] + 1) is not None
        row: list[list[tuple[int, int]]] = [[]]
        begin = inked[0]
        for before, after in pairwise(inked):
            if after - before == 1:
                continue
            row[-1].append((begin, before))
            begin = after
            gap, drop = self._distance(before, after)
            if drop > _NEXT_ROW * size:
                yield from self._line(row)
                row = [[]]
            elif gap > _CELL_GAP * size and not mixed:
                row.append([])
        row[-1].append((begin, inked[-1]))
        yield from self._line(row)

    def _line(self, row: list[list[tuple[int, int]]]) -> Iterator[Line]:
        """Yield the line of a row of cells, each a list of words, unless none can be read."""
        words = [[(_readable(self._text[a : b + 1]), a) for a, b in cell] for cell in row]
        words = [kept for cell in words if (kept := [word for word in cell if word[0]])]
        if not words:
            return
        start, end = row[0][0][0], row[-1][-1][1]
        first, last = self._box(start), self._box(end)
        yield Line(
            cells=tuple(" ".join(word for word, _ in cell) for cell in words),
            starts=tuple(tuple(self._box(at)[0] for _, at in cell) for cell in words),
            left=min(first[0], last[0]),
            bottom=min(first[1], last[1]),
            right=max(first[2], last[2]),
            top=max(first[3], last[3]),
            size=max(first[3] - first[1], 1.0),
            bold=self._is_bold((start + end) // 2),
        )

    def _size(self, at: int) -> float:
        box = self._box(at)
        return max(box[3] - box[1], 1.0)

    def _distance(self, before: int, after: int) -> tuple[float, float]:
        """Return how far apart two characters are, across and down."""
        one, other = self._box(before), self._box(after)
        across = max(other[0] - one[2], one[0] - other[2])
        return across, abs(one[1] + one[3] - other[1] - other[3]) / 2

    def _box(self, at: int) -> Box:
        """Return the box of a character; most are asked for twice."""
        box = self._boxes.get(at)
        if box is None:
            box = self._boxes[at] = self._measured(at)
        return box

    def _measured(self, at: int) -> Box:
        rect = self._rect
        pdfium_c.FPDFText_GetLooseCharBox(self._raw, at, rect)
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        match self._rotation:
            case 90:
                return bottom, self._width - right, top, self._width - left
            case 180:
                return self._width - right, self._height - top, self._width - left, self._height - bottom  # noqa: E501  # fmt: skip
            case 270:
                return self._height - top, left, self._height - bottom, right
            case _:
                return left, bottom, right, top

    def _is_bold(self, at: int) -> bool:
        name = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        pdfium_c.FPDFText_GetFontInfo(self._raw, at, name, len(name), flags)
        return b"bold" in name.value.lower() or pdfium_c.FPDFText_GetFontWeight(self._raw, at) > 600


def _characters(textpage: pdfium.PdfTextPage) -> str:
    """Return the page's characters, one a position, line breaks as LF."""
    count = textpage.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(textpage.raw, 0, count, buffer)
    text = bytes(buffer)[: max(0, written - 1) * 2].decode("utf-16-le", errors="replace")
    if len(text) != count:
        get = pdfium_c.FPDFText_GetUnicode
        text = "".join(_character(get(textpage.raw, at)) for at in range(count))
    return text.replace("\r", " ")


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _is_garbage(characters: list[str]) -> bool:
    """Tell a line whose font does not say which characters its shapes are."""
    odd = sum(
        char < " " or char == "\ufffd" or "\x7f" <= char < "\xa0" or _is_private(char)
        for char in characters
        if char != "\x02"
    )
    return odd > len(characters) * _GARBAGE_SHARE and odd > 1


def _is_private(char: str) -> bool:
    return _FIRST_PRIVATE <= char <= _LAST_PRIVATE


def _readable(word: str) -> str:
    """Return the word with a symbol font's mark as a bullet, and one mark for broken words."""
    word = word.replace("\x02", HYPHEN).replace("\u00ad", HYPHEN)
    if all(map(_is_private, word)):
        return "•"
    return "".join(char for char in word if not _is_private(char))


def _merged_rows(lines: Iterator[Line]) -> list[Line]:
    """Join cells of one row that the file holds as lines of their own."""
    merged: list[Line] = []
    for line in lines:
        if merged and merged[-1].on_row_with(line):
            merged[-1] = _joined(merged[-1], line)
        else:
            merged.append(line)
    return merged


def _joined(one: Line, other: Line) -> Line:
    near = other.left - one.right < _CELL_GAP * one.size / 2
    cells, starts = one.cells + other.cells, one.starts + other.starts
    if near:
        at = len(one.cells)
        cells = (*cells[: at - 1], f"{cells[at - 1]} {cells[at]}", *cells[at + 1 :])
        starts = (*starts[: at - 1], starts[at - 1] + starts[at], *starts[at + 1 :])
    return Line(
        cells=cells,
        starts=starts,
        left=one.left,
        bottom=min(one.bottom, other.bottom),
        right=other.right,
        top=max(one.top, other.top),
        size=max(one.size, other.size),
        bold=one.bold and other.bold,
    )
