"""Write Harbor's documents into one folder: copies of the texts, and the binary files.

    python examples/harbor/build.py [--out FOLDER]

The same sources give the same bytes. A file's time is the first date that stands in its text.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
if not __package__:  # run as a script, or loaded by its path
    sys.path.insert(0, str(HERE.parents[1]))

from examples.harbor import office, pdf  # noqa: E402
from examples.harbor.markup import Markup, parse  # noqa: E402

WRITERS = {".docx": office.docx, ".pptx": office.pptx, ".xlsx": office.xlsx}
DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")


def build(out: Path) -> list[Path]:
    """Write all documents below `out` and return their paths, sorted.

    A file that already holds the right bytes is left alone; other files in the folder stay.
    """
    written = []
    for path, data, text in _documents():
        target = out / path
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        moment = _moment(text)
        os.utime(target, (moment, moment))
        written.append(target)
    return sorted(written)


def _documents() -> Iterator[tuple[Path, bytes, str]]:
    for source in sorted((HERE / "documents").rglob("*.*")):
        data = source.read_bytes()
        yield source.relative_to(HERE / "documents"), data, data.decode()
    for source in sorted((HERE / "binary").rglob("*.md")):
        text = source.read_text(encoding="utf-8")
        path = source.relative_to(HERE / "binary").with_suffix("")
        yield path, _binary(path.suffix, parse(text)), text


def _binary(suffix: str, markup: Markup) -> bytes:
    if "scan" in markup.directives:
        return _scan(markup)
    if suffix == ".pdf":
        data = pdf.text_pdf(markup, markup.directives.get("password", ""))
    else:
        data = WRITERS[suffix](markup)
    keep = float(markup.directives.get("keep", "1"))
    return data[: int(len(data) * keep)]


def _scan(markup: Markup) -> bytes:
    """A page without any text: the picture of the page that the text would have made."""
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(pdf.text_pdf(markup))
    bitmap = document[0].render(scale=1.5, grayscale=True)
    data, stride = bytes(bitmap.buffer), bitmap.stride
    rows = (data[row * stride : row * stride + bitmap.width] for row in range(bitmap.height))
    page = pdf.image_pdf(b"".join(rows), bitmap.width, bitmap.height)
    bitmap.close()
    document.close()
    return page


def _moment(text: str) -> float:
    match = DATE.search(text)
    year, month, day = map(int, match.groups()) if match else (2025, 1, 2)
    return datetime(year, month, day, 9, tzinfo=UTC).timestamp()


def main() -> None:
    """Build into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=HERE / "built")
    out = parser.parse_args().out
    sys.stdout.write(f"{len(build(out))} documents in {out}\n")


if __name__ == "__main__":
    main()
