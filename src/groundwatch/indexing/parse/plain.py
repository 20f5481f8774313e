"""Plain text: paragraphs between blank lines, lines joined where they were only wrapped."""

import re

from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.cleaning import characters
from groundwatch.indexing.parse.parsed import Parsed

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
_UNDERLINE = re.compile(r"[=\-~*#_]{3,}[ \t]*$")
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?[ \t]+(?P<name>[A-Z].{2,70})$")
_WRAPPED = 50


def parse(data: bytes) -> Parsed:
    """Parse a text file; underlined, numbered and capitalised lines of their own are headings."""
    builder = TextBuilder()
    add_text(builder, decode(data))
    return builder.build()


def add_text(builder: TextBuilder, text: str) -> None:
    """Add plain text to a builder, block by block."""
    for block in _BLANK.split(characters(text)):
        if block.strip():
            _add(builder, block.strip("\n"))


def _add(builder: TextBuilder, block: str) -> None:
    rows = block.split("\n")
    if len(rows) >= 2 and _UNDERLINE.match(rows[1]) and len(rows[0].strip()) <= 120:
        builder.heading(1 if rows[1].startswith("=") else 2, rows[0])
        _add_body(builder, rows[2:])
    elif level := _heading_level(rows):
        builder.heading(level, rows[0])
    else:
        _add_body(builder, rows)


def _heading_level(rows: list[str]) -> int:
    line = rows[0].strip()
    if len(rows) > 1 or len(line) > 80 or line.endswith((".", ":", ",", ";", "!", "?")):
        return 0
    if numbered := _NUMBERED.match(line):
        return numbered["number"].count(".") + 1
    letters = [char for char in line if char.isalpha()]
    return 1 if len(letters) >= 4 and line.isupper() and " | " not in line else 0


def _add_body(builder: TextBuilder, rows: list[str]) -> None:
    if not any(row.strip() for row in rows):
        return
    if _is_wrapped(rows):
        builder.paragraph(" ".join(rows))
    elif any(_ITEM.match(row) for row in rows):
        builder.lines("\n".join(_joined_items(rows)))
    else:
        builder.lines("\n".join(rows))


def _is_wrapped(rows: list[str]) -> bool:
    """Tell a wrapped paragraph from a poem, an address or a list of short lines."""
    if any(_ITEM.match(row) or "  " in row.strip() or "|" in row for row in rows):
        return False
    return all(len(row.strip()) >= _WRAPPED for row in rows[:-1])


def _joined_items(rows: list[str]) -> list[str]:
    joined: list[str] = []
    for row in rows:
        wrapped = joined and len(joined[-1]) >= _WRAPPED and not _ITEM.match(row)
        if wrapped:
            joined[-1] = f"{joined[-1]} {row.strip()}"
        else:
            joined.append(row)
    return joined
