"""What parsing yields: clean text, and where its headings and pages begin."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading; it lasts until the next section starts.

    Attributes:
        start: character offset of its heading line.
        heading: its heading and those above it, outermost first; empty before the first heading.
    """

    start: int
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    r"""A document as text.

    Blocks (headings, paragraphs, lists, tables, code) are separated by a blank line; a paragraph is
    one line, a list item and a table row are a line each, cells separated by " | ".

    Attributes:
        title: never empty once `formats.parse` returned it.
        sections: ascending by start.
        pages: the offset where page, slide or sheet `i + 1` begins; empty where a format has none.
        remarks: what of the file is not in the text, for whoever looks after the source.
    """

    text: str
    title: str
    sections: tuple[Section, ...] = ()
    pages: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Return the 1-based page at an offset, or None where the format has no pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None

    def heading_at(self, offset: int) -> tuple[str, ...]:
        """Return the headings above an offset, outermost first."""
        at = bisect_right(self.sections, offset, key=lambda section: section.start)
        return self.sections[at - 1].heading if at else ()
