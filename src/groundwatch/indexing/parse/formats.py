"""Which function parses which format, and the title every document gets."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from groundwatch.errors import DocumentRejected, GroundwatchError
from groundwatch.indexing import media
from groundwatch.indexing.parse import (
    delimited,
    docx,
    epub,
    html,
    mail,
    markdown,
    odt,
    plain,
    pptx,
    structured,
    xlsx,
    xml,
)
from groundwatch.indexing.parse.parsed import Parsed, Section

_SEPARATORS = re.compile(r"[\s_]+|(?<=\w)-(?=\w)|(?<=[a-z])(?=[A-Z][a-z])")
_TITLE_LENGTH = 200


def parse(name: str, data: bytes) -> Parsed:
    """Parse a file of any supported format.

    Args:
        name: the file's name or path; tells the format and, if need be, the title.
        data: its bytes.

    Raises:
        DocumentRejected: the file cannot be indexed; carries the reason.
    """
    try:
        parsed = _parse(media.media_type(name, data), data)
    except MemoryError:
        raise DocumentRejected("parse", "out-of-memory", "Parsing takes too much memory.") from None
    except RecursionError:
        raise DocumentRejected("parse", "too-large", "The file nests too deep.") from None
    except GroundwatchError:
        raise
    except Exception as error:  # noqa: BLE001 - libraries meet hostile bytes here
        message = f"The file cannot be parsed ({type(error).__name__}); save it again."
        raise DocumentRejected("parse", "corrupt", message) from None
    if not any(map(str.isalnum, parsed.text)):
        raise DocumentRejected("parse", "empty", f"{PurePosixPath(name).name} holds no text.")
    return titled(parsed, name)


def titled(parsed: Parsed, name: str) -> Parsed:
    """Return the document with a title, if need be its file's name, that no heading repeats."""
    title = (parsed.title or readable_name(name))[:_TITLE_LENGTH]
    sections = tuple(_below(title, section) for section in parsed.sections)
    return replace(parsed, title=title, sections=sections)


def readable_name(name: str) -> str:
    """Return `Travel policy 2024` for `hr/travel_policy-2024.docx`."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = stem.rsplit(".", 1)[0] or stem
    words = " ".join(_SEPARATORS.sub(" ", stem).split())
    return words[:1].upper() + words[1:] if words else stem


def _below(title: str, section: Section) -> Section:
    if section.heading[:1] == (title,):
        return Section(section.start, section.heading[1:])
    return section


def _parse(kind: str, data: bytes) -> Parsed:
    parse_format = _parsers().get(kind)
    if parse_format is None:
        raise DocumentRejected("parse", "unsupported", f"Files of type {kind} are not read.")
    return parse_format(data)


def _parsers() -> dict[str, Callable[[bytes], Parsed]]:
    return {
        media.MARKDOWN: markdown.parse,
        media.PLAIN: plain.parse,
        media.HTML: html.parse,
        media.PDF: _parse_pdf,
        media.DOCX: docx.parse,
        media.PPTX: pptx.parse,
        media.XLSX: xlsx.parse,
        media.ODT: odt.parse,
        media.EPUB: epub.parse,
        media.CSV: delimited.parse,
        media.EMAIL: mail.parse,
        media.JSON: structured.parse,
        media.NOTEBOOK: structured.parse_notebook,
        media.XML: xml.parse,
    }


def _parse_pdf(data: bytes) -> Parsed:
    from groundwatch.indexing.parse import pdf

    return pdf.parse(data)
