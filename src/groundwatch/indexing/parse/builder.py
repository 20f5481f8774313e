"""Puts a document's text together and remembers where headings and pages begin."""

import re
from collections.abc import Sequence

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse import cleaning
from groundwatch.indexing.parse.parsed import Parsed, Section
from groundwatch.indexing.parse.tables import row_lines

MAX_TEXT = 20_000_000
"""Characters of text a document may hold."""

_HEADING_LENGTH = 300
_NEAR_THE_BEGINNING = 3
_MADE_UP = re.compile(
    r"""^\W*(?:untitled|anonymous|document|title|presentation|powerpoint[ ]presentation|slide[ ]1
    |contents|table[ ]of[ ]contents|(?:1\W*)?introduction|overview|abstract|summary|agenda|purpose
    |scope|microsoft[ ]\w+[ ]-.*|.*\.(?:docx?|indd|qxd|pdf|pptx?|xlsx?|tex|dvi|rtf))\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


class TextBuilder:
    """Collects blocks in reading order; each method cleans what it is given and skips nothing else.

    Raises:
        DocumentRejected: `too-large` from any method once the text passes `MAX_TEXT`.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._joined_by_line = False
        self._path: list[tuple[int, str]] = []
        self._sections: list[Section] = []
        self._pages: list[int] = []
        self._page_pending = 0
        self._levels: list[int] = []

    def heading(self, level: int, text: str) -> None:
        """Begin a section; `level` 1 is the outermost."""
        line = cleaning.one_line(text)
        if not line or len(line) > _HEADING_LENGTH:
            self.paragraph(line)
            return
        self._path = [(above, name) for above, name in self._path if above < level]
        self._path.append((level, line))
        start = self._block(line)
        self._sections.append(Section(start, tuple(name for _, name in self._path)))
        self._levels.append(level)

    def paragraph(self, text: str) -> None:
        """Add a paragraph as one line."""
        if line := cleaning.one_line(text):
            self._block(line)

    def lines(self, text: str) -> None:
        """Add code or verse: its line breaks and indentation carry meaning."""
        block = cleaning.lines(text)
        if block.strip():
            self._block(block)

    def item(self, text: str, marker: str = "-", depth: int = 0) -> None:
        """Add an item of a list; items that follow each other stand on consecutive lines.

        An empty marker continues the item before it.
        """
        if line := cleaning.one_line(text):
            indent = "  " * min(depth, 8)
            self._block(f"{indent}{marker or ' '} {line}", by_line=True)

    def table(self, rows: Sequence[Sequence[str]], *, header: bool | None = None) -> None:
        """Add a table, a line a row; `header` says whether the first row is marked as one."""
        if lines := row_lines(rows, header):
            self._block("\n".join(lines))

    def page(self) -> None:
        """Begin a page, slide or sheet."""
        self._page_pending += 1

    def build(self, stated: str = "") -> Parsed:
        """Return what was collected.

        The title is the only heading of the first level where it stands near the beginning, else
        the one that the file states, else the first heading if it is of the first level; else it
        is empty.
        """
        pages = self._pages + [self._length] * self._page_pending
        text = "".join(self._parts)
        return Parsed(
            text, self._title(cleaning.one_line(stated)), tuple(self._sections), tuple(pages)
        )

    def _title(self, stated: str) -> str:
        tops = [at for at, level in enumerate(self._levels) if level == 1]
        if len(tops) == 1 and tops[0] < _NEAR_THE_BEGINNING:
            return self._sections[tops[0]].heading[-1]
        if stated and not _MADE_UP.search(stated):
            return stated
        if tops[:1] == [0] and not _MADE_UP.search(self._sections[0].heading[0]):
            return self._sections[0].heading[0]
        return ""

    def _block(self, text: str, *, by_line: bool = False) -> int:
        if self._parts:
            gap = "\n" if by_line and self._joined_by_line else "\n\n"
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._pages += [start] * self._page_pending
        self._page_pending = 0
        self._joined_by_line = by_line
        self._parts.append(text)
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise DocumentRejected(
                "parse",
                "too-large",
                f"The text is longer than {MAX_TEXT:,} characters; split the document.",
            )
        return start
