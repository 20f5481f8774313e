"""Excel: a sheet is a page; a row is a line whose values are named by the header."""

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.archive import open_archive
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.parsed import Parsed

_MAX_EMPTY_ROWS = 20_000
_DAMAGED = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    zipfile.BadZipFile,
    OSError,
    SyntaxError,
)


def parse(data: bytes) -> Parsed:
    """Parse a workbook; formulas count with the values that were last saved."""
    open_archive(data).close()
    builder = TextBuilder()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            title = _read(builder, data)
    except _DAMAGED:
        message = "The workbook is damaged; open and save it again."
        raise DocumentRejected("parse", "corrupt", message) from None
    return builder.build(title)


def _read(builder: TextBuilder, data: bytes) -> str:
    import openpyxl  # type: ignore[import-untyped]

    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            builder.page()
            if sheet.sheet_state != "visible":
                continue
            builder.heading(2, sheet.title)
            sheet.reset_dimensions()
            for rows in _groups(_values(sheet.rows)):
                _add_group(builder, rows)
        return str(workbook.properties.title or "")
    finally:
        workbook.close()


def _values(rows: Iterable[Iterable[Any]]) -> Iterator[list[str]]:
    return ([_shown(cell) for cell in row] for row in rows)


def _groups(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    """Yield runs of rows between empty ones: a sheet may hold several tables."""
    group: list[list[str]] = []
    empty = 0
    for row in rows:
        if any(row):
            empty = 0
            group.append(row)
            continue
        empty += 1
        if group:
            yield group
            group = []
        if empty > _MAX_EMPTY_ROWS:
            return
    if group:
        yield group


def _add_group(builder: TextBuilder, rows: list[list[str]]) -> None:
    """Add a table; lines of one cell above it are its caption."""
    while rows and sum(1 for value in rows[0] if value) == 1:
        builder.paragraph("".join(rows[0]))
        rows = rows[1:]
    builder.table(rows)


def _shown(cell: Any) -> str:  # noqa: ANN401
    """Return a value much as the sheet shows it."""
    value = cell.value
    match value:
        case None:
            return ""
        case dt.datetime():
            midnight = value.time() == dt.time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case bool():
            return "yes" if value else "no"
        case float() | int() if "%" in (cell.number_format or ""):
            return f"{value * 100:.10g}%"
        case _:
            return f"{value:.12g}" if isinstance(value, float) else str(value)
