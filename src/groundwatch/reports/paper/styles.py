"""Styles of paragraphs and tables on paper."""

from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.platypus import TableStyle  # type: ignore[import-untyped]

from groundwatch.reports.drawing import INK, MUTED, RULE
from groundwatch.reports.paper.fonts import Fonts

Style = Any
_HEAD_RULE = "#9aa3af"


@dataclass(frozen=True, slots=True)
class Styles:
    """Every style of a report."""

    title: Style
    muted: Style
    verdict: Style
    note: Style
    section: Style
    heading: Style
    body: Style
    number: Style
    cell: Style
    right: Style
    head: Style
    head_right: Style


def styles_of(fonts: Fonts) -> Styles:
    """Styles in the fonts of a report."""

    def style(name: str, size: float, colour: str = INK, *, bold: bool = False) -> Style:
        return ParagraphStyle(
            name, fontName=fonts.bold if bold else fonts.regular, fontSize=size,
            leading=size * 1.35, textColor=HexColor(colour), splitLongWords=1,
        )  # fmt: skip

    def right(style: Style) -> Style:
        return ParagraphStyle(f"{style.name}-right", parent=style, alignment=TA_RIGHT)

    section = style("section", 13, bold=True)
    section.spaceBefore, section.spaceAfter, section.keepWithNext = 20, 3, 1
    heading = style("heading", 9.5, bold=True)
    heading.spaceBefore, heading.spaceAfter, heading.keepWithNext = 9, 3, 1
    note = style("note", 8.5)
    note.leftIndent = note.rightIndent = 6
    note.borderPadding, note.spaceBefore = (3, 6, 3, 6), 6
    note.backColor = HexColor("#f0f2f5")
    verdict = style("verdict", 11)
    verdict.spaceBefore = verdict.spaceAfter = 7
    body = style("body", 8.5, MUTED)
    body.spaceAfter = 3
    cell, head = style("cell", 7.6), style("head", 7.6, MUTED, bold=True)
    return Styles(
        style("title", 18, bold=True), style("muted", 8, MUTED), verdict, note, section, heading,
        body, style("number", 15, bold=True),
        cell, right(cell), head, right(head),
    )  # fmt: skip


def rows_style() -> Style:
    """Rows parted by fine rules; the head repeats on the next page."""
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, HexColor(_HEAD_RULE)),
            ("LINEBELOW", (0, 1), (-1, -1), 0.35, HexColor(RULE)),
        ]
    )


def cards_style() -> Style:
    """Figures beside each other."""
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
