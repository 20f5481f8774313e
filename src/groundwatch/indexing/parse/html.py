"""HTML: the main part of a page as blocks, without navigation, scripts and hidden parts."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from groundwatch.errors import DocumentRejected
from groundwatch.indexing.media import decode
from groundwatch.indexing.parse.builder import TextBuilder
from groundwatch.indexing.parse.html_blocks import add_blocks
from groundwatch.indexing.parse.parsed import Parsed

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_NESTING = re.compile(
    r"<(/?)(?:div|span|table|td|ul|ol|section|article|blockquote|font|b|i|em|strong|a|dl|svg|g)[\s>/]",
    re.IGNORECASE,
)
_MAX_DEPTH = 2_000


def parse(data: bytes) -> Parsed:
    """Parse a web page.

    Raises:
        DocumentRejected: `too-large` when elements are nested deeper than a page needs.
    """
    builder = TextBuilder()
    title = add_page(builder, _decoded(data))
    return builder.build(title)


def add_page(builder: TextBuilder, text: str) -> str:
    """Add the main part of a page, or of the HTML in an e-mail or a book; return its title."""
    tree = tree_of(text)
    if tree.body is not None:
        add_blocks(builder, _main(tree.body))
    title = tree.css_first("title")
    return title.text() if title else ""


def tree_of(text: str) -> LexborHTMLParser:
    """Return the tree of a page that is not nested absurdly deep."""
    depth = 0
    for tag in _NESTING.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > _MAX_DEPTH:
            raise DocumentRejected(
                "parse", "too-large", f"The page nests more than {_MAX_DEPTH:,} elements."
            )
    return LexborHTMLParser(text)


def _decoded(data: bytes) -> str:
    stated = _CHARSET.search(data[:4096])
    if stated:
        try:
            return data.decode(stated[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            return decode(data)
    return decode(data)


def _main(body: LexborNode) -> LexborNode:
    """Return the element that holds the page's own text, or the whole body."""
    length = len(body.text(deep=True))
    for selector in ("main", "[role=main]", "article"):
        found = body.css(selector)
        if len(found) == 1 and len(found[0].text(deep=True)) > length * 0.3:
            return found[0]
    return body
