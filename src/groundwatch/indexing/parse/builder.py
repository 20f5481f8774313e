"""Puts a document's text together and remembers where headings and pages begin."""

from collections.abc import Sequence

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse import cleaning
from groundwatch.indexing.parse.parsed import Parsed, Section
from groundwatch.indexing.parse.tables import row_lines

MAX_TEXT = 20_000_000
"""Characters of text a document may hold."""

_HEADING_LENGTH = 300


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

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a table, a line a row."""
        if lines := row_lines(rows):
            self._block("\n".join(lines))

    def page(self) -> None:
        """Begin a page, slide or sheet."""
        self._page_pending += 1

    def build(self, title: str = "") -> Parsed:
        """Return what was collected; the title may be empty."""
        pages = self._pages + [self._length] * self._page_pending
        text = "".join(self._parts)
        return Parsed(text, cleaning.one_line(title), tuple(self._sections), tuple(pages))

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
