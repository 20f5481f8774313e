"""Word: headings by style, lists with their numbers, tables, text boxes, notes, page headers."""

import io
from collections.abc import Iterator
from typing import Any

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.archive import open_archive
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.docx_styles import Numbering, Styles, attribute, tag
from groundwatch.indexing.parse.parsed import Parsed

_SKIPPED = frozenset(
    map(
        tag,
        ("w:del", "w:instrText", "w:delText", "w:rPr", "w:pPr", "mc:Fallback", "w:moveFrom"),
    )
)
_BREAKS = {tag("w:tab"): "\t", tag("w:br"): "\n", tag("w:cr"): "\n", tag("w:noBreakHyphen"): "-"}
_PARAGRAPH, _TABLE, _BOX = tag("w:p"), tag("w:tbl"), tag("w:txbxContent")
_WRAPPERS = frozenset(map(tag, ("w:sdt", "w:sdtContent", "w:ins", "w:customXml", "w:smartTag")))
_FAKE_HEADING_LENGTH = 80

Element = Any
"""An lxml element; lxml carries no types."""


def parse(data: bytes) -> Parsed:
    """Parse a Word document; insertions under review count, deletions do not."""
    import docx
    from docx.opc.exceptions import OpcError

    open_archive(data).close()
    try:
        document = docx.Document(io.BytesIO(data))
    except (OpcError, KeyError, ValueError, AttributeError, SyntaxError):
        message = "The Word document is damaged; open and save it again."
        raise DocumentRejected("parse", "corrupt", message) from None
    parts = {rel.reltype.rsplit("/", 1)[-1]: rel for rel in document.part.rels.values()}
    numbering = Numbering(_part_element(parts.get("numbering")))
    builder = TextBuilder()
    body = document.element.body
    _Reader(builder, Styles(document.styles.element), numbering).read(body)
    for kind in ("footnotes", "endnotes"):
        _add_notes(builder, _part_element(parts.get(kind)))
    _add_page_headers(builder, document)
    return builder.build(document.core_properties.title or "")


class _Reader:
    def __init__(self, builder: TextBuilder, styles: Styles, numbering: Numbering) -> None:
        self._builder = builder
        self._styles = styles
        self._numbering = numbering
        self._bold_is_heading = False

    def read(self, body: Element) -> None:
        paragraphs = list(body.iter(_PARAGRAPH))
        self._bold_is_heading = not any(self._styles.heading_level(at) for at in paragraphs)
        self._blocks(body)

    def _blocks(self, parent: Element) -> None:
        for child in parent:
            if child.tag == _PARAGRAPH:
                self._paragraph(child)
            elif child.tag == _TABLE:
                self._table(child)
            elif child.tag in _WRAPPERS:
                self._blocks(child)

    def _paragraph(self, paragraph: Element) -> None:
        text = text_of(paragraph)
        level = self._styles.heading_level(paragraph)
        item = self._styles.list_place(paragraph)
        if level:
            self._builder.heading(level, text)
        elif item and text.strip():
            self._builder.item(text, self._numbering.marker(*item), item[1])
        elif self._bold_is_heading and self._is_fake_heading(paragraph, text):
            self._builder.heading(2, text)
        elif "\n" in text.strip():
            self._builder.lines(text)
        else:
            self._builder.paragraph(text)
        for box in _boxes(paragraph):
            self._blocks(box)

    def _is_fake_heading(self, paragraph: Element, text: str) -> bool:
        text = text.strip()
        short = 2 < len(text) <= _FAKE_HEADING_LENGTH and not text.endswith((".", ",", ";", ":"))
        return short and self._styles.is_bold(paragraph)

    def _table(self, table: Element) -> None:
        rows = [_row(row) for row in table.iter(tag("w:tr")) if _owner(row) is table]
        filled = [[cell for cell in row if cell.strip()] for row in rows]
        if max((len(row) for row in filled), default=0) > 1:
            marked = table.find(f"{tag('w:tr')}/{tag('w:trPr')}/{tag('w:tblHeader')}") is not None
            self._builder.table(rows, header=marked or None)
            return
        for cell in table.iter(tag("w:tc")):
            if _owner(cell) is table:
                self._blocks(cell)


def text_of(element: Element) -> str:
    """Return the text inside an element, without what was deleted under review."""
    parts: list[str] = []
    stack = [element]
    while stack:
        at = stack.pop()
        if at.tag == tag("w:t"):
            parts.append(at.text or "")
        elif at.tag in _BREAKS:
            parts.append(_BREAKS[at.tag])
        elif at.tag == _PARAGRAPH and at is not element:
            parts.append("\n")
            stack += reversed(at)
        elif at.tag not in _SKIPPED and at.tag != _BOX:
            stack += reversed(at)
    return "".join(parts)


def _boxes(paragraph: Element) -> Iterator[Element]:
    for box in paragraph.iter(_BOX):
        if not any(above.tag == tag("mc:Fallback") for above in box.iterancestors()):
            yield box


def _owner(element: Element) -> Element:
    return next(element.iterancestors(_TABLE), None)


def _row(row: Element) -> list[str]:
    """Return the cells of a row; a cell merged over columns is followed by empty ones."""
    cells: list[str] = []
    for cell in row.iter(tag("w:tc")):
        if next(cell.iterancestors(tag("w:tr"))) is row:
            span = cell.find(f"{tag('w:tcPr')}/{tag('w:gridSpan')}")
            width = attribute(span, "w:val") if span is not None else "1"
            cells += [text_of(cell), *[""] * (min(int(width), 60) - 1 if width.isdigit() else 0)]
    return cells


def _part_element(relation: Any) -> Element | None:  # noqa: ANN401
    from docx.oxml import parse_xml

    return None if relation is None else parse_xml(relation.target_part.blob)


def _add_notes(builder: TextBuilder, notes: Element | None) -> None:
    for note in [] if notes is None else notes:
        if attribute(note, "w:type") in ("", "normal") and (text := text_of(note)).strip():
            builder.paragraph(f"Note {attribute(note, 'w:id')}: {text}")


def _add_page_headers(builder: TextBuilder, document: Any) -> None:  # noqa: ANN401
    """Add what stands above and below every page, once, behind the text."""
    seen: set[str] = set()
    for section in document.sections:
        for part in (section.header, section.footer):
            for paragraph in [] if part.is_linked_to_previous else part.paragraphs:
                text = paragraph.text.strip()
                if sum(map(str.isalpha, text)) > 3 and text not in seen:
                    seen.add(text)
                    builder.paragraph(text)
