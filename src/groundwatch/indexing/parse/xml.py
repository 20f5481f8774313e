"""XML: feeds as their entries, anything else as `name: value` lines."""

from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.cleaning import one_line
from groundwatch.indexing.parse.html import add_page
from groundwatch.indexing.parse.parsed import Parsed
from groundwatch.indexing.parse.xml_tree import Element, local_name, tree_of

_ENTRIES = ("item", "entry")
_BODIES = ("description", "summary", "content", "encoded")
_DATES = ("pubDate", "published", "updated", "date")


def parse(data: bytes) -> Parsed:
    """Parse RSS, Atom or any other XML."""
    root = tree_of(data, "The file")
    builder = TextBuilder()
    entries = [at for at in root.iter() if local_name(at) in _ENTRIES]
    if local_name(root) not in ("rss", "feed", "RDF") or not entries:
        _add_values(builder, root)
        return builder.build()
    feed = next((at for at in root if local_name(at) == "channel"), root)
    title = _child_text(feed, "title")
    builder.heading(1, title)
    builder.paragraph(_child_text(feed, "description") or _child_text(feed, "subtitle"))
    for entry in entries:
        _add_entry(builder, entry)
    return builder.build(title)


def _add_entry(builder: TextBuilder, entry: Element) -> None:
    builder.heading(2, _child_text(entry, "title") or "Entry")
    for name in _DATES:
        if date := _child_text(entry, name):
            builder.paragraph(date)
            break
    bodies = [body for name in _BODIES if (body := _child_text(entry, name))]
    if bodies:
        add_page(builder, max(bodies, key=len))


def _child_text(parent: Element, name: str) -> str:
    for child in parent:
        if local_name(child) == name:
            return "".join(child.itertext()).strip()
    return ""


def _add_values(builder: TextBuilder, root: Element) -> None:
    """Add every element that holds text; those under one parent stand together."""
    lines: list[str] = []
    parent = None
    for element in root.iter():
        own = one_line(element.text or "")
        name = local_name(element)
        if not own or not name:
            continue
        if element.getparent() is not parent:
            builder.lines("\n".join(lines))
            lines, parent = [], element.getparent()
        mixed = " ".join([own, *(one_line(child.tail or "") for child in element)])
        lines.append(f"{name}: {one_line(mixed)}")
    builder.lines("\n".join(lines))
