"""Small files that would unfold to gigabytes are refused before they do."""

import io
import zipfile

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse import archive
from groundwatch.indexing.parse.formats import parse

LAUGHS = '<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;">]>'


def reason(name: str, data: bytes) -> str:
    with pytest.raises(DocumentRejected) as caught:
        parse(name, data)
    return caught.value.reason


def word() -> bytes:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    return buffer.getvalue()


def rewritten(data: bytes, part: str, change) -> bytes:
    """Return an office file with one part changed or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body) if name == part else body)
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return buffer.getvalue()


def test_a_part_of_zeros_is_a_zip_bomb():
    bomb = rewritten(word(), "word/media/image1.png", lambda _: bytes(60_000_000))
    assert len(bomb) < 200_000
    assert reason("plan.docx", bomb) == "zip-bomb"


def test_many_parts_that_are_large_together_are_a_zip_bomb(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 10_000)
    assert reason("plan.docx", word()) == "zip-bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_in_an_office_part_are_an_xml_bomb(encoding):
    def laugh(body: bytes) -> bytes:
        text = body.decode()
        root = text.index("<w:document")
        return f"<?xml version='1.0' encoding='{encoding}'?>{LAUGHS}{text[root:]}".encode(encoding)

    assert reason("plan.docx", rewritten(word(), "word/document.xml", laugh)) == "xml-bomb"


def test_entities_behind_a_long_comment_are_an_xml_bomb():
    def laugh(body: bytes) -> bytes:
        return b"<!--" + b" " * 100_000 + b"-->" + LAUGHS.encode() + body

    assert reason("plan.docx", rewritten(word(), "word/document.xml", laugh)) == "xml-bomb"


def test_entities_in_a_sheet_are_an_xml_bomb():
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    bomb = rewritten(
        buffer.getvalue(), "xl/worksheets/sheet1.xml", lambda body: LAUGHS.encode() + body
    )
    assert reason("plan.xlsx", bomb) == "xml-bomb"


def test_entities_in_xml_are_an_xml_bomb():
    assert reason("a.xml", f"<?xml version='1.0'?>{LAUGHS}<a>&m;</a>".encode()) == "xml-bomb"


def test_xml_nested_too_deep_is_refused():
    assert reason("a.xml", b"<a>" * 5_000 + b"x" + b"</a>" * 5_000) == "corrupt"


def test_a_page_nested_too_deep_is_refused():
    assert reason("a.html", b"<div>" * 50_000 + b"text") == "too-large"


def test_json_nested_too_deep_is_refused():
    assert reason("a.json", b"[" * 200_000 + b"]" * 200_000) == "too-large"
    assert reason("a.json", b"[" * 500 + b'"text"' + b"]" * 500) == "too-large"


def test_a_protected_archive_is_encrypted():
    data = bytearray(word())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert reason("plan.docx", bytes(data)) == "encrypted"


def test_too_much_text_is_too_large():
    assert reason("a.txt", b"word " * 4_200_000) == "too-large"


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "**a ",
        "*a_",
        "`",
        "``a` ",
        "<!--",
        "<a ",
        "> ",
        "| ",
        "~~b ",
        "- ",
        "[a](",
        "[^",
        "#",
    ],
)
def test_hostile_markdown_takes_time_in_proportion_to_its_length(piece):
    for text in (piece * (300_000 // len(piece)), f"{piece} \n" * (300_000 // (len(piece) + 2))):
        try:
            parse("a.md", b"word " + text.encode())
        except DocumentRejected as error:
            assert error.reason == "empty"  # noqa: PT017
