"""What the styles and the numbering of a Word document say about a paragraph."""

import re
from collections import defaultdict
from typing import Any

_NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
_HEADING = re.compile(r"heading (?P<level>[1-9])$")
_MAX_PARENTS = 12

Element = Any
"""An lxml element; lxml carries no types."""


def tag(name: str) -> str:
    """Return the full name of `w:p` and the like."""
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def attribute(element: Element, name: str) -> str:
    """Return an attribute, empty when it is absent."""
    return str(element.get(tag(name)) or "")


class Styles:
    """Levels of headings and lists, by paragraph or by its chain of styles."""

    def __init__(self, element: Element) -> None:
        self._styles = {
            attribute(style, "w:styleId"): style for style in element.iter(tag("w:style"))
        }
        self._levels: dict[str, int] = {}

    def heading_level(self, paragraph: Element) -> int:
        """Return 1 to 9, the title being 1; 0 for running text."""
        properties = paragraph.find(tag("w:pPr"))
        if properties is None:
            return 0
        outline = _value(properties, "w:outlineLvl")
        if outline.isdigit() and int(outline) < 9:
            return int(outline) + 1
        style = _value(properties, "w:pStyle")
        if style not in self._levels:
            self._levels[style] = self._style_level(style)
        return self._levels[style]

    def list_place(self, paragraph: Element) -> tuple[str, int] | None:
        """Return the list and the depth of an item, None for a paragraph outside any list."""
        properties = paragraph.find(tag("w:pPr"))
        if properties is None:
            return None
        chain = [properties, *self._parents(_value(properties, "w:pStyle"))]
        for level in chain:
            numbering = level.find(tag("w:numPr"))
            if numbering is not None:
                number, depth = _value(numbering, "w:numId"), _value(numbering, "w:ilvl")
                return None if number == "0" else (number, int(depth) if depth.isdigit() else 0)
        return None

    def is_bold(self, paragraph: Element) -> bool:
        """Tell whether every run of text in a paragraph is set in bold."""
        runs = [run for run in paragraph.iter(tag("w:r")) if run.find(tag("w:t")) is not None]
        marks = [run.find(f"{tag('w:rPr')}/{tag('w:b')}") for run in runs]
        return bool(marks) and all(
            mark is not None and attribute(mark, "w:val") not in ("0", "false") for mark in marks
        )

    def _style_level(self, style: str) -> int:
        element = self._styles.get(style)
        name = _value(element, "w:name").lower() if element is not None else ""
        if name == "title":
            return 1
        if found := _HEADING.match(name):
            return int(found["level"])
        for properties in self._parents(style):
            outline = _value(properties, "w:outlineLvl")
            if outline.isdigit():
                return int(outline) + 1 if int(outline) < 9 else 0
        return 0

    def _parents(self, style: str) -> list[Element]:
        """Return the paragraph properties of a style and of those it is based on."""
        found: list[Element] = []
        for _ in range(_MAX_PARENTS):
            element = self._styles.get(style)
            if element is None:
                break
            properties = element.find(tag("w:pPr"))
            if properties is not None:
                found.append(properties)
            style = _value(element, "w:basedOn")
        return found


class Numbering:
    """Counts the items of numbered lists; bullets are dashes."""

    def __init__(self, element: Element | None) -> None:
        self._formats: dict[tuple[str, int], str] = {}
        self._counts: defaultdict[tuple[str, int], int] = defaultdict(int)
        if element is None:
            return
        abstract = {
            attribute(at, "w:abstractNumId"): at for at in element.iter(tag("w:abstractNum"))
        }
        for number in element.iter(tag("w:num")):
            levels = abstract.get(_value(number, "w:abstractNumId"))
            for level in [] if levels is None else levels.iter(tag("w:lvl")):
                depth = attribute(level, "w:ilvl")
                if depth.isdigit():
                    key = attribute(number, "w:numId"), int(depth)
                    self._formats[key] = _value(level, "w:numFmt")

    def marker(self, number: str, depth: int) -> str:
        """Return the mark of the next item of a list at a depth."""
        if self._formats.get((number, depth), "bullet") in ("bullet", "none"):
            return "-"
        self._counts[number, depth] += 1
        for deeper in [key for key in self._counts if key[0] == number and key[1] > depth]:
            del self._counts[deeper]
        return f"{self._counts[number, depth]}."


def _value(parent: Element, name: str) -> str:
    child = parent.find(tag(name))
    return "" if child is None else attribute(child, "w:val")
