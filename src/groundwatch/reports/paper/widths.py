"""How wide the columns of a table are on paper."""

from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]

from groundwatch.reports.paper.fonts import Fonts
from groundwatch.reports.report import Table
from groundwatch.reports.words import amount

_SIZE = 7.6
_PADDING = 9.0
_LEAST = 34.0


def widths(table: Table, width: float, fonts: Fonts) -> list[float]:
    """Every column as wide as its text where that fits; else long texts wrap, numbers do not."""
    wanted = [_wanted(table, place, fonts) for place in range(len(table.columns))]
    if sum(wanted) <= width:
        return _spread(wanted, width)
    fair = width / len(wanted)
    short = [each for each in wanted if each <= fair]
    rest = width - sum(short)
    long = sum(each**0.5 for each in wanted if each > fair)
    return [each if each <= fair else max(_LEAST, rest * each**0.5 / long) for each in wanted]


def _spread(wanted: list[float], width: float) -> list[float]:
    """The first column takes what is left, so that numbers stand at the right."""
    return [wanted[0] + width - sum(wanted), *wanted[1:]]


def _wanted(table: Table, place: int, fonts: Fonts) -> float:
    column = table.columns[place]
    texts = [
        cell if isinstance(cell, str) else amount(cell, column.unit)
        for cell in (row.cells[place] for row in table.rows)
    ]
    head = stringWidth(fonts.shown(column.title), fonts.bold, _SIZE)
    longest = max(
        (stringWidth(fonts.shown(each), fonts.regular, _SIZE) for each in texts), default=0
    )
    return max(_LEAST, float(max(head, longest)) + _PADDING)
