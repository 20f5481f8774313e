"""Which function parses which format, and the title every document gets."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from groundwatch.errors import DocumentRejected
from groundwatch.indexing import media
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
    parsed = _parse(media.media_type(name, data), data)
    if not any(map(str.isalnum, parsed.text)):
        raise DocumentRejected("parse", "empty", f"{PurePosixPath(name).name} holds no text.")
    return titled(parsed, name)


def titled(parsed: Parsed, name: str) -> Parsed:
    """Return the document with a title, which its headings do not repeat.

    The title is the only heading of the first level, else the one that the file states, else the
    first heading where it opens the text, else the file's name made readable.
    """
    tops = [section.heading[0] for section in parsed.sections if len(section.heading) == 1]
    only = tops[0] if len(tops) == 1 and parsed.sections[0].heading == (tops[0],) else ""
    opening = tops[0] if tops and parsed.sections[0].start == 0 else ""
    title = (only or parsed.title or opening or readable_name(name))[:_TITLE_LENGTH]
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
    from groundwatch.indexing.parse import docx, html, markdown, pdf, plain

    match kind:
        case media.MARKDOWN:
            return markdown.parse(data)
        case media.PLAIN:
            return plain.parse(data)
        case media.HTML:
            return html.parse(data)
        case media.PDF:
            return pdf.parse(data)
        case media.DOCX:
            return docx.parse(data)
        case _:
            raise DocumentRejected("parse", "unsupported", f"Files of type {kind} are not read.")
