"""Tables: what a chart is made of, or a list of its own; also as CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from groundwatch.analytics.series import Series
from groundwatch.dashboard import formatting
from groundwatch.dashboard.sparks import spark

Line = tuple[float | None, ...]
"""Values over time, drawn as a small line; not exported."""

Value = str | int | float | datetime | Line | None
_WORTH_A_COLOUR = 0.05
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in a column.

    Attributes:
        unit: as `formatting.measured`; `text`, `id`, `moment`, `line`, or `change:worse`,
            `change:better`, `change:neutral` for a relative change and which direction of it is
            good or bad.
    """

    name: str
    unit: str = "text"
    hint: str = ""

    @property
    def is_number(self) -> bool:
        return self.unit not in {"text", "id", "moment", "status", "line"}


@dataclass(frozen=True, slots=True)
class Row:
    """Values in the order of the columns, and the page they lead to."""

    values: tuple[Value, ...]
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns.

    Attributes:
        note: what is left out.
        wraps: long text goes on in the next line instead of being cut.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    wraps: bool = False


def relative(now: float | None, before: float | None) -> float | None:
    """The change over what it was."""
    return (now - before) / before if now is not None and before else None


def of_series(lines: Sequence[Series]) -> Table:
    """Series side by side, the newest first."""
    columns = (Column("Begins", "moment"), *(Column(line.name, line.unit) for line in lines))
    moments = lines[0].at if lines else ()
    rows = [Row((at, *(line.values[place] for line in lines))) for place, at in enumerate(moments)]
    return Table(columns, tuple(reversed(rows)))


def cell(value: Value, column: Column) -> Markup:
    """A value as HTML."""
    if value is None:
        return Markup('<span class="muted">{}</span>').format(formatting.NOTHING)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, str):
        return _word(value, column)
    if isinstance(value, tuple):
        return spark(value, from_zero=False)
    if column.unit.startswith("change:"):
        return delta(float(value), column.unit.removeprefix("change:"))
    return escape(formatting.measured(float(value), column.unit))


def moment(at: datetime) -> Markup:
    """A moment; the page's script shows it in the reader's zone."""
    return Markup('<time datetime="{}" data-local>{}</time>').format(
        at.isoformat(), formatting.moment(at)
    )


def delta(change: float | None, higher_is: str) -> Markup:
    """A relative change with its direction, and whether that is good."""
    if change is None:
        return Markup("")
    if abs(change) < 0.005:
        return Markup('<span class="delta">±0{}%</span>').format("\u202f")
    is_good = (change > 0) == (higher_is == "better")
    look = (
        ""
        if higher_is == "neutral" or abs(change) < _WORTH_A_COLOUR
        else ("good" if is_good else "bad")
    )
    sign = "▲" if change > 0 else "▼"
    size = f"{abs(change) * 100:.0f}" if abs(change) < 10 else "> 999"
    return Markup('<span class="delta {}">{} {}{}%</span>').format(look, sign, size, "\u202f")


def as_csv(table: Table) -> str:
    """Raw values; what a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    told = [place for place, column in enumerate(table.columns) if column.unit != "line"]
    writer.writerow([table.columns[place].name for place in told])
    for row in table.rows:
        writer.writerow([_plain(row.values[place]) for place in told])
    return out.getvalue()


def as_json(table: Table) -> str:
    """A list of objects with raw values."""
    names = [column.name for column in table.columns]
    rows = [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in zip(names, row.values, strict=True)
            if not isinstance(value, tuple)
        }
        for row in table.rows
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    is_formula = isinstance(value, str) and text.startswith(_FORMULA)
    return f"'{text}" if is_formula else text


def _word(value: str, column: Column) -> Markup:
    if column.unit == "status":
        return Markup('<span class="status {}">{}</span>').format(value, value)
    if column.unit == "id":
        return Markup("<code>{}</code>").format(value)
    return escape(value)
