"""What a report consists of: sections of figures, charts and tables, as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from groundwatch.reports.charts import Chart
from groundwatch.reports.spans import Span

HigherIs = Literal["better", "worse", "neutral"]
Value = str | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number beside the same number of the span before.

    Attributes:
        unit: `1`, `ratio`, `s`, `USD`, `1/min`, `tokens`, `h`, `points`.
        value, before: None where there is nothing to measure.
        reason: why there is no value, or why the two must not be compared.
        note: what it rests on, in words.
        link: the page with what it is made of, with the span.
        is_clear: it changed by more than chance or habit explains.
    """

    name: str
    title: str
    unit: str
    higher_is: HigherIs
    value: float | None
    before: float | None
    reason: str = ""
    note: str = ""
    link: str = ""
    is_clear: bool = True

    @property
    def change(self) -> float | None:
        """The relative change; None where it has no meaning."""
        if self.value is None or not self.before or self.reason:
            return None
        return (self.value - self.before) / abs(self.before)

    @property
    def verdict(self) -> Literal["better", "worse", ""]:
        """Which way it went; empty where that is unclear or neither good nor bad."""
        if not self.change or not self.is_clear or self.higher_is == "neutral":
            return ""
        return "better" if (self.change > 0) == (self.higher_is == "better") else "worse"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `unit` is `text` or that of a figure."""

    title: str
    unit: str = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; a number without a value is None."""

    cells: tuple[Value, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `empty` says why there are none."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    left_out: int = 0
    """Rows that there are besides."""

    @property
    def filled(self) -> "Table":
        """As it is shown: without columns in which no row has anything to say."""
        if not self.rows:
            return self
        kept = [
            place
            for place in range(len(self.columns))
            if not place or any(row.cells[place] not in {None, ""} for row in self.rows)
        ]
        return replace(
            self,
            columns=tuple(self.columns[place] for place in kept),
            rows=tuple(
                Row(tuple(row.cells[place] for place in kept), row.link) for row in self.rows
            ),
        )


@dataclass(frozen=True, slots=True)
class Section:
    """One subject; what is missing is said in `says`."""

    name: str
    title: str
    says: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def abreast(self) -> int:
        """How many figures stand beside each other, so that none is left alone."""
        return 4 if len(self.figures) in {4, 7, 8} else 3


@dataclass(frozen=True, slots=True)
class Report:
    """What a span came to.

    Attributes:
        application: empty for all of them.
        verdict: the report in one or two sentences.
        notes: what limits it, such as a span that is not over.
    """

    title: str
    span: Span
    made_at: datetime
    application: str
    verdict: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    link: str = ""

    def figures(self) -> Iterator[Figure]:
        """Every figure."""
        for section in self.sections:
            yield from section.figures


def cut(rows: list[Row], most: int) -> tuple[tuple[Row, ...], int]:
    """The first rows, and how many are left out."""
    return tuple(rows[:most]), max(0, len(rows) - most)
