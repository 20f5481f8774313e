"""Tables as lines of text that can be found and quoted one row at a time."""

from collections.abc import Sequence

from groundwatch.indexing.parse.cleaning import cell

_LABELS_LENGTH = 240
_LABEL_LENGTH = 60


def row_lines(rows: Sequence[Sequence[str]], header: bool | None = None) -> list[str]:
    """Return one line a row, without empty rows, columns and cells.

    A row under a header reads `Country: France | Rate: 45 EUR`: it can be found and quoted without
    the rows above it. Without a header it reads `France | 45 EUR`.

    Args:
        rows: the cells.
        header: whether the file marks the first row as the header; None where it does not tell.
    """
    table = _filled([[cell(value) for value in row] for row in rows])
    captions: list[str] = []
    while len(table) > 2 and table[0][0] and not any(table[0][1:]) and len(table[0]) > 1:
        captions.append(table.pop(0)[0])
    if header is not False and table and _is_header(table, marked=bool(header)):
        labels = [label.rstrip(":") for label in table[0]]
        return captions + [line for row in table[1:] if (line := _labelled(labels, row))]
    return captions + [" | ".join(value for value in row if value) for row in table]


def _filled(rows: list[list[str]]) -> list[list[str]]:
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows if any(row)]
    used = [column for column in range(width) if any(row[column] for row in rows)]
    return [[row[column] for column in used] for row in rows]


def _is_header(table: list[list[str]], *, marked: bool) -> bool:
    first = table[0]
    names = first if first[0] else first[1:]
    named = (
        bool(names)
        and all(names)
        and len(set(names)) == len(names)
        and sum(map(len, names)) <= _LABELS_LENGTH
        and all(len(name) <= _LABEL_LENGTH and not _is_value(name) for name in names)
    )
    if not named or len(table) < 2 or len(first) < 2:
        return False
    return marked or len(first) > 2 or not first[0] or _holds_values(table)


def _holds_values(table: list[list[str]]) -> bool:
    """Tell `Grade, Days` above amounts from a list of names and texts without a header."""
    amounts = [_is_value(row[1]) for row in table[1:] if row[1]]
    return sum(amounts) > len(amounts) / 2


def _is_value(text: str) -> bool:
    """Tell amounts, dates and sentences from names of columns."""
    digits = sum(char.isdigit() for char in text)
    year = len(text) == 4 and text.isdigit()
    return (digits > len(text) / 2 and not year) or text.endswith((".", "!", "?"))


def _labelled(labels: list[str], row: list[str]) -> str:
    return " | ".join(
        f"{label}: {value}" if label else value
        for label, value in zip(labels, row, strict=True)
        if value
    )
