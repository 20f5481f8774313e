"""Drawings as flowables of ReportLab; the shapes are the same as in HTML."""

from typing import Any, assert_never

from reportlab.graphics import shapes  # type: ignore[import-untyped]
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]

from groundwatch.reports.drawing import Area, Box, Drawing, Path, Shape, Text
from groundwatch.reports.paper.fonts import Fonts

Flowable = Any


def flowable(drawing: Drawing, width: float, fonts: Fonts) -> Flowable:
    """A drawing scaled to a width, in points."""
    scale = width / drawing.width
    made = shapes.Drawing(width, drawing.height * scale)
    group = shapes.Group(*(_shape(each, drawing.height, fonts) for each in drawing.shapes))
    group.scale(scale, scale)
    made.add(group)
    return made


def _shape(shape: Shape, height: float, fonts: Fonts) -> Any:  # noqa: ANN401  ReportLab's
    match shape:
        case Box():
            y = height - shape.y - shape.height
            stroke = HexColor(shape.stroke) if shape.stroke else None
            return shapes.Rect(
                shape.x, y, shape.width, shape.height, fillColor=HexColor(shape.fill),
                strokeColor=stroke, strokeWidth=0.7 if stroke else 0,
            )  # fmt: skip
        case Path():
            return shapes.PolyLine(
                _flat(shape.points, height), strokeColor=HexColor(shape.stroke),
                strokeWidth=shape.width, strokeDashArray=list(shape.dash) or None,
                strokeLineJoin=1,
            )  # fmt: skip
        case Area():
            return shapes.Polygon(
                _flat(shape.points, height), fillColor=HexColor(shape.fill), strokeColor=None
            )
        case Text():
            return shapes.String(
                shape.x, height - shape.y, fonts.shown(shape.text), fontSize=shape.size * 0.92,
                fontName=fonts.bold if shape.bold else fonts.regular,
                fillColor=HexColor(shape.fill), textAnchor=shape.anchor,
            )  # fmt: skip
        case _:
            assert_never(shape)


def _flat(points: tuple[tuple[float, float], ...], height: float) -> list[float]:
    return [each for x, y in points for each in (x, height - y)]
