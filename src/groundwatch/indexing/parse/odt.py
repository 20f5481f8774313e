"""OpenDocument text: headings, paragraphs, lists, tables and notes."""

from groundwatch.indexing.parse.archive import damaged, member, open_archive
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.xml_tree import Element, local_name, tree_of

_SKIPPED = frozenset({"tracked-changes", "sequence-decls", "forms", "annotation", "desc", "title"})
_SPACES = {"tab": " ", "line-break": "\n"}
_MAX_REPEAT = 100


def parse(data: bytes) -> Parsed:
    """Parse a text document of LibreOffice and the like."""
    with open_archive(data) as archive:
        names = archive.namelist()
        if "content.xml" not in names:
            raise damaged()
        content = tree_of(member(archive, "content.xml"), "content.xml")
        meta = tree_of(member(archive, "meta.xml"), "meta.xml") if "meta.xml" in names else None
    builder = TextBuilder()
    for body in content.iter():
        if local_name(body) == "text" and local_name(body.getparent()) == "body":
            _blocks(builder, body, depth=0)
    titles = (
        [] if meta is None else [at.text or "" for at in meta.iter() if local_name(at) == "title"]
    )
    return builder.build(titles[0] if titles else "")


def _blocks(builder: TextBuilder, parent: Element, depth: int) -> None:
    for element in parent:
        match local_name(element):
            case "h":
                builder.heading(_number(element, "outline-level"), _text(element))
            case "p" if depth:
                builder.item(_text(element), depth=depth - 1)
            case "p":
                builder.paragraph(_text(element))
                _boxes(builder, element)
            case "list":
                _blocks(builder, element, depth + 1)
            case "table":
                builder.table([_cells(row) for row in _rows(element)])
            case name if name not in _SKIPPED:
                _blocks(builder, element, depth)


def _boxes(builder: TextBuilder, paragraph: Element) -> None:
    for box in paragraph.iter():
        if local_name(box) == "text-box":
            _blocks(builder, box, depth=0)


def _rows(table: Element) -> list[Element]:
    return [
        row for row in table.iter() if local_name(row) == "table-row" and _table_of(row) is table
    ]


def _table_of(row: Element) -> Element:
    return next(above for above in row.iterancestors() if local_name(above) == "table")


def _cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if local_name(cell) in ("table-cell", "covered-table-cell"):
            text = " ".join(_text(at) for at in cell.iter() if local_name(at) in ("p", "h"))
            repeat = _number(cell, "number-columns-repeated")
            cells += [text] * min(repeat, _MAX_REPEAT)
    return cells


def _number(element: Element, name: str) -> int:
    for key, value in element.attrib.items():
        if key.endswith(f"}}{name}") and value.isascii() and value.isdigit():
            return max(1, min(int(value), 10_000))
    return 1


def _text(element: Element) -> str:
    parts: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        at = stack.pop()
        if isinstance(at, str):
            parts.append(at)
            continue
        name = local_name(at)
        if name in _SKIPPED or name == "text-box":
            continue
        parts.append(_SPACES.get(name, "") or " " * (_number(at, "c") if name == "s" else 0))
        parts.append(at.text or "")
        stack += [part for child in reversed(at) for part in (child.tail or "", child)]
    return "".join(parts)
