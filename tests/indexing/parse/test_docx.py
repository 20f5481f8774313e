"""Word documents written with python-docx and read back."""

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.formats import parse


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def empty():
    document = docx.Document()
    document.core_properties.title = ""
    return document


def test_headings_lists_tables_and_page_headers():
    document = empty()
    document.add_heading("Crew rules", 0)
    document.add_heading("Leave", 1)
    document.add_paragraph("Twenty-five days a year.")
    document.add_paragraph("Ask early", "List Bullet")
    document.add_paragraph("Tell the crew", "List Number")
    document.add_paragraph("Sign the form", "List Number")
    table = document.add_table(0, 3)
    for row in (("Grade", "Days", "Note"), ("A1", "25", ""), ("A2", "27", "from 2025")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.sections[0].header.paragraphs[0].text = "Policy HR-12"
    parsed = parse("crew.docx", saved(document))
    expected = (
        "Crew rules\n\nLeave\n\nTwenty-five days a year.\n\n- Ask early\n1. Tell the crew\n"
        "2. Sign the form\n\nGrade: A1 | Days: 25\nGrade: A2 | Days: 27 | Note: from 2025\n\n"
        "Policy HR-12"
    )
    assert expected == parsed.text
    assert parsed.title == "Crew rules"
    assert parsed.heading_at(parsed.text.index("Twenty")) == ("Leave",)


def test_a_table_of_one_column_is_text_and_nested_tables_are_kept():
    document = empty()
    document.add_paragraph("Frame")
    frame = document.add_table(1, 1)
    frame.cell(0, 0).text = "Inside a box."
    inner = frame.cell(0, 0).add_table(2, 3)
    for at, text in enumerate(("Ship", "Berth", "Fee", "Elin", "7", "90")):
        inner.cell(at // 3, at % 3).text = text
    parsed = parse("frame.docx", saved(document))
    assert parsed.text == "Frame\n\nInside a box.\n\nShip: Elin | Berth: 7 | Fee: 90"


def test_bold_lines_are_headings_where_no_heading_style_is_used():
    document = empty()
    document.add_paragraph().add_run("Opening hours").bold = True
    document.add_paragraph("From nine to five.")
    parsed = parse("hours.docx", saved(document))
    assert [section.heading for section in parsed.sections] == [("Opening hours",)]


def test_insertions_count_and_deletions_do_not():
    document = empty()
    paragraph = document.add_paragraph("The gate ")
    for change, text in (("ins", "closes"), ("del", "opens")):
        tag = "w:t" if change == "ins" else "w:delText"
        xml = f'<w:{change} {nsdecls("w")} w:id="1"><w:r><{tag}>{text}</{tag}></w:r></w:{change}>'
        paragraph._p.append(parse_xml(xml))
    paragraph.add_run(" at ten.")
    assert parse("gate.docx", saved(document)).text == "The gate closes at ten."


def test_content_controls_and_links_are_read():
    document = empty()
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"  # noqa: E501
    link = f"<w:hyperlink {nsdecls('w')}><w:r><w:t>the plan</w:t></w:r></w:hyperlink>"
    paragraph = document.add_paragraph("See ")
    paragraph._p.append(parse_xml(link))
    paragraph._p.addnext(parse_xml(control))
    assert parse("see.docx", saved(document)).text == "See the plan\n\nIn a control."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 and then nothing", "corrupt"),
        (b"no archive at all", "corrupt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 600, "unsupported"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(DocumentRejected) as caught:
        parse("plan.docx", data)
    assert reason == caught.value.reason


def test_a_document_without_text_is_empty():
    with pytest.raises(DocumentRejected) as caught:
        parse("plan.docx", saved(empty()))
    assert caught.value.reason == "empty"


def test_a_document_without_its_main_part_is_corrupt():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/other.xml", "<a/>")
    with pytest.raises(DocumentRejected) as caught:
        parse("plan.docx", buffer.getvalue())
    assert caught.value.reason == "corrupt"
