"""Workbooks written with openpyxl and read back."""

import datetime as dt
import io

import openpyxl  # type: ignore[import-untyped]

from groundwatch.indexing.parse.formats import parse


def saved(workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def test_sheets_are_pages_and_rows_name_their_values():
    workbook = openpyxl.Workbook()
    fees = workbook.active
    fees.title = "Fees"
    rows: list[list[object]] = [["Fees in force"], ["Ship", "Fee", "Share", "From", "Paid"]]
    rows += [["Elin", 90.5, 0.25, dt.date(2025, 3, 1), True]]
    rows += [["Bram", 70, 0.5, dt.datetime.fromisoformat("2025-03-01 08:30"), False]]
    rows += [[], ["Total", 160.5]]
    for row in rows:
        fees.append(row)
    fees["C3"].number_format = fees["C4"].number_format = "0%"
    workbook.create_sheet("Empty")
    hidden = workbook.create_sheet("Hidden")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    crew = workbook.create_sheet("Crew")
    crew.append(["Anna"])
    parsed = parse("fees.xlsx", saved(workbook))
    expected = (
        "Fees\n\nFees in force\n\n"
        "Ship: Elin | Fee: 90.5 | Share: 25% | From: 2025-03-01 | Paid: yes\n"
        "Ship: Bram | Fee: 70 | Share: 50% | From: 2025-03-01 08:30 | Paid: no\n\n"
        "Total | 160.5\n\nEmpty\n\nCrew\n\nAnna"
    )
    assert expected == parsed.text
    assert parsed.title == "Fees"
    assert parsed.page_at(parsed.text.index("Anna")) == 4


def test_rows_far_below_are_found_and_a_million_empty_ones_cost_nothing():
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "above"
    workbook.active["B9000"] = "below"
    workbook.active["A1048576"].number_format = "0"
    text = parse("far.xlsx", saved(workbook)).text
    assert "above" in text
    assert "below" in text
