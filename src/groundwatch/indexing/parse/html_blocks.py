"""Walks the elements of a page and adds its headings, paragraphs, lists and tables to a text."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from groundwatch.indexing.parse.builder import TextBuilder


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DROPPED = _names(
    """script style noscript template svg math nav footer form button select iframe object canvas
    video audio head dialog menu input textarea"""
)
_DROPPED_IN_BODY = _DROPPED | {"aside"}
_DROPPED_ROLES = _names("navigation banner contentinfo search complementary")
_DROPPED_CLASSES = _names(
    """mw-editsection reference headerlink noprint navbox sr-only visually-hidden interlanguage-link
    vector-menu vector-dropdown breadcrumb breadcrumbs skip-link"""
)
_INLINE = _names(
    """a abbr b bdi bdo big cite code data del dfn em font i img ins kbd label mark q ruby s samp
    small span strike strong sub sup time tt u var wbr"""
)
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_WHITESPACE = re.compile(r"\s+")


def add_blocks(builder: TextBuilder, root: LexborNode) -> None:
    """Add everything readable below an element."""
    _Walk(builder, root).run()


class _Walk:
    """Goes through the tree with a stack of its own; text gathers until a block begins or ends."""

    def __init__(self, builder: TextBuilder, root: LexborNode) -> None:
        self._builder = builder
        self._root = root
        self._dropped = _DROPPED_IN_BODY if root.tag == "body" else _DROPPED
        self._text: list[str] = []
        self._lists: list[int] = []
        self._marker: str | None = None

    def run(self) -> None:
        stack: list[tuple[LexborNode, bool]] = [(self._root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(str(node.tag))
            elif node.is_text_node:
                self._text.append(_WHITESPACE.sub(" ", node.text_content or ""))
            elif self._enter(node):
                stack.append((node, True))
                stack += [(child, False) for child in reversed(list(_children(node)))]
        self._flush()

    def _enter(self, node: LexborNode) -> bool:
        """Open an element; False when it is left out or was taken as a whole."""
        tag = str(node.tag)
        if not node.is_element_node or self._is_dropped(node, tag):
            return False
        if tag in _INLINE:
            return True
        if tag == "br":
            self._text.append("\n")
            return False
        if tag not in ("dd", "li"):
            self._flush()
        return not self._took_whole(node, tag) and self._opened(node, tag)

    def _opened(self, node: LexborNode, tag: str) -> bool:
        if tag in ("ul", "ol"):
            self._lists.append(_start(node) if tag == "ol" else 0)
        elif tag == "li":
            self._flush()
            self._marker = self._next_marker()
        return True

    def _took_whole(self, node: LexborNode, tag: str) -> bool:
        if tag in _HEADINGS:
            self._builder.heading(_HEADINGS[tag], _text_of(node, self._dropped))
            return True
        if tag == "pre":
            self._builder.lines(node.text(deep=True))
            return True
        if tag == "table" and (rows := _data_rows(node, self._dropped)):
            caption = node.css_first("caption")
            self._builder.paragraph("" if caption is None else _text_of(caption, self._dropped))
            self._builder.table(rows, header=_has_header(node) or None)
            return True
        if tag == "tr" and node.css_first("table") is None:
            self._builder.table([_cells(node, {}, self._dropped)])
            return True
        return False

    def _leave(self, tag: str) -> None:
        if tag in _INLINE:
            return
        if tag == "dt":
            self._text.append(": ")
            return
        self._flush()
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._marker = None

    def _next_marker(self) -> str:
        if not self._lists or not self._lists[-1]:
            return "-"
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}."

    def _flush(self) -> None:
        text, self._text = "".join(self._text), []
        for part in _PARAGRAPH_BREAK.split(text):
            if not part.strip(" \n:"):
                continue
            if self._marker is None:
                self._builder.paragraph(part)
            else:
                self._builder.item(part, self._marker, max(0, len(self._lists) - 1))
                self._marker = ""

    def _is_dropped(self, node: LexborNode, tag: str) -> bool:
        return _is_dropped(node, tag, self._dropped)


def _is_dropped(node: LexborNode, tag: str, dropped: frozenset[str]) -> bool:
    if tag in dropped:
        return True
    if tag == "header" and "aside" in dropped and node.css_first("h1") is None:
        return True
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if (attributes.get("role") or "") in _DROPPED_ROLES:
        return True
    style = (attributes.get("style") or "").replace(" ", "").lower()
    classes = (attributes.get("class") or "").split()
    return "display:none" in style or not _DROPPED_CLASSES.isdisjoint(classes)


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _start(node: LexborNode) -> int:
    start = node.attributes.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1


def _text_of(node: LexborNode, dropped: frozenset[str]) -> str:
    """Return the text of an element on one line; blocks inside it are set apart by a space."""
    parts: list[str] = []
    stack = [node]
    while stack:
        at = stack.pop()
        if at.is_text_node:
            parts.append(at.text_content or "")
        elif at.is_element_node and not _is_dropped(at, str(at.tag), dropped):
            if at.tag not in _INLINE:
                parts.append(" ")
            stack += reversed(list(_children(at)))
    return "".join(parts)


def _data_rows(table: LexborNode, dropped: frozenset[str]) -> list[list[str]]:
    """Return the rows of a table that holds data; none for one that only lays a page out."""
    if len(table.css("table")) > 1 or table.attributes.get("role") == "presentation":
        return []
    rows: list[list[str]] = []
    spans: dict[int, tuple[int, str]] = {}
    for row in table.css("tr"):
        cells = _cells(row, spans, dropped)
        if any(len(cell) > 2_000 for cell in cells):
            return []
        rows.append(cells)
    width = max((sum(1 for cell in row if cell.strip()) for row in rows), default=0)
    return rows if width >= 2 else []


def _has_header(table: LexborNode) -> bool:
    """Tell whether the page marks the first row as the header."""
    first = table.css_first("tr")
    kinds = [cell.tag for cell in _children(first)] if first else []
    return "th" in kinds and "td" not in kinds


def _cells(
    row: LexborNode, spans: dict[int, tuple[int, str]], dropped: frozenset[str]
) -> list[str]:
    cells: list[str] = []
    for node in _children(row):
        if node.tag not in ("td", "th"):
            continue
        _carry_down(cells, spans)
        text = _text_of(node, dropped)
        rows, columns = _span(node, "rowspan"), _span(node, "colspan")
        if rows > 1:
            spans[len(cells)] = (rows - 1, text)
        cells += [text, *[""] * (columns - 1)]
    _carry_down(cells, spans)
    return cells


def _carry_down(cells: list[str], spans: dict[int, tuple[int, str]]) -> None:
    """Repeat a cell that spans several rows in each of them."""
    while len(cells) in spans:
        left, text = spans.pop(len(cells))
        if left > 1:
            spans[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(node: LexborNode, name: str) -> int:
    value = node.attributes.get(name) or ""
    return min(int(value), 100) if value.isascii() and value.isdigit() and len(value) < 6 else 1
