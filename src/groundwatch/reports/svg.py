"""Shapes as SVG; it loads nothing."""

from html import escape
from typing import assert_never

from groundwatch.reports.drawing import Area, Box, Drawing, Path, Shape, Text

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"


def svg(drawing: Drawing) -> str:
    """A drawing as an `svg` element that scales down with its column."""
    inside = "".join(_shape(each) for each in drawing.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(drawing.says)}" '
        f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" width="{drawing.width:g}" '
        f'height="{drawing.height:g}" style="max-width:100%;height:auto;{_FONT}">'
        f"<title>{escape(drawing.says)}</title>{inside}</svg>"
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Box():
            stroke = f' stroke="{shape.stroke}" stroke-width="0.7"' if shape.stroke else ""
            return (
                f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" '
                f'height="{shape.height:.1f}" fill="{shape.fill}"{stroke}/>'
            )
        case Path():
            dash = f' stroke-dasharray="{_numbers(shape.dash)}"' if shape.dash else ""
            return (
                f'<polyline points="{_points(shape.points)}" fill="none" stroke="{shape.stroke}" '
                f'stroke-width="{shape.width:g}" stroke-linejoin="round"{dash}/>'
            )
        case Area():
            return f'<polygon points="{_points(shape.points)}" fill="{shape.fill}"/>'
        case Text():
            weight = ' font-weight="600"' if shape.bold else ""
            return (
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:g}" '
                f'fill="{shape.fill}" text-anchor="{shape.anchor}"{weight}>'
                f"{escape(shape.text)}</text>"
            )
        case _:
            assert_never(shape)


def _points(points: tuple[tuple[float, float], ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(f"{each:g}" for each in values)
