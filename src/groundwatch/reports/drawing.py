"""Charts as shapes: drawn once, written as SVG and onto paper alike.

Colours are greys and one blue that is darker than every grey beside it, and lines differ by their
dashes too, so that a page that is printed without colours loses nothing.
"""

from dataclasses import dataclass
from typing import Literal

WIDTH = 640.0
INK = "#1a2230"
MUTED = "#5b6676"
RULE = "#d5dae1"
ACCENT = "#1f5fae"
SOFT = "#e3e9f1"
PAPER = "#ffffff"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle; from the upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points; `dash` are lengths drawn and left out."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[tuple[float, float], ...]
    fill: str


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its base line."""

    x: float
    y: float
    text: str
    size: float = 11.0
    fill: str = MUTED
    anchor: Anchor = "start"
    bold: bool = False


Shape = Box | Path | Area | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a plane, in points, from the upper left corner."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    says: str


def shade(share: float) -> str:
    """From white to the accent; a share from 0 to 1 that also reads as a grey."""
    share = min(1.0, max(0.0, share))
    light, dark = (246, 248, 251), (23, 66, 120)
    mixed = (round(a + (b - a) * share) for a, b in zip(light, dark, strict=True))
    return "#" + "".join(f"{each:02x}" for each in mixed)
