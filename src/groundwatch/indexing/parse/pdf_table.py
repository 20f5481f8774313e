"""Rows of a printed table: cells that stand close together are told apart by the columns."""

import re
from collections.abc import Sequence

from groundwatch.indexing.parse.pdf_lines import Line

_CURRENCY = re.compile(r"(?:\s*\|)?\s*([$€£¥])(?: \|)? (?=[\d(—–.-])")  # noqa: RUF001
_UNIT = re.compile(r" \| ([%)]+)(?= |$)")
_LEADERS = re.compile(r"(?:\s?[.…·]){4,}\s*")
_ALIGNED = 0.12


def columns(rows: Sequence[Line]) -> tuple[float, ...]:
    """Return where the columns of a table begin, by the row with the most cells."""
    fullest = max(rows, key=lambda line: len(line.cells))
    return tuple(starts[0] for starts in fullest.starts)


def split_at(line: Line, begins: Sequence[float]) -> list[str]:
    """Return the cells of a row, cut also where a word stands exactly at the start of a column."""
    cells: list[str] = []
    for cell, starts in zip(line.cells, line.starts, strict=True):
        words = cell.split(" ")
        if len(words) != len(starts):
            cells.append(cell)
            continue
        held: list[str] = []
        for word, start in zip(words, starts, strict=True):
            if held and any(abs(start - begin) < _ALIGNED * line.size for begin in begins):
                cells.append(" ".join(held))
                held = []
            held.append(word)
        cells.append(" ".join(held))
    return cells


def rows_of(lines: Sequence[Line]) -> list[list[str]]:
    """Return the cells of the rows of a table; a sign or unit set apart joins its amount."""
    begins = columns(lines)
    return [_with_units(split_at(line, begins)) for line in lines]


def has_leaders(text: str) -> bool:
    """Tell a line of a table of contents, whose page number stands behind dots."""
    return _LEADERS.search(text) is not None


def _with_units(cells: Sequence[str]) -> list[str]:
    row = " | ".join(cell.replace(" | ", " ") for cell in cells)
    row = _LEADERS.sub(" | ", row)
    row = _CURRENCY.sub(r" | \1", row)
    return _UNIT.sub(r"\1", row).strip(" |").split(" | ")
