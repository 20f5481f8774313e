"""Templates are tried when they are loaded, and what reports hold cannot break out of them."""

import csv
import io
import re
from dataclasses import replace

import pytest
from pypdfium2 import PdfDocument  # type: ignore[import-untyped]
from tests.dashboard.test_looks import luminance

from groundwatch.errors import Unusable
from groundwatch.reports.charts import Heatmap
from groundwatch.reports.draw import drawn
from groundwatch.reports.drawing import Box, Text
from groundwatch.reports.paper.fonts import fonts_of
from groundwatch.reports.paper.pages import pdf
from groundwatch.reports.paper.pictures import png
from groundwatch.reports.plain import as_csv, as_json
from groundwatch.reports.rendering import Look, html, problems, subject
from groundwatch.reports.report import Column, Row, Table
from groundwatch.reports.sample import sample
from groundwatch.reports.scales import powers, ticks
from groundwatch.reports.words import amount, chance, change


def test_ours_load_nothing_and_escape_everything(tmp_path):
    page = html(sample(), Look(public_url="https://w.example/"))
    loads = re.findall(r"(?:src|url\(|@import|<link|<script|http-equiv)[^>]{0,40}", page)
    assert loads == []
    assert "support &lt;desk&gt;" in page
    assert "&lt;b&gt;" in page
    assert 'href="https://w.example/performance"' in page
    assert "href" not in html(sample(), Look())
    assert subject(sample(), Look()) == "Daily report: Monday, 2 March 2026 (support <desk>)"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("report.html", "{{ report.nothing }}", "nothing"),
        ("report.html", "{% if %}", "line 1"),
        ("report.html", "\n{{ oops", "line 2"),
        ("report.html", '<img src="https://x.example/a.png">', "load something"),
        ("report.html", '<LINK rel=stylesheet href="x">', "load something"),
        ("report.html", "<p style='background:url(http://x)'>", "load something"),
        ("report.html", "{{ ''.__class__.__mro__ }}", "unsafe"),
        ("report.html", "{{ 1 // 0 }}", "fails"),
        ("report.html", "  ", "renders to nothing"),
        ("report.html", "{% include '../../etc/passwd' %}", "fails"),
        ("subject.txt", "{{ amount(1) }}", "fails"),
        ("weekly.html", "x", "no template of reports"),
        ("notes.md", "x", "holds none of"),
    ],
)
def test_a_template_that_fails_is_refused(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    assert any(said in each for each in problems(tmp_path))


def test_a_template_replaces_ours(tmp_path):
    (tmp_path / "subject.txt").write_text("{{ report.span.date }}\n of {{ report.title }}")
    assert list(problems(tmp_path)) == []
    assert subject(sample(), Look(tmp_path)) == "2026-03-02 of Daily report"
    assert html(sample(), Look(tmp_path)) == html(sample(), Look())
    assert "no folder" in next(problems(tmp_path / "away"))


def test_paper_shows_what_the_font_has_and_says_what_it_lacks(tmp_path):
    made = sample()
    assert pdf(made) == pdf(made)
    fonts = fonts_of(None, None)
    assert (
        fonts.shown("12\u202f% \u2013 r\u00e9sum\u00e9 \u0119")
        == "12\u00a0% \u2013 r\u00e9sum\u00e9 e"
    )
    assert fonts.shown("\u0416") == "?"
    assert fonts.lost == {"\u0416"}
    (tmp_path / "font.ttf").write_bytes(b"no font")
    with pytest.raises(Unusable, match=r"font\.ttf"):
        pdf(made, font=tmp_path / "font.ttf")


def test_pages_are_counted_and_no_figure_stands_alone():
    made = sample()
    figure = made.sections[0].figures[0]
    for count, abreast in ((3, 3), (4, 4), (5, 3), (6, 3), (7, 4)):
        assert replace(made.sections[0], figures=(figure,) * count).abreast == abreast
    longer = replace(made, sections=made.sections * 6)
    with PdfDocument(pdf(longer)) as paper:
        texts = [page.get_textpage().get_text_range() for page in paper]
    assert len(texts) > 1
    for number, text in enumerate(texts, 1):
        assert f"Page {number} of {len(texts)}" in text
        assert len(text) > 200, "no page is empty"


def test_columns_without_anything_are_not_shown():
    columns = (Column("Topic"), Column("Before", "1"), Column("Asked", "1"), Column("Remark"))
    table = Table(
        "t", "Topics", columns, (Row(("a", None, 0.0, "")), Row(("b", None, 2.0, ""))), ""
    )
    assert [each.title for each in table.filled.columns] == ["Topic", "Asked"]
    assert [row.cells for row in table.filled.rows] == [("a", 0.0), ("b", 2.0)]
    assert replace(table, rows=()).filled.columns == columns
    made = sample()
    shown = replace(made, sections=(replace(made.sections[0], tables=(table,)),))
    with PdfDocument(pdf(shown)) as paper:
        text = "".join(page.get_textpage().get_text_range() for page in paper)
    assert "Asked" in text
    assert "Asked" in html(shown, Look())
    assert "Remark" not in text
    assert "Remark" not in html(shown, Look())
    assert "Remark" in as_json(shown), "programs get every column"


def test_numbers_on_a_heatmap_can_be_read():
    chart = Heatmap("h", "Hours", "1", ("Mon",), (tuple(float(n) for n in range(24)),), "")
    drawing = drawn(chart)
    assert drawing is not None
    shapes = drawing.shapes
    fields = [each for each in shapes if isinstance(each, Box) and each.height == 19]
    words = [each for each in shapes if isinstance(each, Text) and each.size == 7.5]
    assert len(fields) == len(words) == 24
    for field, word in zip(fields, words, strict=True):
        bright, dim = sorted((luminance(field.fill), luminance(word.fill)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 3.9


def test_pictures_are_png():
    drawing = drawn(sample().sections[0].charts[0])
    assert drawing is not None
    data = png(drawing, fonts_of(None, None))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20]) == 1280
    assert len(set(data)) > 50


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(text):
    made = sample()
    table = replace(made.sections[0].tables[0], rows=(Row((text, 1.2)),))
    section = replace(made.sections[0], figures=(), tables=(table,))
    (line,) = csv.DictReader(io.StringIO(as_csv(replace(made, sections=(section,)))))
    assert (line["row"], line["value"]) == (f"'{text}", "1.2")


def test_axes_are_round():
    assert ticks(0, 2.2) == [0, 1, 2, 3]
    assert ticks(0, 0) == [0, 0.25, 0.5, 0.75, 1.0]
    assert powers(0.11, 30.6) == [0.1, 0.3, 1, 3, 10, 30, 100]


def test_numbers_are_written_with_their_units():
    said = [
        amount(1284, "1"), amount(0.0123, "ratio"), amount(0.99986, "ratio"), amount(0.25, "s"),
        amount(0, "s"), amount(0.0042, "USD"), amount(None, "s"), change(-0.123), change(None),
        amount(-0.0000384, "USD"), amount(98367.5, "USD"), amount(-0.003, "score"),
        amount(0.0002, "ratio"), chance(3e-7), chance(0.0351), chance(None),
    ]  # fmt: skip
    assert [each.replace("\u202f", " ") for each in said] == [
        "1 284", "1.2 %", "99.99 %", "250 ms", "0 s", "$0.0042", "\u2013", "\u221212 %", "",
        "\u2212$0.000038", "$98 368", "\u22120.003", "0.02 %", "below 0.001", "0.035", "",
    ]  # fmt: skip
