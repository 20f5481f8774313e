"""Figures and charts of what analytics measured."""

from collections.abc import Sequence
from datetime import datetime

from groundwatch.analytics.compared import Compared
from groundwatch.analytics.series import Series
from groundwatch.reports.charts import Line, LineChart, Mark
from groundwatch.reports.report import Figure, HigherIs
from groundwatch.reports.sources import Reading
from groundwatch.reports.spans import Span
from groundwatch.reports.words import amount

_CLEAR = 0.10
_CLEAR_SCORE = 0.03


def figure(  # noqa: PLR0913, PLR0917  a row
    reading: Reading,
    name: str,
    title: str,
    unit: str,
    higher_is: HigherIs,
    value: Compared,
    path: str,
    *,
    note: str = "",
    is_clear: bool | None = None,
) -> Figure:
    """A figure with its page; without a comparison where the span before was not observed.

    `is_clear` is a test's word; without one a tenth (of a score 3 %) is clear.
    """
    before = value.before if reading.span.window.is_comparable else None
    link = reading.span.link(path)
    if is_clear is None:
        least = _CLEAR_SCORE if unit in {"score", "points"} else _CLEAR
        is_clear = value.change is not None and abs(value.change) >= least
    return Figure(
        name, title, unit, higher_is, value.value, before, value.reason, note, link, is_clear
    )


def line_chart(
    reading: Reading,
    name: str,
    title: str,
    lines: Sequence[tuple[str, Series]],
    path: str,
    *,
    marks: tuple[Mark, ...] = (),
    limit: float | None = None,
) -> LineChart:
    """Series of the same unit and steps as lines over time, in the readers' zone."""
    first = lines[0][1]
    return LineChart(
        name,
        title,
        first.unit,
        tuple(reading.span.local(at) for at in first.at),
        tuple(Line(label, series.values) for label, series in lines),
        described(lines, reading.span),
        reading.span.link(path),
        marks,
        limit=limit,
    )


def described(lines: Sequence[tuple[str, Series]], span: Span) -> str:
    """Lowest and highest of each line, in words."""
    said = []
    for label, series in lines:
        pairs = zip(series.at, series.values, strict=True)
        known = [(value, at) for at, value in pairs if value is not None]
        if not known:
            said.append(f"{label}: not measured")
            continue
        (low, _), (high, at) = min(known), max(known)
        ends = f"{amount(low, series.unit)} to {amount(high, series.unit)}"
        said.append(f"{label}: {ends}, highest {moment(span, at)}")
    return "; ".join(said)


def moment(span: Span, at: datetime) -> str:
    """A moment in the readers' zone, with the day where there are several."""
    local = span.local(at)
    return f"{local:%H:%M}" if span.days <= 1.1 else f"{local:%a %d %b, %H:%M}"
