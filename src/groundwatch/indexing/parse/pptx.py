"""PowerPoint: a slide is a page; its title, text, tables, charts and speaker notes."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.archive import open_archive
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.xml_tree import Element, local_name, tree_of

_MAX_NESTING = 16


def parse(data: bytes) -> Parsed:
    """Parse a presentation; hidden slides count."""
    import pptx
    from pptx.exc import PythonPptxError

    open_archive(data).close()
    builder = TextBuilder()
    try:
        presentation = pptx.Presentation(io.BytesIO(data))
        for number, slide in enumerate(presentation.slides, start=1):
            _add_slide(builder, slide, number)
        return builder.build(presentation.core_properties.title or "")
    except (PythonPptxError, KeyError, ValueError, AttributeError, SyntaxError):
        message = "The presentation is damaged; open and save it again."
        raise DocumentRejected("parse", "corrupt", message) from None


def _add_slide(builder: TextBuilder, slide: Any, number: int) -> None:  # noqa: ANN401
    builder.page()
    title = slide.shapes.title
    heading = title.text_frame.text.strip() if title is not None else ""
    builder.heading(1 if number == 1 and heading else 2, heading or f"Slide {number}")
    for shape in _ordered(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            _add_shape(builder, shape)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        builder.paragraph(f"Notes: {notes.text}")


def _ordered(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """Yield the shapes from top to bottom and left to right, those in groups included."""
    for shape in sorted(shapes, key=lambda at: (at.top or 0, at.left or 0)):
        if hasattr(shape, "shapes") and depth < _MAX_NESTING:
            yield from _ordered(shape.shapes, depth + 1)
        else:
            yield shape


def _add_shape(builder: TextBuilder, shape: Any) -> None:  # noqa: ANN401
    if getattr(shape, "has_table", False):
        builder.table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False):
        _add_chart(builder, shape.chart)
    elif shape.has_text_frame:
        _add_text(builder, shape.text_frame.paragraphs)


def _add_text(builder: TextBuilder, paragraphs: Iterable[Any]) -> None:
    filled = [at for at in paragraphs if at.text.strip()]
    for paragraph in filled:
        if len(filled) > 1:
            builder.item(paragraph.text, depth=paragraph.level)
        else:
            builder.paragraph(paragraph.text)


def _add_chart(builder: TextBuilder, chart: Any) -> None:  # noqa: ANN401
    """Add the values behind a chart of any kind as a table."""
    if chart.has_title and chart.chart_title.has_text_frame:
        builder.paragraph(chart.chart_title.text_frame.text)
    space = tree_of(chart.part.blob, "A chart")
    series = [at for at in space.iter() if local_name(at) == "ser"]
    if not series:
        return
    names = _points(series[0], "cat") or _points(series[0], "xVal")
    columns = [_points(one, "val") or _points(one, "yVal") for one in series]
    rows = [["", *("".join(_points(one, "tx").values()) for one in series)]]
    rows += [
        [names.get(at, str(at + 1)), *(column.get(at, "") for column in columns)]
        for at in sorted(set(names).union(*columns))
    ]
    builder.table(rows)


def _points(series: Element, kind: str) -> dict[int, str]:
    """Return the values of one kind by their position."""
    found: dict[int, str] = {}
    for part in series:
        for value in part.iter() if local_name(part) == kind else ():
            if local_name(value) == "v":
                index = value.getparent().get("idx") or "0"
                found[int(index)] = value.text or ""
    return found
