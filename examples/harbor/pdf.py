"""A small PDF writer: real text in the standard Helvetica fonts, tables, several pages.

It follows PDF 1.4 (ISO 32000-1): 7.5.4 cross-reference table, 7.6.3 standard security handler
(revision 2, 40-bit RC4) for the one document that needs a password.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from examples.harbor.markup import Block, Markup

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595, 842, 62
WIDTH = PAGE_WIDTH - 2 * MARGIN
REGULAR, BOLD = "F1", "F2"
PERMISSIONS = -64
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
# Advance widths of Helvetica for the characters 32 to 126, in thousandths of the font size.
HELVETICA = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 "
    "556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 "
    "556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 "
    "556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 "
    "500 500 500 334 260 334 584"
)
ADVANCES = tuple(map(int, HELVETICA.split()))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text at a place on the page, in points from the bottom left."""

    text: str
    x: float
    y: float
    size: float
    font: str = REGULAR


def text_pdf(markup: Markup, password: str = "") -> bytes:
    """Write a document as text; with a password nobody can open it without."""
    pages = _layout(markup.blocks)
    contents = [
        b"".join(map(_draw, [*lines, _footer(markup.title, number, len(pages))]))
        for number, lines in enumerate(pages, start=1)
    ]
    fonts = b"/Font << /F1 3 0 R /F2 4 0 R >>"
    objects = [b"", b"", _font("Helvetica"), _font("Helvetica-Bold")]
    return _assemble(objects, [(content, fonts) for content in contents], password)


def image_pdf(pixels: bytes, width: int, height: int) -> bytes:
    """Write a page that is one grey picture, a little askew, as a scanner would."""
    image = _stream(
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
        "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
        zlib.compress(pixels, 9),
    )
    place = f"q {PAGE_WIDTH} 6 -6 {PAGE_HEIGHT} 3 -3 cm /Im0 Do Q"
    return _assemble([b"", b"", image], [(place.encode(), b"/XObject << /Im0 3 0 R >>")], "")


def _layout(blocks: Sequence[Block]) -> list[list[Line]]:
    pages: list[list[Line]] = [[]]
    y = float(PAGE_HEIGHT - MARGIN)
    for block in blocks:
        for group in _groups(block):
            height = -min(line.y for line in group)
            if y - height < MARGIN and pages[-1]:
                pages.append([])
                y = float(PAGE_HEIGHT - MARGIN)
            pages[-1] += [Line(i.text, i.x, y + i.y, i.size, i.font) for i in group]
            y -= height
        y -= 5
    return pages


def _groups(block: Block) -> list[list[Line]]:
    """Lines that stay on one page, with y counted down from zero."""
    if block.kind == "table":
        return _table(block.rows)
    size = {1: 17.0, 2: 13.0}.get(block.level, 11.0) if block.kind == "heading" else 10.5
    font = BOLD if block.kind == "heading" else REGULAR
    indent = 14 if block.kind == "bullet" else 0
    above = 6 if block.kind == "heading" else 0
    lines = [
        Line(text, MARGIN + indent, -above - size * 1.35 * row, size, font)
        for row, text in enumerate(_wrap(block.text, size, WIDTH - indent), start=1)
    ]
    if indent:
        lines[0] = Line(f"\N{BULLET} {lines[0].text}", MARGIN + 4, lines[0].y, size)
    return [lines]


def _table(rows: Sequence[Sequence[str]]) -> list[list[Line]]:
    size = 9.5
    wanted = [max(_measure(row[i], size) for row in rows) + 14 for i in range(len(rows[0]))]
    share = min(1.0, WIDTH / sum(wanted))
    groups = []
    for number, row in enumerate(rows):
        x, lines = float(MARGIN), []
        for cell, width in zip(row, wanted, strict=True):
            wrapped = _wrap(cell, size, max(width * share - 8, 40))
            font = REGULAR if number else BOLD
            lines += [Line(t, x, -15.0 - 12 * i, size, font) for i, t in enumerate(wrapped)]
            x += width * share
        groups.append(lines)
    return groups


def _wrap(text: str, size: float, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _measure(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _measure(text: str, size: float) -> float:
    codes = (ord(character) - 32 for character in text)
    return sum(ADVANCES[code] if code < len(ADVANCES) else 556 for code in codes) * size / 1000


def _footer(title: str, number: int, count: int) -> Line:
    return Line(f"{title} - page {number} of {count}", MARGIN, 34, 8)


def _draw(line: Line) -> bytes:
    text = line.text.encode("cp1252")
    for character in (b"\\", b"(", b")"):
        text = text.replace(character, b"\\" + character)
    place = f"BT /{line.font} {line.size:g} Tf {line.x:.2f} {line.y:.2f} Td ("
    return place.encode() + text + b") Tj ET\n"


def _font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    )


def _stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _assemble(objects: list[bytes], pages: list[tuple[bytes, bytes]], password: str) -> bytes:
    identity = hashlib.md5(pages[0][0], usedforsecurity=False).digest()
    owner, key, check = _keys(password, identity)
    first = len(objects) + 1
    for number, (content, resources) in enumerate(pages):
        stream = first + 2 * number
        data = _rc4(_object_key(key, stream), content) if password else content
        objects.append(_stream("", data))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] "
            f"/Contents {stream} 0 R /Resources << ".encode()
            + resources
            + b" >> >>"
        )
    kids = " ".join(f"{first + 2 * number + 1} 0 R" for number in range(len(pages)))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode()
    trailer = f"/Root 1 0 R /ID [<{identity.hex()}> <{identity.hex()}>]"
    if password:
        objects.append(
            f"<< /Filter /Standard /V 1 /R 2 /P {PERMISSIONS} "
            f"/O <{owner.hex()}> /U <{check.hex()}> >>".encode()
        )
        trailer += f" /Encrypt {len(objects)} 0 R"
    return _file(objects, trailer)


def _file(objects: Sequence[bytes], trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    size = len(objects) + 1
    out += f"trailer\n<< /Size {size} {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _keys(password: str, identity: bytes) -> tuple[bytes, bytes, bytes]:
    """The owner entry, the file key and the user entry (algorithms 2, 3 and 4)."""
    padded = (password.encode("latin-1") + PADDING)[:32]
    owner = _rc4(hashlib.md5(padded, usedforsecurity=False).digest()[:5], padded)
    permissions = (PERMISSIONS & 0xFFFFFFFF).to_bytes(4, "little")
    seed = padded + owner + permissions + identity
    key = hashlib.md5(seed, usedforsecurity=False).digest()[:5]
    return owner, key, _rc4(key, PADDING)


def _object_key(key: bytes, number: int) -> bytes:
    seed = key + number.to_bytes(3, "little") + b"\0\0"
    return hashlib.md5(seed, usedforsecurity=False).digest()[:10]


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
