"""Charts as PNG, for mail readers that show no SVG."""

import io
import struct
import zlib

from reportlab.graphics import renderPDF  # type: ignore[import-untyped]

from groundwatch.reports.drawing import Drawing
from groundwatch.reports.paper.charts import flowable
from groundwatch.reports.paper.fonts import Fonts

_SHARP = 2.0


def png(drawing: Drawing, fonts: Fonts) -> bytes:
    """A drawing with two pixels a point."""
    import pypdfium2  # type: ignore[import-untyped]

    out = io.BytesIO()
    renderPDF.drawToFile(flowable(drawing, drawing.width, fonts), out)
    document = pypdfium2.PdfDocument(out.getvalue())
    try:
        bitmap = document[0].render(scale=_SHARP, rev_byteorder=True)
        pixels = bitmap.to_numpy()[:, :, :3]
        return _packed(pixels.shape[1], pixels.shape[0], [row.tobytes() for row in pixels])
    finally:
        document.close()


def _packed(width: int, height: int, rows: list[bytes]) -> bytes:
    """A PNG of rows of RGB (ISO/IEC 15948)."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\x00" + row for row in rows), 9)
    parts = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
