"""OpenDocument texts and books, written by hand."""

import io
import zipfile

import pytest

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.formats import parse

ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>
<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>
<text:h text:outline-level="1">Quay rules</text:h>
<text:p>Two<text:s text:c="2"/>words<text:tab/>and <text:span>more</text:span>.</text:p>
<text:list><text:list-item><text:p>First</text:p><text:list><text:list-item><text:p>Inner</text:p>
</text:list-item></text:list></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>Ship</text:p></table:table-cell>
<table:table-cell><text:p>Berth</text:p></table:table-cell>
<table:table-cell><text:p>Fee</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Elin</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="2"><text:p>7</text:p></table:table-cell>
</table:table-row></table:table></office:text></office:body></office:document-content>"""
CONTAINER = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Tides</dc:title>
</metadata><manifest><item id="b" href="two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""


def archive(mimetype: str, **parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", mimetype)
        for name, text in parts.items():
            out.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


def test_an_opendocument_text():
    data = archive("application/vnd.oasis.opendocument.text", **{"content.xml": ODT})
    parsed = parse("rules.odt", data)
    expected = (
        "Quay rules\n\nTwo words and more.\n\n- First\n  - Inner\n\nShip: Elin | Berth: 7 | Fee: 7"
    )
    assert expected == parsed.text
    assert parsed.title == "Quay rules"


def test_a_book_in_reading_order():
    page = "<!DOCTYPE html><html><body><h2>{0}</h2><p>Text of {0}.</p></body></html>"
    parts = {"META-INF/container.xml": CONTAINER, "OPS/book.opf": PACKAGE}
    parts |= {"OPS/one.xhtml": page.format("one"), "OPS/two b.xhtml": page.format("two")}
    parsed = parse("tides.epub", archive("application/epub+zip", **parts))
    assert parsed.text == "one\n\nText of one.\n\ntwo\n\nText of two."
    assert parsed.title == "Tides"
    assert parsed.page_at(parsed.text.index("two")) == 2


@pytest.mark.parametrize("name", ["book.epub", "rules.odt"])
def test_an_archive_without_its_parts_is_corrupt(name):
    kind = (
        "application/epub+zip"
        if name.endswith("epub")
        else "application/vnd.oasis.opendocument.text"
    )
    with pytest.raises(DocumentRejected) as caught:
        parse(name, archive(kind, other="x"))
    assert caught.value.reason == "corrupt"
