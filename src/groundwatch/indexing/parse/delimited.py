"""CSV and its relatives: a line a row, values named by the header."""

import csv
import io

from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.parsed import Parsed

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 30


def parse(data: bytes) -> Parsed:
    """Parse delimited text; the delimiter is the one that cuts the first rows most evenly."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    builder = TextBuilder()
    try:
        builder.table(_rows(text, _delimiter(text)), header=True)
    except csv.Error:
        builder.lines(text)
    return builder.build()


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _delimiter(text: str) -> str:
    sample = "\n".join(text.split("\n", _SAMPLE_ROWS)[:_SAMPLE_ROWS])

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(sample, delimiter) if row]
        usual = max(set(widths), key=widths.count) if widths else 1
        share = widths.count(usual) / len(widths) if widths else 0.0
        return (share if usual > 1 else 0.0), usual

    return max(_DELIMITERS, key=evenness)
