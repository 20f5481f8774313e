"""A report as a PDF."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    CondPageBreak,
    HRFlowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Table as Grid

from groundwatch.reports.charts import Chart, LineChart
from groundwatch.reports.draw import drawn
from groundwatch.reports.drawing import MUTED, RULE
from groundwatch.reports.paper.charts import Flowable, flowable
from groundwatch.reports.paper.fonts import Fonts, fonts_of
from groundwatch.reports.paper.numbered import numbered
from groundwatch.reports.paper.styles import Style, Styles, cards_style, rows_style, styles_of
from groundwatch.reports.paper.widths import widths
from groundwatch.reports.report import Figure, Report, Section, Table
from groundwatch.reports.words import amount, change

_MARGIN = 48.0
_INSET = 6.0
_WIDTH = A4[0] - 2 * (_MARGIN + _INSET)


def pdf(
    report: Report, public_url: str = "", font: Path | None = None, bold: Path | None = None
) -> bytes:
    """A report as a PDF of A4 pages; numbers are links where `public_url` is given.

    Raises:
        Unusable: a font cannot be used.
    """
    fonts = fonts_of(font, bold)
    writer = _Writer(fonts, styles_of(fonts), public_url.rstrip("/"))
    out = io.BytesIO()
    title = fonts.shown(f"{report.title}: {report.span.label}")
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=44,
        bottomMargin=46, title=title, author="Groundwatch", creator="Groundwatch", lang="en",
        invariant=1,
    )  # fmt: skip

    def footer(canvas: Canvas, page: int, pages: int) -> None:
        canvas.setFont(fonts.regular, 7.5)
        canvas.setFillColor(HexColor(MUTED))
        canvas.drawString(_MARGIN + _INSET, 26, fonts.shown(f"Groundwatch \u00b7 {title}"))
        canvas.drawRightString(A4[0] - _MARGIN - _INSET, 26, f"Page {page} of {pages}")

    document.build(list(writer.story(report)), canvasmaker=numbered(footer))
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes values as flowables."""

    fonts: Fonts
    styles: Styles
    base: str

    def story(self, report: Report) -> Iterator[Flowable]:
        """The whole report."""
        span, styles = report.span, self.styles
        whose = f"Groundwatch \u00b7 {report.application}" if report.application else "Groundwatch"
        yield self.text(whose, styles.muted)
        yield self.text(report.title, styles.title, report.link)
        yield self.text(f"{span.label} \u00b7 {span.zone.key}", styles.muted)
        yield self.text(report.verdict, styles.verdict)
        for note in report.notes:
            yield self.text(note, styles.note)
        for section in report.sections:
            yield from self.section(section)
        yield from self.end(report)

    def section(self, section: Section) -> Iterator[Flowable]:
        yield CondPageBreak(130)
        yield self.text(section.title, self.styles.section)
        yield HRFlowable(
            width="100%", thickness=0.8, color=HexColor(RULE), spaceBefore=0, spaceAfter=6
        )
        for said in section.says:
            yield self.text(said, self.styles.body)
        if section.figures:
            yield self.cards(section.figures, section.abreast)
        for chart in section.charts:
            yield self.chart(chart)
        for table in section.tables:
            yield from self.table(table.filled)

    def end(self, report: Report) -> Iterator[Flowable]:
        span = report.span
        made, since, until = (
            f"{span.local(each):%Y-%m-%d %H:%M}"
            for each in (report.made_at, span.window.since, span.window.until)
        )
        told = (
            f'Made {made} ({span.zone.key}) of what was measured from {since} to {until}. "Before" '
            f"is {span.before}."
        )
        if self.fonts.lost:
            told += (
                f" {len(self.fonts.lost)} characters are not in the font and stand as ?; name a "
                "font with reports.font."
            )
        yield Spacer(1, 14)
        yield self.text(told, self.styles.muted)

    def text(self, words: str, style: Style, link: str = "") -> Flowable:
        safe = escape(self.fonts.shown(words))
        if link and self.base:
            safe = f"<a href={quoteattr(self.base + link)}>{safe}</a>"
        return Paragraph(safe, style)

    def cards(self, figures: tuple[Figure, ...], abreast: int) -> Flowable:
        cells = [self.card(each) for each in figures]
        cells += [[] for _ in range(-len(cells) % abreast)]
        rows = [cells[place : place + abreast] for place in range(0, len(cells), abreast)]
        return Grid(rows, colWidths=[_WIDTH / abreast] * abreast, style=cards_style())

    def card(self, each: Figure) -> list[Flowable]:
        styles = self.styles
        made = [
            self.text(each.title, styles.muted),
            self.text(amount(each.value, each.unit), styles.number, each.link),
        ]
        if each.change is not None:
            moved = " ".join(filter(None, (change(each.change), each.verdict)))
            before = amount(each.before, each.unit)
            made.append(self.text(f"{moved} \u00b7 before {before}", styles.cell))
        elif each.value is not None and each.before is not None:
            made.append(self.text(f"before {amount(each.before, each.unit)}", styles.muted))
        made += [self.text(said, styles.muted) for said in (each.reason, each.note) if said]
        return made

    def chart(self, chart: Chart) -> Flowable:
        drawing = drawn(chart)
        made = [self.text(chart.title, self.styles.heading, chart.link)]
        if drawing is None:
            made.append(self.text(f"Not drawn: {chart.says}.", self.styles.body))
        else:
            made += [
                flowable(drawing, _WIDTH, self.fonts),
                self.text(chart.says, self.styles.muted),
            ]
        for number, mark in enumerate(chart.marks if isinstance(chart, LineChart) else (), 1):
            made.append(
                self.text(f"{number}: {mark.at:%a %d %b, %H:%M} {mark.text}", self.styles.muted)
            )
        return KeepTogether(made)

    def table(self, table: Table) -> Iterator[Flowable]:
        styles = self.styles
        yield self.text(table.title, styles.heading)
        if not table.rows:
            yield self.text(table.empty, styles.body)
            return
        head = [
            self.text(each.title, styles.head if each.unit == "text" else styles.head_right)
            for each in table.columns
        ]
        rows = [
            [
                self.text(str(cell or ""), styles.cell, row.link)
                if column.unit == "text"
                else self.text(_number(cell, column.unit), styles.right, row.link)
                for cell, column in zip(row.cells, table.columns, strict=True)
            ]
            for row in table.rows
        ]
        yield Grid(
            [head, *rows], colWidths=widths(table, _WIDTH, self.fonts), repeatRows=1,
            style=rows_style(), splitInRow=1,
        )  # fmt: skip
        if table.left_out:
            yield self.text(f"{table.left_out} more on the page.", styles.muted)


def _number(cell: str | float | None, unit: str) -> str:
    return cell if isinstance(cell, str) else amount(cell, unit)
