"""What a file is, by its name and its bytes, and what its characters are."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwatch.errors import DocumentRejected
from groundwatch.indexing import media

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(1, 200))


def packed(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


WORD = packed(**{"[Content_Types].xml": "", "word/document.xml": ""})
EXCEL = packed(**{"[Content_Types].xml": "", "xl/workbook.xml": ""})
BOOK = packed(mimetype="application/epub+zip")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a/b/notes.MD", b"# x", media.MARKDOWN),
        ("c:\\notes.txt", b"x", media.PLAIN),
        ("x.csv", b"a,b", media.CSV),
        ("x.pdf", b"junk before\n%PDF-1.7", media.PDF),
        ("x.bin", b"%PDF-1.7", media.PDF),
        ("notes.md", b"about the %PDF-1.7 mark", media.MARKDOWN),
        ("x.docx", WORD, media.DOCX),
        ("x.docx", EXCEL, media.XLSX),
        ("x.xls", EXCEL, media.XLSX),
        ("noname", WORD, media.DOCX),
        ("x.epub", BOOK, media.EPUB),
        ("README", b"plain words", media.PLAIN),
        ("README", b"<!DOCTYPE html><p>x", media.HTML),
        ("data", b"<?xml version='1.0'?><a/>", media.XML),
        ("x.txt", "words".encode("utf-16"), media.PLAIN),
        ("x.txt", "words that are long".encode("utf-16-le"), media.PLAIN),
    ],
)
def test_name_and_bytes_tell_the_type(name, data, expected):
    assert expected == media.media_type(name, data)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("x.md", b"", "empty"),
        ("x.md", b" \n\0\n", "empty"),
        ("x.txt", b"text\0with nothing", "unsupported"),
        ("x.png", b"\x89PNG\r\n\x1a\n\0\0\0", "unsupported"),
        ("x.zip", packed(a="b"), "unsupported"),
        ("x.docx", packed(a="b"), "corrupt"),
        ("x.docx", b"PK\x03\x04", "corrupt"),
        ("x.docx", b"<html>", "corrupt"),
        ("x.pdf", b"<html>", "corrupt"),
        ("x.doc", OLE, "unsupported"),
        ("x.msg", OLE, "unsupported"),
        ("x.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("x.doc", b"{\\rtf1 text}", "unsupported"),
    ],
)
def test_what_cannot_be_indexed_says_why(name, data, expected):
    with pytest.raises(DocumentRejected) as caught:
        media.media_type(name, data)
    assert expected == caught.value.reason
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_western_text_is_decoded(encoding):
    text = "Größe und Fähre: 5 €, vielleicht"
    assert text == media.decode(text.encode(encoding))


def test_japanese_text_is_decoded():
    text = "港は九時に開きます。"
    assert [text] * 3 == [media.decode(text.encode(name)) for name in ("cp932", "utf-8", "utf-16")]


@given(st.binary())
def test_any_bytes_are_decoded_to_something(data):
    assert isinstance(media.decode(data), str)


@given(st.text())
def test_utf8_is_decoded_exactly(text):
    data = text.encode(errors="ignore")
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and b"\0" not in data:
        assert data.decode() == media.decode(data)


@given(
    st.binary(max_size=300), st.sampled_from(["x.md", "x.pdf", "x.docx", "x.html", "x", "x.eml"])
)
def test_any_bytes_have_a_type_or_a_reason(data, name):
    try:
        assert media.media_type(name, data)
    except DocumentRejected as error:
        assert error.stage == "parse"  # noqa: PT017
