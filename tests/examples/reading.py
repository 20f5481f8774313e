"""The text of a document as its format's library gives it."""

import email
import email.policy
from html.parser import HTMLParser
from pathlib import Path


def text_of(path: Path) -> str:
    """Return all text with every run of white space as one space."""
    readers = {
        ".docx": _docx,
        ".pptx": _pptx,
        ".xlsx": _xlsx,
        ".pdf": _pdf,
        ".html": _html,
        ".eml": _eml,
    }
    reader = readers.get(path.suffix)
    return squeezed(reader(path) if reader else path.read_text(encoding="utf-8"))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def _docx(path: Path) -> str:
    import docx

    document = docx.Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(texts + cells)


def _pptx(path: Path) -> str:
    import pptx

    texts = []
    for slide in pptx.Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                texts.append(shape.text_frame.text)
            elif shape.has_table:
                texts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(texts)


def _xlsx(path: Path) -> str:
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.load_workbook(path)
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(value) for row in rows for value in row if value is not None)


def _pdf(path: Path) -> str:
    import pypdfium2  # type: ignore[import-untyped]

    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _html(path: Path) -> str:
    parser = _Texts()
    parser.feed(path.read_text(encoding="utf-8"))
    return "".join(parser.texts)


def _eml(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
