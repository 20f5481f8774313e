"""Writes small PDFs by hand: lines of Helvetica at given places, or pages with an image alone."""

from collections.abc import Sequence
from dataclasses import dataclass

_IMAGE = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream"  # noqa: E501


@dataclass(frozen=True)
class Print:
    """A piece of text on a page; `y` counts from the bottom."""

    text: str
    x: float = 72
    y: float = 700
    size: float = 10
    bold: bool = False


def paragraph(lines: Sequence[str], y: float, x: float = 72) -> list[Print]:
    return [Print(line, x, y - 12 * at) for at, line in enumerate(lines)]


def pdf(
    pages: Sequence[Sequence[Print]], title: str = "", *, image: bool = False, rotate: bool = False
) -> bytes:
    """Return a PDF; `rotate` prints sideways on pages that are shown turned by 90 degrees."""
    objects = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    objects += [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>", _IMAGE]
    objects += [f"<< /Title ({title}) >>".encode()]
    kids = []
    for page in pages:
        content = b"\n".join(_shown(piece, rotate) for piece in page) + (
            b"\nq 400 0 0 400 72 72 cm /I Do Q" if image else b""
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate %d "
            b"/Contents %d 0 R /Resources "
            b"<< /Font << /F 3 0 R /B 4 0 R >> /XObject << /I 5 0 R >> >> >>"
            % (90 * rotate, len(objects))
        )
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>".encode()
    return _assembled(objects)


def _shown(piece: Print, rotate: bool) -> bytes:
    escaped = piece.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    font = "B" if piece.bold else "F"
    place = f"0 1 -1 0 {612 - piece.y} {piece.x}" if rotate else f"1 0 0 1 {piece.x} {piece.y}"
    return f"BT /{font} {piece.size} Tf {place} Tm ({escaped}) Tj ET".encode("latin-1")


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)
