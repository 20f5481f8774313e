"""PDF: running text joined from printed lines, page by page."""

from dataclasses import replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.builder import MAX_TEXT, TextBuilder
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.pdf_layout import Layout, PageWriter, without_margins
from groundwatch.indexing.parse.pdf_lines import Line, page_lines

_PASSWORD = 4
_MIN_LETTERS = 8
_READABLE_SHARE = 0.1


def parse(data: bytes) -> Parsed:
    """Parse a PDF.

    Raises:
        DocumentRejected: `encrypted`, `corrupt`, `needs-ocr` (pages without a text layer) or
            `empty`.
    """
    document = _opened(data)
    try:
        pages, scanned = _lines(document)
        title = _title(document)
    except pdfium.PdfiumError as error:
        raise DocumentRejected("parse", "corrupt", f"The PDF is damaged: {error}.") from None
    finally:
        document.close()
    kept = without_margins(pages)
    builder = TextBuilder()
    writer = PageWriter(builder, Layout(kept))
    for lines in kept:
        writer.page(lines)
    writer.close()
    return replace(builder.build(title), remarks=_remarks(scanned, len(pages)))


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == _PASSWORD:
            message = "The PDF is protected by a password; save it without one."
            raise DocumentRejected("parse", "encrypted", message) from None
        message = "The PDF is damaged; print it to a new file or send it again."
        raise DocumentRejected("parse", "corrupt", message) from None


def _lines(document: pdfium.PdfDocument) -> tuple[list[list[Line]], int]:
    """Return the lines of every page, and how many pages are images without text."""
    pages: list[list[Line]] = []
    scanned = length = 0
    for page in document:
        lines = page_lines(page)
        letters = sum(len(line.text) for line in lines)
        length += letters
        scanned += letters < _MIN_LETTERS and _has_image(page)
        page.close()
        pages.append(lines if letters else [])
        if length > MAX_TEXT:
            raise DocumentRejected("parse", "too-large", "The PDF holds too much text; split it.")
    readable = sum(1 for lines in pages if lines)
    if scanned and readable < (readable + scanned) * _READABLE_SHARE + 1:
        message = f"{scanned} of {len(pages)} pages are images without text; run OCR over the PDF."
        raise DocumentRejected("parse", "needs-ocr", message)
    return pages, scanned


def _remarks(scanned: int, pages: int) -> tuple[str, ...]:
    if not scanned:
        return ()
    return (f"{scanned} of {pages} pages are images without text and are not searchable.",)


def _has_image(page: pdfium.PdfPage) -> bool:
    kinds = (pdfium_c.FPDF_PAGEOBJ_IMAGE,)
    return next(iter(page.get_objects(filter=kinds, max_depth=4)), None) is not None


def _title(document: pdfium.PdfDocument) -> str:
    """Return the title among the document's properties; one word is a file's or a program's."""
    title: str = document.get_metadata_dict().get("Title", "").strip()
    return title if " " in title else ""
