"""Word, PowerPoint and Excel files from markup, the same bytes every time."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime

from examples.harbor.markup import Block, Markup

STAMP = (2025, 6, 2, 8, 0, 0)
MOMENT = datetime(*STAMP)  # noqa: DTZ001 - Office files store naive times
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def docx(markup: Markup) -> bytes:
    """Write a Word document."""
    import docx as word

    document = word.Document()
    for block in markup.blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level)
        elif block.kind == "table":
            table = document.add_table(0, len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            style = "List Bullet" if block.kind == "bullet" else None
            document.add_paragraph(block.text, style=style)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "Harbor", markup.title, ""
    properties.created = properties.modified = MOMENT
    return _saved(document.save)


def pptx(markup: Markup) -> bytes:
    """Write a presentation: every heading of level 1 starts a slide."""
    import pptx as powerpoint

    deck = powerpoint.Presentation()
    for heading, blocks in _sections(markup):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = heading
        texts = [block.text for block in blocks if block.kind != "table"]
        frame = slide.placeholders[1].text_frame
        frame.text = "\n".join(texts)
        for table in (block for block in blocks if block.kind == "table"):
            _slide_table(slide, table)
    properties = deck.core_properties
    properties.author, properties.title = "Harbor", markup.title
    properties.created = properties.modified = MOMENT
    return _saved(deck.save)


def xlsx(markup: Markup) -> bytes:
    """Write a workbook: every heading of level 1 starts a sheet."""
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for heading, blocks in _sections(markup):
        sheet = book.create_sheet(heading)
        for block in blocks:
            for row in block.rows or ((block.text,),):
                sheet.append([_value(cell) for cell in row])
    book.properties.creator, book.properties.title = "Harbor", markup.title
    book.properties.created = MOMENT
    return _saved(book.save)


def _sections(markup: Markup) -> list[tuple[str, list[Block]]]:
    sections: list[tuple[str, list[Block]]] = []
    for block in markup.blocks:
        if block.kind == "heading" and block.level == 1:
            sections.append((block.text, []))
        else:
            sections[-1][1].append(block)
    return sections


def _slide_table(slide: object, block: Block) -> None:
    from pptx.util import Cm

    shapes = slide.shapes  # type: ignore[attr-defined]
    size = (len(block.rows), len(block.rows[0]))
    table = shapes.add_table(*size, Cm(1.5), Cm(9.5), Cm(22), Cm(1)).table
    for number, row in enumerate(block.rows):
        for column, text in enumerate(row):
            table.cell(number, column).text = text


def _value(cell: str) -> str | int | float:
    plain = cell.replace(",", "")
    if not NUMBER.fullmatch(plain):
        return cell
    return float(plain) if "." in plain else int(plain)


def _saved(save: Callable[[io.BytesIO], None]) -> bytes:
    """The archive again, without the moment at which the library wrote it."""
    first, second = io.BytesIO(), io.BytesIO()
    save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                moment = MOMENT.isoformat().encode() + b"Z"
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, data)
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return second.getvalue()
