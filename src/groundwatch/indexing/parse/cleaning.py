"""Characters and whitespace that carry no meaning are taken out of extracted text."""

import unicodedata

_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (9, 10, 13)}
_SPACES = dict.fromkeys((0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029), "\n")
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)))
_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st",
    0xFB06: "st",
}  # fmt: skip
_TABLE: dict[int, str | None] = _CONTROLS | _INVISIBLE | _SPACES | _LINE_ENDS | _LIGATURES


def characters(text: str) -> str:
    """Return the text composed (NFC), without controls and invisible characters, breaks as LF."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text.translate(_TABLE))


def one_line(text: str) -> str:
    """Return the text with every run of whitespace as one space, without outer whitespace."""
    return " ".join(characters(text).split())


def lines(text: str) -> str:
    """Return the text with its line breaks, without trailing blanks and outer blank lines."""
    kept = [line.rstrip() for line in characters(text).replace("\t", "    ").split("\n")]
    return "\n".join(kept).strip("\n")


def cell(text: str) -> str:
    """Return a table cell as one line that holds no cell separator of its own."""
    return one_line(text).replace(" | ", " / ").strip("|").strip()
