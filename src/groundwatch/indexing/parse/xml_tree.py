"""Reads XML without entities, networks and giant nodes."""

from typing import Any

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.parse.archive import check_xml

Element = Any
"""An lxml element; lxml carries no types."""


def tree_of(data: bytes, name: str) -> Element:
    """Return the root element.

    Raises:
        DocumentRejected: `xml-bomb` or `corrupt`.
    """
    from lxml import etree  # type: ignore[import-untyped]

    check_xml(data, name, with_doctype=True)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        message = f"{name} is not well-formed XML; export it again."
        raise DocumentRejected("parse", "corrupt", message) from None


def local_name(element: Element) -> str:
    """Return an element's name without its namespace; empty for a processing instruction."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
