"""Presentations written with python-pptx and read back."""

import io

import pptx
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from groundwatch.indexing.parse.formats import parse

BOX = (Inches(1), Inches(4), Inches(6), Inches(2))


def test_slides_are_pages_with_text_tables_charts_and_notes():
    deck = pptx.Presentation()
    deck.core_properties.title = "PowerPoint Presentation"
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Berth plan"
    first.placeholders[1].text = "Deep berths\nShallow berths"
    first.placeholders[1].text_frame.paragraphs[1].level = 1
    first.notes_slide.notes_text_frame.text = "Say it slowly."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    table = second.shapes.add_table(2, 3, *BOX).table
    for at, text in enumerate(("Ship", "Berth", "Fee", "Elin", "7", "90")):
        table.cell(at // 3, at % 3).text = text
    data = CategoryChartData()
    data.categories = ["2024", "2025"]
    data.add_series("Calls", (10, 12.5))
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "Calls a year"
    third.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data)
    group = third.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(7), Inches(1), Inches(1)).text_frame.text = "Grouped"
    buffer = io.BytesIO()
    deck.save(buffer)
    parsed = parse("plan.pptx", buffer.getvalue())
    expected = (
        "Berth plan\n\n- Deep berths\n  - Shallow berths\n\nNotes: Say it slowly.\n\n"
        "Slide 2\n\nShip: Elin | Berth: 7 | Fee: 90\n\n"
        "Calls a year\n\n2024 | Calls: 10\n2025 | Calls: 12.5\n\nGrouped"
    )
    assert expected == parsed.text
    assert parsed.title == "Berth plan"
    assert [parsed.page_at(parsed.text.index(word)) for word in ("Deep", "Elin", "12.5")] == [
        1,
        2,
        3,
    ]
